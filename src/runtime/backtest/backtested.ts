import type { RuleGroup } from '../../alerting/index.ts'
import type { Firing } from './firings.ts'

/** What is to be tried, as a person types it. */
export interface BacktestQuestion {
  readonly file: string
  readonly groups: readonly RuleGroup[]
  /** The only alert that counts; undefined: all. */
  readonly rule?: string | undefined
  /** Where the history is: a folder, else a server. */
  readonly data?: string | undefined
  readonly url: string
  readonly token?: string | undefined
  /** Such as `7d`. */
  readonly since: string
  /** Seconds since the epoch, or RFC 3339; undefined: now. */
  readonly until?: string | undefined
  /** Of groups that state none. */
  readonly interval: string
}

export interface BacktestedRule {
  readonly group: string
  readonly rule: string
  readonly expr: string
  readonly forMs: number
  readonly keepFiringForMs: number
  readonly fired: number
  readonly longestMs: number
  /** In which at least one alert fired. */
  readonly totalMs: number
  readonly pendingOnly: number
  /** By their end; of very many the first. */
  readonly firings: readonly Firing[]
  readonly evaluations: number
  readonly failures: number
  readonly firstFailure: string | undefined
  /** What it reads and the history has nothing of. */
  readonly missing: readonly string[]
}

export interface Backtested {
  readonly from: number
  readonly to: number
  readonly rules: readonly BacktestedRule[]
}
