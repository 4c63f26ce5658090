import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { facts } from '../../data/facts.ts'
import { formatNumber } from '../../format/number.ts'
import { Card } from '../../parts/card.tsx'
import { Loading } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { Figure } from '../../parts/figure.tsx'
import { useVisible } from '../../parts/visible.ts'
import { TimeSeriesView } from '../../panels/time-series-view.tsx'
import { useInstant } from '../../panels/use-instant.ts'
import { range } from '../../state/time-range.ts'

const LEAST_SECONDS = 60
const SPENT = 'boxman_runtime_step_seconds_total'
const ABOUT: Readonly<Record<string, string>> = {
  collect: 'reads CPU, memory and the like; collect.intervalMs',
  thresholds: 'compares them with thresholds',
  sweep: 'lets go of what is done with',
  'event-loop': 'reads how late the loop was',
  health: 'starts checks that are due',
  config: 'looks whether files have changed; watch',
  alerting: 'sends messages about alerts',
  window: 'moves the window of requests on',
  store: 'lets go of old history',
  scrape: 'stores all metrics; store.intervalMs',
  rules: 'evaluates rules',
  console: 'answers what open consoles ask, each second',
}

interface Row {
  readonly step: string
  readonly share: number | null
  readonly longest: number | null
  readonly failures: number | null
}

const COLUMNS: readonly Column<Row>[] = [
  { name: 'Step', cell: ({ step }) => step, by: ({ step }) => step },
  { name: 'Of a core', cell: ({ share }) => shareText(share), by: ({ share }) => share, isNumber: true },
  {
    name: 'Longest',
    cell: ({ longest }) => formatNumber(longest, 'seconds'),
    by: ({ longest }) => longest,
    isNumber: true,
  },
  {
    name: 'Failures',
    cell: ({ failures }) => formatNumber(failures, 'none'),
    by: ({ failures }) => failures,
    isNumber: true,
  },
  { name: 'What it does', cell: ({ step }) => <span class="muted">{ABOUT[step]}</span> },
]

/** As much of a core as the work in the background takes, at most. */
export function Time(): JSX.Element {
  const { host, isVisible } = useVisible<HTMLElement>()
  const { from, to, spanMs } = range.value
  const seconds = useMemo(() => knownSeconds(spanMs), [from, to])
  const span = `${seconds}s`
  const asked = [
    { expr: `sum by (step) (rate(${SPENT}[${span}]))` },
    { expr: 'boxman_runtime_step_longest_seconds' },
    { expr: 'boxman_runtime_step_failures_total' },
    { expr: `rate(boxman_promql_query_duration_seconds_sum[${span}])` },
    { expr: `rate(boxman_promql_query_duration_seconds_count[${span}])` },
  ]
  return (
    <section class="row" aria-label="Time" ref={host}>
      <h2>Time</h2>
      <Figures key={span} seconds={seconds} asked={asked} isVisible={isVisible} />
      <p class="note">
        Each step counts from its beginning to its end, waiting for disk, network and other work included: what it takes
        of the processor is that at most. What a request pays to be measured is not in it, as a clock around that would
        cost more than the work; docs/benchmarks.md has it measured.
      </p>
    </section>
  )
}

/** Of the range, what the service has lived: over the rest nothing was spent. */
function knownSeconds(spanMs: number): number {
  const age = Date.now() - (facts.peek()?.startedAt ?? 0)
  return Math.round(Math.max(LEAST_SECONDS, Math.min(spanMs, age) / 1000))
}

function Figures({
  seconds,
  asked,
  isVisible,
}: {
  readonly seconds: number
  readonly asked: readonly { readonly expr: string }[]
  readonly isVisible: ReturnType<typeof useVisible>['isVisible']
}): JSX.Element {
  const { answers, isFirst } = useInstant(asked, isVisible).value
  if (isFirst) return <Loading height={240} />
  const [spent = [], longest = [], failures = [], [inQueries] = [], [queries] = []] = answers
  const of = (series: typeof spent, step: string): number | null =>
    series.find(({ labels }) => labels['step'] === step)?.value ?? null
  const rows = spent.map(({ labels: { step = '' }, value }) => ({
    step,
    share: value,
    longest: of(longest, step),
    failures: of(failures, step),
  }))
  const total = rows.reduce((sum, { share }) => sum + (share ?? 0), 0)
  const worst = rows.toSorted((a, b) => (b.longest ?? 0) - (a.longest ?? 0))[0]
  const failed = rows.reduce((sum, row) => sum + (row.failures ?? 0), 0)
  return (
    <>
      <div class="tiles cost-tiles">
        <Figure
          name="In the background"
          value={shareText(total)}
          share={total}
          note={`of a core at most, over ${formatNumber(seconds, 'seconds')}`}
        />
        <Figure
          name="Of it, queries"
          value={shareText(inQueries?.value ?? 0)}
          note={`${formatNumber(queries?.value ?? 0, 'per-second')}: of consoles, rules and others`}
        />
        <Figure
          name="Longest step so far"
          value={formatNumber(worst?.longest, 'seconds')}
          note={worst === undefined ? undefined : `${worst.step}; it may have waited`}
        />
        <Figure
          name="Failures of steps"
          value={formatNumber(failed, 'none')}
          note="since the start; the log says why"
        />
      </div>
      <div class="grid">
        <div class="cell cell-8">
          <TimeSeriesView
            panel={{
              kind: 'time-series',
              title: 'Time of the steps',
              description: 'Of a core, at most.',
              queries: [{ expr: `rate(${SPENT}[$__rate_interval])`, legend: '{{step}}' }],
              unit: 'percent-of-one',
              stacked: true,
              min: 0,
            }}
          />
        </div>
        <div class="cell cell-16">
          <Card title="By step">
            <Table label="Steps" columns={COLUMNS} rows={rows} keyOf={({ step }) => step} sorted="Of a core" />
          </Card>
        </div>
      </div>
    </>
  )
}

/** Less than a hundredth of a percent is not told apart. */
function shareText(share: number | null): string {
  if (share !== null && share > 0 && share < 1e-4) return '<0.01 %'
  return formatNumber(share, 'percent-of-one', 2)
}
