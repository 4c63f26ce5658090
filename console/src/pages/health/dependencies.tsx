import type { JSX } from 'preact'
import type { TablePanel } from 'boxman/packs'
import { useMetricNames } from '../../data/metric-names.ts'
import { Failure } from '../../parts/states.tsx'
import { TableView } from '../../panels/table-view.tsx'

const I = '[$__rate_interval]'

interface Dependency {
  /** The metric without which there is nothing to show. */
  readonly needs: string
  readonly panel: TablePanel
}

const p95 = (metric: string, by: string): string =>
  `histogram_quantile(0.95, sum by (le, ${by}) (rate(${metric}_bucket${I})))`

const DEPENDENCIES: readonly Dependency[] = [
  {
    needs: 'http_client_requests_total',
    panel: {
      kind: 'table',
      title: 'Calls to others',
      description:
        'HTTP requests that the service sends, by the host that they go to. An error is no answer, or one of 500 and above.',
      labels: ['target'],
      queries: [
        { column: 'Rate', expr: `sum by (target) (rate(http_client_requests_total${I}))`, unit: 'requests-per-second' },
        {
          column: 'Errors',
          expr: `(sum by (target) (rate(http_client_requests_total{status=~"error|5.."}${I})) or sum by (target) (http_client_requests_total) * 0) / (sum by (target) (rate(http_client_requests_total${I})) > 0)`,
          unit: 'percent-of-one',
        },
        { column: 'p95', expr: p95('http_client_request_duration_seconds', 'target'), unit: 'seconds' },
      ],
    },
  },
  {
    needs: 'db_query_duration_seconds_count',
    panel: {
      kind: 'table',
      title: 'Databases',
      labels: ['system', 'operation'],
      queries: [
        {
          column: 'Rate',
          expr: `sum by (system, operation) (rate(db_query_duration_seconds_count${I}))`,
          unit: 'per-second',
        },
        {
          column: 'Errors',
          expr: `sum by (system, operation) (rate(db_query_errors_total${I})) / (sum by (system, operation) (rate(db_query_duration_seconds_count${I})) > 0)`,
          unit: 'percent-of-one',
        },
        { column: 'p95', expr: p95('db_query_duration_seconds', 'system, operation'), unit: 'seconds' },
      ],
    },
  },
  {
    needs: 'cache_hits_total',
    panel: {
      kind: 'table',
      title: 'Caches',
      labels: ['cache_type'],
      queries: [
        {
          column: 'Look-ups',
          expr: `sum by (cache_type) (rate(cache_hits_total${I})) + sum by (cache_type) (rate(cache_misses_total${I}))`,
          unit: 'per-second',
        },
        {
          column: 'Hits',
          expr: `sum by (cache_type) (rate(cache_hits_total${I})) / (sum by (cache_type) (rate(cache_hits_total${I})) + sum by (cache_type) (rate(cache_misses_total${I})) > 0)`,
          unit: 'percent-of-one',
        },
        { column: 'Evictions', expr: `sum by (cache_type) (rate(cache_evictions_total${I}))`, unit: 'per-second' },
      ],
    },
  },
]

/** What the service stands on, as far as it is measured. */
export function Dependencies(): JSX.Element | null {
  const { value: names, error } = useMetricNames()
  if (names === undefined) return error === undefined ? null : <Failure>{error}</Failure>
  const known = DEPENDENCIES.filter(({ needs }) => names.has(needs))
  return (
    <section class="row" aria-label="Dependencies">
      <h2>Dependencies</h2>
      {known.length === 0 ? (
        <p class="none">
          Nothing is measured in this range. Calls by HTTP, databases and caches are here as soon as{' '}
          <code>boxman.instrument</code> knows of them.
        </p>
      ) : (
        <div class="grid">
          {known.map(({ needs, panel }) => (
            <div key={needs} class="cell cell-12">
              <TableView panel={panel} />
            </div>
          ))}
        </div>
      )}
    </section>
  )
}
