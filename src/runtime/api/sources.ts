import type { RuleGroupStatus } from '../../alerting/index.ts'
import type { Engine } from '../../promql/index.ts'
import type { LabelSet, Matcher, MetricMetadata, Queryable } from '../../series/index.ts'
import type { ExemplarSeries } from '../../tsdb/index.ts'
import type { DroppedTarget, TargetStatus } from '../targets/status.ts'

/** What the API tells of. What is left out is answered as by a Prometheus that has none of it. Times are ms since the epoch. */
export interface ApiSources {
  readonly engine: Engine
  readonly queryable: Queryable
  readonly now: () => number
  /** Told of what went wrong in an endpoint; the client gets a 500. */
  readonly onFault: (error: unknown) => void
  /** Read anew for each request. */
  readonly limits?: Partial<ApiLimits>
  readonly exemplars?: (matchers: readonly Matcher[], from: number, to: number) => readonly ExemplarSeries[]
  readonly ruleGroups?: () => readonly RuleGroupStatus[]
  readonly targets?: () => ScrapeTargets
  /** What the pages of a target say of its metrics, by name. */
  readonly targetMetadata?: (target: TargetStatus) => ReadonlyMap<string, MetricMetadata>
  /** URLs that alerts are sent to. */
  readonly alertmanagers?: () => { readonly active: readonly string[]; readonly dropped: readonly string[] }
  readonly storeStats?: () => StoreStats
  /** By name, as texts: what the process was started with. */
  readonly flags?: () => Readonly<Record<string, string>>
  /** As YAML. */
  readonly configText?: () => string
  readonly build?: Partial<BuildInfo>
  readonly runtimeInfo?: () => Partial<RuntimeInfo>
  /** For `/-/ready`. */
  readonly ready?: () => boolean | Promise<boolean>
  /** Added to what `/federate` gives. */
  readonly externalLabels?: LabelSet
  /** Of pages that may read the API in a browser, a pattern of RE2 for their whole origin; default: none may. */
  readonly corsOrigin?: string
}

export interface ApiLimits {
  /** Queries that are answered at once; more wait. Default 20. */
  readonly queryConcurrency: number
  /** Queries that wait; more are refused. Default 500. */
  readonly waitingQueries: number
  /** Of a query, its waiting included; default 2 min. */
  readonly timeoutMs: number
  /** How far back `/federate` looks; default 5 min. */
  readonly lookbackMs: number
  /** Of a request; default 4 MiB. */
  readonly bodyBytes: number
}

export interface ScrapeTargets {
  readonly active: readonly TargetStatus[]
  readonly dropped: readonly DroppedTarget[]
}

export interface StoreStats {
  readonly chunks: number
  readonly minTime: number
  readonly maxTime: number
}

export interface BuildInfo {
  /** Of the API: clients switch features on by Prometheus's versions. */
  readonly version: string
  readonly revision: string
  readonly branch: string
  readonly buildUser: string
  readonly buildDate: string
  readonly goVersion: string
}

export interface RuntimeInfo {
  readonly startTime: number
  readonly configLoadedAt: number
  readonly configLoaded: boolean
  readonly corruptions: number
  readonly storageRetention: string
}

const DEFAULT_LIMITS: ApiLimits = Object.freeze({
  queryConcurrency: 20,
  waitingQueries: 500,
  timeoutMs: 120_000,
  lookbackMs: 300_000,
  bodyBytes: 4 * 2 ** 20,
})

/** @throws RangeError for a limit that is no positive number. */
export function completeApiLimits(given: Partial<ApiLimits> = {}): ApiLimits {
  const limits = { ...DEFAULT_LIMITS, ...given }
  for (const [name, value] of Object.entries(limits)) {
    if (!(value > 0)) throw new RangeError(`api: limit ${name} of ${value} must be a number above 0`)
  }
  return Object.freeze(limits)
}
