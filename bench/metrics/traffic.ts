/** What the contenders are given: the requests of a service. */

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD']
const STATUSES = ['200', '202', '400', '404', '503']

export interface Triple {
  readonly method: string
  readonly route: string
  readonly status: string
}

export const requests = {
  name: 'http_requests_total',
  help: 'Requests.',
  labelNames: ['method', 'route', 'status'],
} as const
export const latency: {
  readonly name: string
  readonly help: string
  readonly labelNames: readonly ['method', 'route']
  readonly buckets: number[]
} = {
  name: 'http_request_duration_seconds',
  help: 'Latency.',
  labelNames: ['method', 'route'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
}

/** The i-th of all triples. */
export function triple(i: number): Triple {
  return {
    method: METHODS[i % 5] ?? '',
    route: route(Math.floor(i / 25)),
    status: STATUSES[Math.floor(i / 5) % 5] ?? '',
  }
}

/** The i-th of all pairs. */
export function pair(i: number): Pick<Triple, 'method' | 'route'> {
  return { method: METHODS[i % 5] ?? '', route: route(Math.floor(i / 5)) }
}

function route(i: number): string {
  return `/tables/:id/part-${i}`
}
