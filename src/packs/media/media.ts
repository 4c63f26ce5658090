import type { Registry } from '../../metrics/index.ts'
import { OptionalGauge } from '../optional-gauge.ts'
import type { Pack } from '../pack.ts'
import { CacheMetrics } from './caches.ts'
import { mediaDashboard } from './dashboard.ts'
import { DiscoveryMetrics } from './discovery.ts'
import { IngestionMetrics } from './ingestion.ts'
import { PlaybackMetrics } from './playback.ts'
import { RequestMetrics } from './requests.ts'

export interface MediaMetrics {
  /** What `http.metrics: 'media'` records for instrumented servers; both end in the same series. */
  readonly requests: RequestMetrics
  readonly connections: ConnectionMetrics
  readonly pool: PoolMetrics
  readonly caches: CacheMetrics
  /** This and the next two are in the exposition once they were asked for. */
  readonly discovery: DiscoveryMetrics
  readonly playback: PlaybackMetrics
  readonly ingestion: IngestionMetrics
}

/** `active_connections`: absent before the first call. */
export class ConnectionMetrics {
  readonly #gauge: OptionalGauge
  #active = 0

  constructor(registry: Registry) {
    this.#gauge = new OptionalGauge(registry, 'active_connections', 'Connections that are open.')
  }

  opened(): void {
    this.set(this.#active + 1)
  }

  /** One that was never opened does not make the number negative. */
  closed(): void {
    this.set(Math.max(0, this.#active - 1))
  }

  /** @throws RangeError unless it is a whole number >= 0. */
  set(active: number): void {
    this.#active = wholeNumber('active_connections', active)
    this.#gauge.set(active)
  }
}

/** `db_connections_active`, `db_connections_idle` and `db_connections_waiting`: absent before the first call that tells them. */
export class PoolMetrics {
  readonly #active: OptionalGauge
  readonly #idle: OptionalGauge
  readonly #waiting: OptionalGauge

  constructor(registry: Registry) {
    this.#active = new OptionalGauge(registry, 'db_connections_active', 'Connections of the database pool in use.')
    this.#idle = new OptionalGauge(registry, 'db_connections_idle', 'Connections of the database pool at rest.')
    this.#waiting = new OptionalGauge(
      registry,
      'db_connections_waiting',
      'Calls that wait for a connection of the pool.',
    )
  }

  /** @throws RangeError unless all are whole numbers >= 0. */
  set(counts: { readonly active: number; readonly idle: number; readonly waiting?: number }): void {
    const { active, idle, waiting } = counts
    wholeNumber('db_connections_active', active)
    wholeNumber('db_connections_idle', idle)
    if (waiting !== undefined) wholeNumber('db_connections_waiting', waiting)
    this.#active.set(active)
    this.#idle.set(idle)
    if (waiting !== undefined) this.#waiting.set(waiting)
  }
}

/** The metrics of an API or media service, to be recorded by hand where nothing records them by itself. */
export function media(): Pack<MediaMetrics> {
  return { name: 'media', dashboards: [mediaDashboard()], install: (registry) => new Media(registry) }
}

class Media implements MediaMetrics {
  readonly requests: RequestMetrics
  readonly connections: ConnectionMetrics
  readonly pool: PoolMetrics
  readonly caches: CacheMetrics
  readonly #registry: Registry
  #discovery: DiscoveryMetrics | undefined
  #playback: PlaybackMetrics | undefined
  #ingestion: IngestionMetrics | undefined

  constructor(registry: Registry) {
    this.#registry = registry
    this.requests = new RequestMetrics(registry)
    this.connections = new ConnectionMetrics(registry)
    this.pool = new PoolMetrics(registry)
    this.caches = new CacheMetrics(registry)
  }

  get discovery(): DiscoveryMetrics {
    this.#discovery ??= new DiscoveryMetrics(this.#registry)
    return this.#discovery
  }

  get playback(): PlaybackMetrics {
    this.#playback ??= new PlaybackMetrics(this.#registry)
    return this.#playback
  }

  get ingestion(): IngestionMetrics {
    this.#ingestion ??= new IngestionMetrics(this.#registry)
    return this.#ingestion
  }
}

function wholeNumber(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 0) return value
  throw new RangeError(`${name} ${value} must be a whole number >= 0`)
}
