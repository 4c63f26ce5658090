import type { Bucket, Family } from 'boxman/metrics'

/** The house at a glance. What there are no figures for is undefined. */
export interface Summary {
  readonly requestsPerSecond: number | undefined
  /** Over all routes, of the requests between the two collections; so too the proofs' p95. */
  readonly p95Ms: number | undefined
  readonly ingressToProofP95Ms: number | undefined
  /** Over all topics, now. */
  readonly subscribers: number | undefined
  /** Since the start. */
  readonly rolls: number | undefined
  /** What the house has kept of what was staked, 0.014 being 1.4 %. */
  readonly houseEdge: number | undefined
  /** Since the start. */
  readonly errors: number | undefined
}

/**
 * Condenses two collections of one registry, `elapsedMs` apart; `before` may be empty for a registry that had just begun.
 * @throws RangeError when no time lies between them.
 */
export function summarize(before: readonly Family[], after: readonly Family[], elapsedMs: number): Summary {
  if (!(elapsedMs > 0)) throw new RangeError(`elapsedMs ${elapsedMs}: must be above 0`)
  const requests = increase(before, after, 'bitcraps_gateway_requests_by_route_method_total')
  return {
    requestsPerSecond: requests === undefined ? undefined : (requests * 1000) / elapsedMs,
    p95Ms: inMs(quantile(0.95, bucketIncrease(before, after, 'http_request_duration_seconds'))),
    ingressToProofP95Ms: quantile(0.95, bucketIncrease(before, after, 'bitcraps_gateway_ingress_to_proof_ms')),
    subscribers: total(after, 'bitcraps_gateway_ws_subscribers'),
    rolls: total(after, 'bitcraps_dice_rolls_total'),
    houseEdge: total(after, 'bitcraps_house_edge_ratio'),
    errors: total(after, 'bitcraps_errors_total'),
  }
}

const inMs = (seconds: number | undefined): number | undefined => (seconds === undefined ? undefined : seconds * 1000)

/**
 * What Prometheus' histogram_quantile makes of cumulative buckets, ordered by bound: linear inside a bucket, the highest
 * finite bound for a rank beyond it.
 */
export function quantile(q: number, buckets: readonly Bucket[]): number | undefined {
  const count = buckets.at(-1)?.count ?? 0
  if (!(count > 0) || buckets.length < 2) return undefined
  const rank = q * count
  const index = buckets.findIndex((bucket) => bucket.count >= rank)
  const bucket = buckets[index]
  const below = buckets[index - 1]
  if (bucket === undefined) return undefined
  if (bucket.le === Infinity) return below?.le
  if (below === undefined && bucket.le <= 0) return bucket.le
  const start = below?.le ?? 0
  const inside = bucket.count - (below?.count ?? 0)
  return inside === 0 ? bucket.le : start + ((bucket.le - start) * (rank - (below?.count ?? 0))) / inside
}

type Values = ReadonlyMap<string, number>

function valuesOf(families: readonly Family[], name: string): Values | undefined {
  const family = families.find((each) => each.name === name)
  if (family === undefined || family.kind === 'histogram' || family.kind === 'summary') return undefined
  return new Map(family.series.map(({ labels, value }) => [identity(labels), value]))
}

function total(families: readonly Family[], name: string): number | undefined {
  const values = valuesOf(families, name)
  if (values === undefined || values.size === 0) return undefined
  const sum = [...values.values()].reduce((so, value) => so + value, 0)
  return Number.isFinite(sum) ? sum : undefined
}

function increase(before: readonly Family[], after: readonly Family[], name: string): number | undefined {
  const now = valuesOf(after, name)
  if (now === undefined || now.size === 0) return undefined
  const then = valuesOf(before, name)
  return [...now].reduce((sum, [key, value]) => sum + grown(then?.get(key) ?? 0, value), 0)
}

/** All series of a histogram as one, with the observations between the two collections alone. */
function bucketIncrease(before: readonly Family[], after: readonly Family[], name: string): readonly Bucket[] {
  const then = bucketsOf(before, name)
  const counts = new Map<number, number>()
  for (const [key, buckets] of bucketsOf(after, name)) {
    const earlier = then.get(key)
    // A series that lost observations has begun anew: all that it holds is new.
    const restarted = (earlier?.at(-1)?.count ?? 0) > (buckets.at(-1)?.count ?? 0)
    for (const [index, { le, count }] of buckets.entries()) {
      const base = restarted ? 0 : (earlier?.[index]?.count ?? 0)
      counts.set(le, (counts.get(le) ?? 0) + count - base)
    }
  }
  return [...counts].map(([le, count]) => ({ le, count })).sort((a, b) => a.le - b.le)
}

function bucketsOf(families: readonly Family[], name: string): ReadonlyMap<string, readonly Bucket[]> {
  const family = families.find((each) => each.name === name)
  if (family?.kind !== 'histogram') return new Map()
  return new Map(family.series.map(({ labels, buckets }) => [identity(labels), buckets]))
}

const grown = (then: number, now: number): number => (now >= then ? now - then : now)

const identity = (labels: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))

/** From a message, where undefined is left out. */
export function readSummary(value: unknown): Summary {
  const fields: Readonly<Record<string, unknown>> = typeof value === 'object' && value !== null ? { ...value } : {}
  const figure = (name: keyof Summary): number | undefined => {
    const given = fields[name]
    return typeof given === 'number' ? given : undefined
  }
  return {
    requestsPerSecond: figure('requestsPerSecond'),
    p95Ms: figure('p95Ms'),
    ingressToProofP95Ms: figure('ingressToProofP95Ms'),
    subscribers: figure('subscribers'),
    rolls: figure('rolls'),
    houseEdge: figure('houseEdge'),
    errors: figure('errors'),
  }
}
