import type { JSX } from 'preact'
import type { Tone } from '../../parts/states.tsx'

const TONES: Readonly<Record<string, Tone>> = {
  fatal: 'critical',
  error: 'critical',
  warn: 'warning',
  info: 'info',
}

export function toneOfLevel(level: string): Tone {
  return TONES[level] ?? 'neutral'
}

/** The word in full; its colour underlines it. */
export function LevelBadge({ level }: { readonly level: string }): JSX.Element {
  return <span class={`level badge-${toneOfLevel(level)}`}>{level}</span>
}
