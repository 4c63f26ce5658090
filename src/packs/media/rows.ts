import type { PanelRow } from '../dashboard.ts'
import { quantileOf, rateOf, shareOf } from '../expressions.ts'

/** What caches answer, and what they throw away. */
export function cachesRow(): PanelRow {
  const legend = '{{cache_type}}'
  const [hits, misses] = [rateOf('cache_hits_total', 'cache_type'), rateOf('cache_misses_total', 'cache_type')]
  return {
    title: 'Caches',
    needs: 'cache_hits_total',
    panels: [
      {
        kind: 'time-series',
        title: 'Cache hit rate',
        description: 'The part of the look-ups that a cache answers. A fall costs what is behind it.',
        unit: 'percent-of-one',
        queries: [{ expr: `${hits} / (${hits} + ${misses})`, legend }],
        min: 0,
        max: 1,
      },
      {
        kind: 'time-series',
        title: 'Cache look-ups',
        description: 'Answered or not, a second. A sudden rise: somebody asks for what was never there.',
        unit: 'per-second',
        queries: [{ expr: `${hits} + ${misses}`, legend }],
        min: 0,
      },
      {
        kind: 'time-series',
        title: 'Cache evictions',
        description: 'Entries thrown out for room, a second. Many with a low hit rate: the cache is too small.',
        unit: 'per-second',
        needs: 'cache_evictions_total',
        queries: [{ expr: rateOf('cache_evictions_total', 'cache_type'), legend }],
        min: 0,
      },
    ],
  }
}

/** Connections of the pools. */
export function poolsRow(): PanelRow {
  return {
    title: 'Database pools',
    needs: 'db_connections_active',
    panels: [
      {
        kind: 'time-series',
        title: 'Pool connections',
        description: 'In use and at rest. With none at rest, calls begin to wait.',
        unit: 'short',
        width: 12,
        queries: [
          { expr: 'sum(db_connections_active)', legend: 'in use' },
          { expr: 'sum(db_connections_idle)', legend: 'at rest' },
          { expr: 'sum(db_connections_waiting)', legend: 'calls waiting' },
        ],
        min: 0,
      },
      {
        kind: 'time-series',
        title: 'Pool utilization',
        description:
          'The part of the connections that is in use. Near 100 % the pool is too small, or statements too slow.',
        unit: 'percent-of-one',
        width: 12,
        queries: [
          {
            expr: 'sum(db_connections_active) / (sum(db_connections_active) + sum(db_connections_idle))',
            legend: 'in use',
          },
        ],
        thresholds: [{ from: 0.9, level: 'warning' }],
        min: 0,
        max: 1,
      },
    ],
  }
}

/** Statements and commands. */
export function statementsRow(): PanelRow {
  const by = 'system, operation'
  const legend = '{{system}} {{operation}}'
  return {
    title: 'Databases',
    needs: 'db_query_duration_seconds_count',
    panels: [
      {
        kind: 'time-series',
        title: 'Statements',
        description: 'A second, by what they do.',
        unit: 'per-second',
        queries: [{ expr: rateOf('db_query_duration_seconds_count', by), legend }],
        min: 0,
      },
      {
        kind: 'time-series',
        title: 'Statement p95',
        description: '19 of 20 statements take no longer.',
        unit: 'seconds',
        queries: [{ expr: quantileOf(0.95, 'db_query_duration_seconds', by), legend }],
        min: 0,
      },
      {
        kind: 'time-series',
        title: 'Failed statements',
        description: 'A second. Read the errors: a lock, a limit or a lost connection.',
        unit: 'per-second',
        queries: [{ expr: rateOf('db_query_errors_total', by), legend }],
        min: 0,
      },
    ],
  }
}

/** Requests that the service sends. */
export function outgoingRow(): PanelRow {
  const legend = '{{target}}'
  return {
    title: 'Outgoing calls',
    needs: 'http_client_requests_total',
    panels: [
      {
        kind: 'time-series',
        title: 'Calls',
        description: 'A second, by whom they go to.',
        unit: 'requests-per-second',
        queries: [{ expr: rateOf('http_client_requests_total', 'target'), legend }],
        min: 0,
      },
      {
        kind: 'time-series',
        title: 'Failed calls',
        description: 'The part of the calls without an answer, or with a status of 500 or above.',
        unit: 'percent-of-one',
        queries: [{ expr: shareOf('http_client_requests_total', 'status=~"5..|error"', 'target'), legend }],
        thresholds: [{ from: 0.05, level: 'warning' }],
        min: 0,
      },
      {
        kind: 'time-series',
        title: 'Call p95',
        description: '19 of 20 calls take no longer. Beside the latency of the requests it tells who is slow.',
        unit: 'seconds',
        queries: [{ expr: quantileOf(0.95, 'http_client_request_duration_seconds', 'target'), legend }],
        min: 0,
      },
    ],
  }
}
