import type { Unit } from 'boxman/packs'
import type { ComponentChildren, JSX } from 'preact'
import { formatNumber } from '../format/number.ts'
import type { Tone } from './states.tsx'

const WARNING = 0.75
const CRITICAL = 0.95

interface LevelBarProps {
  readonly name: string
  readonly value: number
  /** Undefined: there is none, and nothing is drawn. */
  readonly ceiling?: number | undefined
  readonly unit?: Unit
  readonly note?: ComponentChildren
  /** Whether it is meant to be full. */
  readonly isRing?: boolean | undefined
}

/** How much of its room something takes. */
export function LevelBar({ name, value, ceiling, unit = 'short', note, isRing = false }: LevelBarProps): JSX.Element {
  const share = ceiling === undefined || ceiling <= 0 ? undefined : value / ceiling
  const tone = isRing ? 'neutral' : toneOf(share)
  return (
    <div class={`gauge tone-of-${tone}`}>
      <div class="gauge-head">
        <span>{name}</span>
        <span class="gauge-value">
          {formatNumber(value, unit)}
          {ceiling !== undefined && <span class="muted"> of {formatNumber(ceiling, unit)}</span>}
          {share !== undefined && tone !== 'neutral' && (
            <span class={`tone-${tone}`}> {Math.round(share * 100)} %</span>
          )}
        </span>
      </div>
      {share !== undefined && (
        <div class="bar" aria-hidden="true">
          <span style={{ width: `${Math.min(100, share * 100)}%` }} />
        </div>
      )}
      {note !== undefined && <p class="note">{note}</p>}
    </div>
  )
}

export function toneOf(share: number | undefined): Tone {
  if (share === undefined || share < WARNING) return 'neutral'
  return share < CRITICAL ? 'warning' : 'critical'
}
