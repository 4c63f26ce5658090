import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { facts } from '../../data/facts.ts'
import { useFrames } from '../../panels/use-frames.ts'
import { TimeSeriesView } from '../../panels/time-series-view.tsx'
import { formatNumber } from '../../format/number.ts'
import { Age } from '../../parts/age.tsx'
import { StateStrip, type StripState } from '../../parts/state-strip.tsx'
import { Badge, Empty } from '../../parts/states.tsx'
import { useVisible } from '../../parts/visible.ts'
import { param, setParams } from '../../state/place.ts'
import { type CheckEntry, TONES, WORDS } from './answers.ts'

const STATES: ReadonlyMap<number, StripState> = new Map([
  [1, { name: 'passes', tone: 'good' }],
  [0.5, { name: 'warns', tone: 'warning' }],
  [0, { name: 'fails', tone: 'critical' }],
])
/** Of a check that is not critical: its failure only degrades the service. */
const LESSER: typeof STATES = new Map([...STATES, [0, { name: 'warns', tone: 'warning' }]])
const BADNESS = { fail: 2, warn: 1, pass: 0 }
const STATUS_QUERY = [{ expr: 'boxman_health_check_status', legend: '{{check}}' }]

/** The worst first. */
export function Checks({ checks }: { readonly checks: Readonly<Record<string, readonly CheckEntry[]>> }): JSX.Element {
  const { host, isVisible } = useVisible<HTMLElement>()
  const frames = useFrames(STATUS_QUERY, isVisible)
  const courses = useComputed(
    () => new Map(frames.value.frame.lines.map(({ labels, values }) => [labels['check'] ?? '', values])),
  )
  const all = Object.entries(checks)
    .flatMap(([name, [entry]]) => (entry === undefined ? [] : [{ name, entry }]))
    .sort(
      (a, b) =>
        BADNESS[b.entry.status] - BADNESS[a.entry.status] || Number(b.entry.critical) - Number(a.entry.critical),
    )
  const chosen = param('check')
  return (
    <section class="row" aria-label="Checks" ref={host}>
      <h2>Checks</h2>
      {all.length === 0 && (
        <Empty title="No checks">
          <code>
            boxman.health.check({'{'} name, run {'}'})
          </code>{' '}
          adds one; it is run in the background.
        </Empty>
      )}
      <ul class="checks">
        {all.map(({ name, entry }) => (
          <CheckItem
            key={name}
            name={name}
            entry={entry}
            values={courses.value.get(name) ?? []}
            isChosen={name === chosen}
          />
        ))}
      </ul>
      {all.length > 0 && facts.value?.parts.store === true && <Durations check={chosen} />}
    </section>
  )
}

interface CheckItemProps {
  readonly name: string
  readonly entry: CheckEntry
  readonly values: readonly (number | null)[]
  readonly isChosen: boolean
}

function CheckItem({ name, entry, values, isChosen }: CheckItemProps): JSX.Element {
  const { status, critical, output, observedValue, observedUnit, time } = entry
  const seen = observedValue === undefined ? undefined : observed(observedValue, observedUnit)
  return (
    <li class={`card check-item${isChosen ? ' chosen' : ''}`}>
      <p class="check-head">
        <Badge tone={TONES[status]}>{WORDS[status]}</Badge>
        <button
          type="button"
          class="check-name"
          aria-pressed={isChosen}
          title={isChosen ? 'Show the runs of all checks' : 'Show the runs of this check alone'}
          onClick={() => setParams({ check: isChosen ? undefined : name })}
        >
          {name}
        </button>
        <span class="muted">{critical ? 'critical' : 'not critical'}</span>
      </p>
      <p class="check-output">
        {output ?? (observedValue === undefined ? <span class="muted">says nothing more</span> : '')}
        {seen !== undefined && output?.includes(seen) !== true && (
          <span class="muted">
            {output === undefined ? '' : ' · '}
            {seen}
          </span>
        )}
      </p>
      <p class="check-time muted">
        <Age at={time} />
      </p>
      <StateStrip label={name} values={values} states={critical ? STATES : LESSER} />
    </li>
  )
}

function observed(value: number, unit: string | undefined): string {
  if (unit === 'bytes') return formatNumber(value, 'bytes')
  if (unit === 'ms') return formatNumber(value / 1000, 'seconds')
  if (unit === 'percent') return formatNumber(value / 100, 'percent-of-one')
  return `${formatNumber(value, 'none')}${unit === undefined ? '' : ` ${unit}`}`
}

/** Of one check, or of all. */
function Durations({ check }: { readonly check: string }): JSX.Element {
  const chosen = check === '' ? '' : `{check=${JSON.stringify(check)}}`
  const took = `boxman_health_check_duration_seconds`
  return (
    <div class="check-durations">
      <TimeSeriesView
        panel={{
          kind: 'time-series',
          title: check === '' ? 'How long runs take' : `How long runs of ${check} take`,
          description: 'The mean of the runs in each moment of the chart.',
          queries: [
            {
              expr: `rate(${took}_sum${chosen}[$__rate_interval]) / rate(${took}_count${chosen}[$__rate_interval])`,
              legend: '{{check}}',
            },
          ],
          unit: 'seconds',
          min: 0,
        }}
      />
    </div>
  )
}
