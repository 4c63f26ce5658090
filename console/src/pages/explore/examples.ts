import type { Metadata } from './metadata.ts'

/** A query to begin with. */
export interface Example {
  readonly title: string
  readonly expr: string
  readonly legend: string
  readonly tab: 'graph' | 'table' | 'heat'
}

interface Template extends Example {
  /** How the name of its metric ends; `$metric` stands for the whole name. */
  readonly needs: RegExp
}

const KNOWN: readonly Template[] = [
  {
    title: 'Requests a second, by route',
    needs: /http_request_duration_seconds_count$/,
    expr: 'sum by (path) (rate($metric[$__rate_interval]))',
    legend: '{{path}}',
    tab: 'graph',
  },
  {
    title: '95th percentile of requests, by route',
    needs: /http_request_duration_seconds_bucket$/,
    expr: 'histogram_quantile(0.95, sum by (le, path) (rate($metric[$__rate_interval])))',
    legend: '{{path}}',
    tab: 'graph',
  },
  {
    title: 'How long requests took',
    needs: /http_request_duration_seconds_bucket$/,
    expr: 'sum by (le) (rate($metric[$__rate_interval]))',
    legend: '',
    tab: 'heat',
  },
  {
    title: 'Lag of the event loop, 99th percentile',
    needs: /_event_loop_lag_p99_seconds$/,
    expr: '$metric',
    legend: 'lag',
    tab: 'graph',
  },
  {
    title: 'How busy the event loop is',
    needs: /_event_loop_utilization_ratio$/,
    expr: '$metric',
    legend: 'busy',
    tab: 'graph',
  },
  { title: 'Heap in use', needs: /_heap_used_bytes$/, expr: '$metric', legend: 'used', tab: 'graph' },
  {
    title: 'Share of the time that garbage collection took',
    needs: /_gc_duration_seconds_sum$/,
    expr: 'sum by (kind) (rate($metric[$__rate_interval]))',
    legend: '{{kind}}',
    tab: 'graph',
  },
  {
    title: 'How long collections took',
    needs: /_gc_duration_seconds_bucket$/,
    expr: 'sum by (le) (rate($metric[$__rate_interval]))',
    legend: '',
    tab: 'heat',
  },
  { title: 'What is scraped, and whether it answers', needs: /^up$/, expr: '$metric', legend: '', tab: 'table' },
]
/** Of the observer itself, and of scraping. */
const NOT_OWN = /^(?:boxman|scrape)_/
const MOST_EXAMPLES = 10
const MOST_OF_A_KIND = 2

/** Queries that have an answer here: known ones first, then some of the service's own metrics. */
export function examplesFor(names: readonly string[], metadata: Metadata): readonly Example[] {
  const present = new Set(names)
  const used = new Set<string>()
  const known = KNOWN.flatMap(({ needs, expr, ...rest }): readonly Example[] => {
    const name = names.find((each) => needs.test(each) && !NOT_OWN.test(each))
    if (name === undefined) return []
    used.add(name.replace(/_(?:bucket|count|sum)$/, ''))
    return [{ ...rest, expr: expr.replaceAll('$metric', name) }]
  })
  const ofOwn = (type: string, make: (name: string) => Omit<Example, 'legend'> | undefined): readonly Example[] =>
    [...metadata]
      .filter(([name, facts]) => facts.type === type && !used.has(name) && !NOT_OWN.test(name))
      .flatMap(([name]) => make(name) ?? [])
      .slice(0, MOST_OF_A_KIND)
      .map((example) => ({ ...example, legend: '' }))
  const own = [
    ...ofOwn('histogram', (name) =>
      present.has(`${name}_bucket`)
        ? {
            title: `95th percentile of ${name}`,
            expr: `histogram_quantile(0.95, sum by (le) (rate(${name}_bucket[$__rate_interval])))`,
            tab: 'graph',
          }
        : undefined,
    ),
    ...ofOwn('counter', (name) =>
      present.has(name)
        ? { title: `Rate of ${name}`, expr: `rate(${name}[$__rate_interval])`, tab: 'graph' }
        : undefined,
    ),
    ...ofOwn('gauge', (name) => (present.has(name) ? { title: name, expr: name, tab: 'graph' } : undefined)),
  ]
  return [...known, ...own].slice(0, MOST_EXAMPLES)
}
