import type { AlertingConfig, RuleGroupStatus } from '../../alerting/index.ts'
import type { Logger } from '../../logging/index.ts'
import type { Registry } from '../../metrics/index.ts'
import type { Files } from '../../tsdb/index.ts'

export interface AlertingOptions {
  /** An alertmanager.yml; with `given`, what that is called in messages. */
  readonly file: string
  /** From code, in its place. */
  readonly given?: AlertingConfig | undefined
  /** What names are relative to. */
  readonly cwd: string
  /** Where its state outlives the process, one process a folder; undefined: in memory alone. */
  readonly folder: string | undefined
  /** Milliseconds that never go back. */
  readonly now: () => number
  /** Milliseconds since the epoch. */
  readonly wallNow: () => number
  readonly metrics: Registry
  /** Metrics by Alertmanager's names beside its own. */
  readonly isAlertmanager?: boolean | undefined
  readonly log: Logger
  /** Takes secrets out of what alerts say. */
  readonly redact: (text: string) => string
  /** Told of what went wrong within; it goes on. */
  readonly onFault: (error: unknown) => void
  /** Where this service's own pages are; empty: nowhere. */
  readonly url: () => string
  readonly files?: Files | undefined
  /** So long is its log before there is a new snapshot of its state. Default 8 MB. */
  readonly logBytes?: number | undefined
  /** The rules as they stand. */
  readonly ruleGroups?: (() => readonly RuleGroupStatus[]) | undefined
}
