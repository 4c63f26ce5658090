import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { ComponentChildren, JSX } from 'preact'

export interface MenuItem {
  readonly name: string
  readonly act: () => void
}

interface MenuProps {
  /** What the button says to who cannot see it. */
  readonly label: string
  readonly items: readonly MenuItem[]
  readonly children: ComponentChildren
}

/** A button that opens a list of things to do; arrows move in it, Escape leaves it. */
export function Menu({ label, items, children }: MenuProps): JSX.Element {
  const open = useSignal(false)
  const host = useRef<HTMLDivElement>(null)
  const entries = (): HTMLElement[] => Array.from(host.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])

  useEffect(() => {
    if (!open.value) return undefined
    entries()[0]?.focus()
    const close = (event: Event): void => {
      if (event.target instanceof Node && host.current?.contains(event.target) === true) return
      open.value = false
    }
    document.addEventListener('pointerdown', close)
    return () => document.removeEventListener('pointerdown', close)
  }, [open.value])

  const leave = (): void => {
    open.value = false
    host.current?.querySelector('button')?.focus()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const all = entries()
    const at = all.findIndex((each) => each === document.activeElement)
    if (event.key === 'Escape') leave()
    else if (event.key === 'ArrowDown') all[(at + 1) % all.length]?.focus()
    else if (event.key === 'ArrowUp') all.at(at - 1)?.focus()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div class="menu" ref={host} onKeyDown={open.value ? onKeyDown : undefined}>
      <button
        type="button"
        class="icon-button"
        aria-haspopup="menu"
        aria-expanded={open.value}
        aria-label={label}
        title={label}
        onClick={() => (open.value = !open.value)}
      >
        {children}
      </button>
      {open.value && (
        <div class="menu-list" role="menu" aria-label={label}>
          {items.map(({ name, act }) => (
            <button
              key={name}
              type="button"
              role="menuitem"
              tabIndex={-1}
              onClick={() => {
                leave()
                act()
              }}
            >
              {name}
            </button>
          ))}
        </div>
      )}
    </div>
  )
}
