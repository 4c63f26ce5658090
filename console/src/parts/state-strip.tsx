import type { JSX } from 'preact'
import { sharesOf, stretchesOf } from './strip.ts'
import type { Tone } from './states.tsx'

export interface StripState {
  readonly name: string
  readonly tone: Tone
}

/** The course of a state over the page's time range: also told in words, as colours alone are no message. */
export function StateStrip({
  label,
  values,
  states,
}: {
  /** Whose states they are. */
  readonly label: string
  readonly values: readonly (number | null)[]
  readonly states: ReadonlyMap<number, StripState>
}): JSX.Element {
  const stretches = stretchesOf(values)
  const names = new Map(Array.from(states, ([value, { name }]) => [value, name]))
  const words = sharesOf(stretches, names)
  return (
    <svg
      class="strip"
      viewBox="0 0 1000 16"
      preserveAspectRatio="none"
      role="img"
      aria-label={`${label} in this range: ${words}`}
    >
      <title>{words}</title>
      <rect class="strip-unknown" width="1000" height="16" />
      {stretches.map(({ value, from, to }) => {
        const state = value === null ? undefined : states.get(value)
        // What is worse is taller too.
        const height = state?.tone === 'critical' ? 16 : state?.tone === 'warning' ? 12 : 8
        return (
          state !== undefined && (
            <rect
              key={from}
              class={`strip-${state.tone}`}
              x={from * 1000}
              y={16 - height}
              width={(to - from) * 1000}
              height={height}
            />
          )
        )
      })}
    </svg>
  )
}
