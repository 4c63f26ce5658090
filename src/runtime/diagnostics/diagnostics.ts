import type { SystemReading } from '../../instrument/index.ts'
import type { Registry } from '../../metrics/index.ts'
import type { ErrorMetrics } from '../../packs/index.ts'
import type { SpanStore } from '../../tracing/index.ts'
import type { ResolvedConfig } from '../config/config.ts'
import { Collector, type CollectorSources, SNAPSHOT_GROUPS } from './collector.ts'
import { RequestFigures } from './request-figures.ts'
import type { Snapshot, SnapshotGroup } from './snapshot.ts'

export interface DiagnosticsSources extends Omit<CollectorSources, 'requests' | 'prefixes' | 'errors' | 'uptimeMs'> {
  readonly config: ResolvedConfig
  readonly boxmanVersion: string
  readonly metrics: Registry
  readonly system: () => SystemReading
  readonly errors: ErrorMetrics
  /** Of kept traces; undefined without any. */
  readonly traces: () => SpanStore | undefined
  /** Takes secrets out of texts. */
  readonly redact: (text: string) => string
}

/** What a service can tell of itself, for the endpoints and for `boxman.snapshot()`. */
export class Diagnostics {
  readonly sources: DiagnosticsSources
  /** Of all instrumented servers, and of what is measured by hand. */
  readonly requests: RequestFigures
  readonly startedAt: number
  readonly #begun: number
  readonly #collector: Collector
  readonly #prefixes: Set<string>

  constructor(sources: DiagnosticsSources) {
    const { config, now, wallNow } = sources
    this.sources = sources
    this.startedAt = wallNow()
    this.#begun = now()
    this.#prefixes = new Set([config.prefix])
    this.requests = new RequestFigures({
      windowMs: config.metrics.windowMs,
      maxRequests: config.metrics.windowSamples,
      bucketsMs: config.http.bucketsMs,
    })
    this.requests.tick(this.#begun)
    this.#collector = new Collector({
      ...sources,
      requests: this.requests,
      prefixes: () => this.#prefixes,
      uptimeMs: () => this.uptimeMs,
    })
  }

  get uptimeMs(): number {
    return this.sources.now() - this.#begun
  }

  /** A pack with these names is in use. */
  installed(prefix: string | undefined): void {
    if (prefix !== undefined) this.#prefixes.add(prefix)
  }

  /** Of all groups, or of those that are named. */
  snapshot(): Promise<Snapshot>
  snapshot<Group extends SnapshotGroup>(
    groups: readonly Group[],
  ): Promise<Pick<Snapshot, 'at' | 'uptimeSeconds' | Group>>
  snapshot(groups: readonly SnapshotGroup[] = SNAPSHOT_GROUPS): Promise<Snapshot> {
    return this.#collector.collect(groups)
  }

  /** Once a second. */
  sweep(): void {
    this.requests.tick(this.sources.now())
  }
}
