import { useSignal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'

interface CopyButtonProps {
  readonly text: () => string
  readonly children: ComponentChildren
  readonly label?: string
}

const SAID_MS = 1500

/** Puts a text on the clipboard, and says so. */
export function CopyButton({ text, children, label }: CopyButtonProps): JSX.Element {
  const said = useSignal('')
  const copy = async (): Promise<void> => {
    said.value = (await copied(text())) ? 'Copied' : 'Not copied'
    setTimeout(() => {
      said.value = ''
    }, SAID_MS)
  }
  return (
    <button type="button" aria-label={said.value === '' ? label : undefined} onClick={() => void copy()}>
      {said.value === '' ? children : <span role="status">{said.value}</span>}
    </button>
  )
}

/** Where there is no clipboard, over plain HTTP, by way of a selection. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    document.body.append(area)
    area.select()
    // oxlint-disable-next-line typescript/no-deprecated -- there is nothing else without a secure context
    const done = document.execCommand('copy')
    area.remove()
    return done
  }
}
