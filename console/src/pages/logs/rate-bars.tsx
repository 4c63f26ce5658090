import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { JSX } from 'preact'
import { formatMoment } from '../../format/number.ts'
import type { LogLine } from './line.ts'
import { type RateBin, GROUPS, rateOf } from './rate.ts'

interface RateBarsProps {
  readonly lines: readonly LogLine[]
  readonly fromMs: number
  readonly toMs: number
  readonly onRange: (fromMs: number, toMs: number) => void
}

const NAMES = { error: 'error and fatal', warn: 'warn', info: 'info', debug: 'debug and trace' } as const

/** How many lines came when, by level; a bar leads to its time. */
export function RateBars({ lines, fromMs, toMs, onRange }: RateBarsProps): JSX.Element {
  const bins = useMemo(() => rateOf(lines, fromMs, toMs), [lines, fromMs, toMs])
  const most = Math.max(1, ...bins.map(({ total }) => total))
  const active = useSignal(bins.length - 1)
  const hovered = useSignal<RateBin | undefined>(undefined)
  const at = Math.min(active.value, bins.length - 1)
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0
    if (by === 0 || !(event.currentTarget instanceof HTMLElement)) return
    event.preventDefault()
    active.value = Math.min(bins.length - 1, Math.max(0, at + by))
    event.currentTarget.querySelectorAll('button')[active.value]?.focus()
  }
  const shown = hovered.value
  const [first, last] = [bins[0], bins.at(-1)]
  return (
    <div class="rate">
      <div
        class="rate-bars"
        role="group"
        aria-label="Lines over time; arrows move, Enter sets the time range"
        onKeyDown={onKeyDown}
        onPointerLeave={() => (hovered.value = undefined)}
      >
        {bins.map((bin, i) => (
          <button
            key={bin.fromMs}
            type="button"
            class="rate-bar"
            tabIndex={i === at ? 0 : -1}
            aria-label={textOf(bin)}
            onPointerEnter={() => (hovered.value = bin)}
            onFocus={() => (hovered.value = bin)}
            onBlur={() => (hovered.value = undefined)}
            onClick={() => onRange(bin.fromMs, bin.toMs)}
          >
            {GROUPS.map((group) => {
              const count = bin.counts[group]
              return count === 0 ? null : (
                <span key={group} class={`rate-${group}`} style={{ height: `${(count / most) * 100}%` }} />
              )
            })}
          </button>
        ))}
      </div>
      <p class="rate-note">
        <span>{first === undefined ? '' : formatMoment(first.fromMs, false)}</span>
        <span class="rate-middle">
          {shown === undefined
            ? GROUPS.map((group) => (
                <span key={group} class="rate-key">
                  <span class={`rate-${group}`} aria-hidden="true" />
                  {NAMES[group]}
                </span>
              ))
            : textOf(shown)}
        </span>
        <span>{last === undefined ? '' : formatMoment(last.toMs, false)}</span>
      </p>
    </div>
  )
}

function textOf({ fromMs, toMs, total, counts }: RateBin): string {
  const by = GROUPS.filter((group) => counts[group] > 0).map((group) => `${counts[group]} ${group}`)
  const split = by.length > 1 ? ` (${by.join(', ')})` : ''
  return `${formatMoment(fromMs, false)} to ${formatMoment(toMs, false)}: ${total} ${total === 1 ? 'line' : 'lines'}${split}`
}
