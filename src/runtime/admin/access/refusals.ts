import type { Registry } from '../../../metrics/index.ts'

/** Why a request, or a connection, goes no further. */
export const REFUSALS = [
  'address',
  'credentials',
  'host',
  'malformed',
  'no-credentials',
  'origin',
  'scope',
  'throttled',
  'tls',
] as const
export type Refusal = (typeof REFUSALS)[number]

/** Counts what is refused; the returned is told of each. */
export function publishRefusals(metrics: Registry): (reason: Refusal) => void {
  const refused = metrics.counter({
    name: 'boxman_admin_refused_total',
    help: 'Requests to the endpoints, and connections, that were refused, by reason.',
    labelNames: ['reason'],
  })
  // At zero from the start: the first one is an increase that `rate` can see.
  const cells = new Map(REFUSALS.map((reason) => [reason, refused.labels({ reason })]))
  return (reason) => cells.get(reason)?.inc()
}
