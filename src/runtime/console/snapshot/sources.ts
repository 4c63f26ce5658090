import type { RuleGroupStatus } from '../../../alerting/index.ts'
import type { Health } from '../../../health/index.ts'
import type { BreakerReading } from '../../../instrument/index.ts'
import type { LogTail, Redactor } from '../../../logging/index.ts'
import type { Dashboard, ErrorMetrics } from '../../../packs/index.ts'
import type { QueryResult } from '../../../promql/index.ts'
import type { SpanStore } from '../../../tracing/index.ts'
import type { AlertingDoor } from '../../alerting/door.ts'
import type { ResolvedConfig } from '../../config/config.ts'
import type { Reconfigured } from '../../config/reconfiguration.ts'
import type { ServiceFacts } from '../console.ts'

/** What a snapshot is made of; what there is not is left out, and said. Times are ms since the epoch. */
export interface SnapshotSources {
  readonly redactor: Redactor
  readonly wallNow: () => number
  readonly facts: () => ServiceFacts
  readonly dashboards: () => Promise<readonly Dashboard[]>
  readonly query: (expr: string, at: number, signal: AbortSignal) => Promise<QueryResult>
  readonly range: (
    expr: string,
    window: { readonly from: number; readonly to: number; readonly step: number },
    signal: AbortSignal,
  ) => Promise<QueryResult>
  readonly ruleGroups: () => readonly RuleGroupStatus[]
  readonly alerting: () => AlertingDoor | undefined
  readonly health: Health
  readonly config: ResolvedConfig
  readonly changes: () => readonly Reconfigured[]
  readonly breakers?: (() => readonly BreakerReading[]) | undefined
  readonly traces?: SpanStore | undefined
  readonly logTail?: LogTail | undefined
  readonly errors?: ErrorMetrics | undefined
}
