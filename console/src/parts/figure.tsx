import type { ComponentChildren, JSX } from 'preact'
import { toneOf } from './level-bar.tsx'

export interface FigureProps {
  readonly name: string
  readonly value: ComponentChildren
  /** Of its ceiling, 0 to 1. */
  readonly share?: number | undefined
  readonly note?: ComponentChildren
}

/** One number, large. */
export function Figure({ name, value, share, note }: FigureProps): JSX.Element {
  return (
    <div class={`tile tone-of-${toneOf(share)}`}>
      <p class="tile-name">{name}</p>
      <p class="tile-value">{value}</p>
      {share !== undefined && (
        <div class="bar" aria-hidden="true">
          <span style={{ width: `${Math.min(100, Math.max(0, share * 100))}%` }} />
        </div>
      )}
      {note !== undefined && <p class="note">{note}</p>}
    </div>
  )
}
