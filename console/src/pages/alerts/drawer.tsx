import { useEffect, useRef } from 'preact/hooks'
import type { ComponentChildren, JSX } from 'preact'
import { Icon } from '../../parts/icon.tsx'

interface DrawerProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ComponentChildren
}

/** Beside the page, above it: Escape or the button closes it, and the focus goes back to where it was. */
export function Drawer({ title, onClose, children }: DrawerProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const before = document.activeElement
    dialog.current?.showModal()
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  const onPointer = (event: MouseEvent): void => {
    if (event.target === dialog.current) dialog.current?.close()
  }
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- Escape is the dialog's own
    <dialog class="drawer" ref={dialog} aria-label={title} onClose={onClose} onClick={onPointer}>
      <div class="drawer-inside">
        <header class="drawer-head">
          <h2>{title}</h2>
          <button type="button" class="icon-button" aria-label="Close" onClick={() => dialog.current?.close()}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  )
}
