import { type EventLoopReading, readHeap, type SystemReading } from '../../instrument/index.ts'
import type { Registry } from '../../metrics/index.ts'
import type { ErrorMetrics } from '../../packs/index.ts'
import { MetricValues } from './metric-values.ts'
import type { RequestFigures } from './request-figures.ts'
import type {
  CacheFigures,
  ConsensusGroup,
  ErrorsGroup,
  GamingGroup,
  NetworkGroup,
  Snapshot,
  SnapshotGroup,
  WebSocketFigures,
} from './snapshot.ts'

export interface CollectorSources {
  readonly metrics: Registry
  /** Of the names of the packs in use. */
  readonly prefixes: () => Iterable<string>
  readonly requests: RequestFigures
  readonly eventLoop: () => EventLoopReading
  /** The latest. */
  readonly system: () => SystemReading
  readonly errors: Pick<ErrorMetrics, 'groups'>
  /** Ms since the epoch. */
  readonly wallNow: () => number
  /** Ms that never go back. */
  readonly now: () => number
  readonly uptimeMs: () => number
}

export const SNAPSHOT_GROUPS: readonly SnapshotGroup[] = [
  'network',
  'consensus',
  'gaming',
  'performance',
  'resources',
  'errors',
]

type Groups = { readonly [Group in SnapshotGroup]: (values: MetricValues) => Snapshot[Group] }

/** Collects snapshots: from the registry what packs have counted, so that pages and snapshots agree, the rest from where it is. */
export class Collector {
  readonly #sources: CollectorSources
  readonly #groups: Groups

  constructor(sources: CollectorSources) {
    this.#sources = sources
    const { requests, eventLoop, system, errors } = sources
    this.#groups = {
      network: (values) => this.#first((prefix) => networkOf(values, prefix)),
      consensus: (values) => this.#first((prefix) => consensusOf(values, prefix)),
      gaming: (values) => this.#first((prefix) => gamingOf(values, prefix)),
      performance: (values) => {
        requests.tick(sources.now())
        const webSocket = this.#first((prefix) => webSocketOf(values, prefix))
        return { requests: requests.read(), eventLoop: eventLoop(), cache: cacheOf(values), webSocket }
      },
      resources: () => ({ system: system(), heap: readHeap() }),
      errors: (values) => this.#first((prefix) => errorsOf(values, prefix, errors.groups().length)),
    }
  }

  /** @throws RangeError for a group that there is not. */
  async collect<Group extends SnapshotGroup>(
    groups: readonly Group[],
  ): Promise<Pick<Snapshot, 'at' | 'uptimeSeconds' | Group>> {
    const unknown = groups.find((group) => !Object.hasOwn(this.#groups, group))
    if (unknown !== undefined) {
      throw new RangeError(`snapshot group ${JSON.stringify(unknown)}: use ${SNAPSHOT_GROUPS.join(', ')}`)
    }
    const { metrics, wallNow, uptimeMs } = this.#sources
    const values = await MetricValues.of(metrics)
    const found = groups.map((group) => [group, this.#groups[group](values)] as const)
    const present = Object.fromEntries(found.filter(([, value]) => value !== undefined))
    const snapshot: Snapshot = { at: wallNow(), uptimeSeconds: uptimeMs() / 1000, ...present }
    return snapshot
  }

  /** Packs may stand under several prefixes; the first one that has it counts. */
  #first<T>(read: (prefix: string) => T | undefined): T | undefined {
    for (const prefix of this.#sources.prefixes()) {
      const found = read(prefix)
      if (found !== undefined) return found
    }
    return undefined
  }
}

function networkOf(values: MetricValues, prefix: string): NetworkGroup | undefined {
  const sum = (name: string): number | undefined => values.sum(`${prefix}_network_${name}`)
  const messagesSent = sum('messages_sent_total')
  if (messagesSent === undefined) return undefined
  return {
    messagesSent,
    messagesReceived: sum('messages_received_total') ?? 0,
    bytesSent: sum('bytes_sent_total') ?? 0,
    bytesReceived: sum('bytes_received_total') ?? 0,
    activeConnections: sum('active_connections') ?? 0,
    averageLatencyMs: inMs(values.average(`${prefix}_network_latency_seconds`)),
  }
}

function consensusOf(values: MetricValues, prefix: string): ConsensusGroup | undefined {
  const proposalsAccepted = values.sum(`${prefix}_consensus_proposals_accepted_total`)
  if (proposalsAccepted === undefined) return undefined
  return {
    proposalsAccepted,
    proposalsRejected: values.sum(`${prefix}_consensus_proposals_rejected_total`) ?? 0,
    forks: values.sum(`${prefix}_consensus_forks_total`) ?? 0,
    averageLatencyMs: inMs(values.average(`${prefix}_consensus_latency_seconds`)),
  }
}

function gamingOf(values: MetricValues, prefix: string): GamingGroup | undefined {
  const sum = (name: string): number => values.sum(`${prefix}_${name}`) ?? 0
  const games = values.sum(`${prefix}_games_total`)
  if (games === undefined) return undefined
  return {
    games,
    gamesActive: sum('games_active'),
    bets: sum('bets_total'),
    volume: sum('betting_volume_total'),
    payouts: sum('payouts_total'),
    disputes: sum('game_disputes_total'),
    averageDurationSeconds: values.average(`${prefix}_game_duration_seconds`),
    houseEdge: values.sum(`${prefix}_house_edge_ratio`),
  }
}

function cacheOf(values: MetricValues): CacheFigures | undefined {
  const hits = values.sum('cache_hits_total')
  if (hits === undefined) return undefined
  const misses = values.sum('cache_misses_total') ?? 0
  const lookedUp = hits + misses
  const evictions = values.sum('cache_evictions_total') ?? 0
  return { hits, misses, evictions, hitRate: lookedUp === 0 ? undefined : hits / lookedUp }
}

/** Those of all sockets, where they are counted; else those that a recorder was told of. */
function webSocketOf(values: MetricValues, prefix: string): WebSocketFigures | undefined {
  const open = values.sum(`${prefix}_ws_connections`)
  if (open !== undefined) {
    const messages = (direction: string): number => values.sum(`${prefix}_ws_messages_total`, { direction }) ?? 0
    return { open, messagesSent: messages('sent'), messagesReceived: messages('received') }
  }
  const network = networkOf(values, prefix)
  if (network === undefined) return undefined
  const { activeConnections, messagesSent, messagesReceived } = network
  return { open: activeConnections, messagesSent, messagesReceived }
}

function errorsOf(values: MetricValues, prefix: string, groups: number): ErrorsGroup | undefined {
  const name = `${prefix}_errors_total`
  const total = values.sum(name)
  if (total === undefined) return undefined
  const { network = 0, consensus = 0, validation = 0, gaming = 0, ...more } = values.sumBy(name, 'category')
  const { info = 0, warning = 0, error = 0, critical = 0 } = values.sumBy(name, 'severity')
  const { storage = 0, security = 0, other = 0 } = more
  return {
    total,
    byCategory: { network, consensus, validation, gaming, storage, security, other },
    bySeverity: { info, warning, error, critical },
    groups,
  }
}

function inMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000
}
