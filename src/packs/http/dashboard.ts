import type { Panel, PanelRow, StatPanel, ThresholdStep, Unit } from '../dashboard.ts'
import { bucketsOf, meanOf, quantileOf, quantilesOf, rateOf, shareOf } from '../expressions.ts'
import { type PackOptions, resolvePrefix } from '../pack.ts'

/** Under whose names requests are measured; as `http.metrics` of the configuration. */
export type HttpNames = 'bitcraps' | 'media' | 'otel' | 'prom-bundle'

interface Names {
  /** Counts requests. */
  readonly requests: string
  readonly duration: string
  readonly unit: Unit
  /** The labels of both. */
  readonly route: string
  readonly method: string | undefined
  /** Counts answers by their status. */
  readonly answers: string
  readonly status: string
  readonly inFlight: string | undefined
  /** From which duration on 1 request in 100 is too many. */
  readonly slow: readonly ThresholdStep[]
}

const FAILING: readonly ThresholdStep[] = [
  { from: 0.01, level: 'warning' },
  { from: 0.05, level: 'critical' },
]
const MOST_ROUTES = 20

function namesOf(names: HttpNames, options: PackOptions): Names {
  const answers = { answers: 'http_requests_total', status: 'status' }
  switch (names) {
    case 'bitcraps': {
      const prefix = `${resolvePrefix(options)}_gateway`
      return {
        requests: `${prefix}_requests_by_route_method_total`,
        duration: `${prefix}_request_latency_ms`,
        unit: 'milliseconds',
        route: 'route',
        method: undefined,
        // Its own names have no status: those of any service, where they are recorded beside them.
        ...answers,
        inFlight: undefined,
        slow: [{ from: 200, level: 'warning' }],
      }
    }
    case 'media':
      return {
        requests: 'http_requests_total',
        duration: 'http_request_duration_seconds',
        unit: 'seconds',
        route: 'path',
        method: 'method',
        ...answers,
        inFlight: undefined,
        slow: [],
      }
    case 'otel':
      return {
        requests: 'http_server_request_duration_seconds_count',
        duration: 'http_server_request_duration_seconds',
        unit: 'seconds',
        route: 'http_route',
        method: 'http_request_method',
        answers: 'http_server_request_duration_seconds_count',
        status: 'http_response_status_code',
        inFlight: 'http_server_active_requests',
        slow: [],
      }
    case 'prom-bundle':
      return {
        requests: 'http_request_duration_seconds_count',
        duration: 'http_request_duration_seconds',
        unit: 'seconds',
        route: 'path',
        method: 'method',
        answers: 'http_request_duration_seconds_count',
        status: 'status_code',
        inFlight: undefined,
        slow: [],
      }
  }
}

/** How many requests, how many fail, how long 19 of 20 take at most: a number each. */
export function requestTiles(kind: HttpNames, options: PackOptions = {}): readonly StatPanel[] {
  const names = namesOf(kind, options)
  const links = [{ title: 'Traces', to: 'traces' }]
  return [
    {
      kind: 'stat',
      title: 'Request rate',
      description: 'Answered a second. A sudden fall is as bad a sign as a sudden rise.',
      unit: 'requests-per-second',
      width: 3,
      needs: names.requests,
      queries: [{ expr: rateOf(names.requests) }],
      links,
    },
    {
      kind: 'stat',
      title: 'Error share',
      description: 'Of all answers, those with a status of 500 or above. Worry from 1 % on.',
      unit: 'percent-of-one',
      width: 3,
      needs: names.answers,
      queries: [{ expr: shareOf(names.answers, failed(names)) }],
      thresholds: FAILING,
      links: [{ title: 'Traces with errors', to: 'traces?status=error' }],
    },
    {
      kind: 'stat',
      title: 'Latency p95',
      description: '19 of 20 requests take no longer.',
      unit: names.unit,
      width: 3,
      needs: `${names.duration}_count`,
      queries: [{ expr: quantileOf(0.95, names.duration) }],
      links,
    },
  ]
}

/** The golden signals, by route: rate, errors, durations. */
export function requestsRow(kind: HttpNames, options: PackOptions = {}): PanelRow {
  const names = namesOf(kind, options)
  const { requests, answers, duration, route, unit, status } = names
  const legend = `{{${route}}}`
  const panels: readonly Panel[] = [
    {
      kind: 'time-series',
      title: 'Requests by route',
      description: 'Answered a second. A route that falls silent is as bad a sign as one that is flooded.',
      unit: 'requests-per-second',
      queries: [{ expr: rateOf(requests, route), legend }],
      min: 0,
    },
    {
      kind: 'time-series',
      title: 'Error share by route',
      description: 'Of the answers of a route, those with a status of 500 or above. Worry from 1 % on.',
      unit: 'percent-of-one',
      needs: answers,
      queries: [{ expr: shareOf(answers, failed(names), errorRoute(names)), legend: `{{${errorRoute(names)}}}` }],
      thresholds: FAILING,
      min: 0,
    },
    {
      kind: 'time-series',
      title: 'Answers by status',
      description: 'A second. 4xx are the mistakes of clients, 5xx those of this service.',
      unit: 'requests-per-second',
      needs: answers,
      queries: [{ expr: rateOf(answers, status), legend: `{{${status}}}` }],
      stacked: true,
      min: 0,
    },
    {
      kind: 'time-series',
      title: 'Latency',
      width: 12,
      description: 'Half of the requests, 19 of 20, and 99 of 100 take no longer. Worry when p99 leaves p50 behind.',
      unit,
      queries: quantilesOf(duration),
      thresholds: names.slow,
      min: 0,
    },
    {
      kind: 'time-series',
      title: 'Latency p95 by route',
      width: 12,
      description: '19 of 20 requests of a route take no longer.',
      unit,
      queries: [{ expr: quantileOf(0.95, duration, route), legend }],
      min: 0,
    },
    {
      kind: 'heatmap',
      title: 'Latency heat map',
      description:
        'How many requests a second took how long. A second band far above the first is a part that is slow.',
      unit,
      expr: bucketsOf(duration),
    },
    {
      kind: 'table',
      title: 'Slowest routes',
      description: 'By what 19 of 20 requests take at most. Begin with those that are slow and often asked.',
      unit,
      width: 16,
      labels: [route],
      queries: [
        { column: 'p95', expr: `topk(${MOST_ROUTES}, ${quantileOf(0.95, duration, route)})` },
        { column: 'p99', expr: quantileOf(0.99, duration, route) },
        { column: 'mean', expr: meanOf(duration, route) },
        { column: 'requests', expr: rateOf(requests, route), unit: 'requests-per-second' },
      ],
      links: [{ title: 'Traces', to: `traces?attributes=%22http.route%3D{{${route}}}%22` }],
    },
    ...(names.inFlight === undefined ? [] : [inFlightPanel(names.inFlight)]),
  ]
  return { title: 'Requests', needs: requests, panels }
}

function inFlightPanel(metric: string): Panel {
  return {
    kind: 'time-series',
    title: 'In flight',
    width: 24,
    description: 'Requests that are not answered yet. A steady rise: more come than are answered.',
    unit: 'short',
    queries: [{ expr: `sum by (http_request_method) (${metric})`, legend: '{{http_request_method}}' }],
    min: 0,
  }
}

function failed({ status }: Names): string {
  return `${status}=~"5.."`
}

/** What counts by status may name the route in its own way. */
function errorRoute({ answers, requests, route }: Names): string {
  return answers === 'http_requests_total' && requests !== answers ? 'path' : route
}
