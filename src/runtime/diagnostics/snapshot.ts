import type { EventLoopReading, HeapReading, SystemReading } from '../../instrument/index.ts'
import type { ErrorCategory, ErrorSeverity } from '../../packs/index.ts'
import type { RequestReading } from './request-figures.ts'

/** What the service has done and how it is. A group is there when something in use feeds it; what is not known is undefined. */
export interface Snapshot {
  /** Ms since the epoch. */
  readonly at: number
  /** Of this observation, not of the process. */
  readonly uptimeSeconds: number
  readonly network?: NetworkGroup
  readonly consensus?: ConsensusGroup
  readonly gaming?: GamingGroup
  readonly performance?: PerformanceGroup
  readonly resources?: ResourcesGroup
  readonly errors?: ErrorsGroup
}

export type SnapshotGroup = Exclude<keyof Snapshot, 'at' | 'uptimeSeconds'>

/** Since the start, but for what is open now. */
export interface NetworkGroup {
  readonly messagesSent: number
  readonly messagesReceived: number
  readonly bytesSent: number
  readonly bytesReceived: number
  readonly activeConnections: number
  readonly averageLatencyMs: number | undefined
}

/** Since the start. */
export interface ConsensusGroup {
  readonly proposalsAccepted: number
  readonly proposalsRejected: number
  readonly forks: number
  readonly averageLatencyMs: number | undefined
}

/** Since the start, but for the games that are active. */
export interface GamingGroup {
  readonly games: number
  readonly gamesActive: number
  readonly bets: number
  readonly volume: number
  readonly payouts: number
  readonly disputes: number
  readonly averageDurationSeconds: number | undefined
  /** 0 to 1 of the settled stakes. */
  readonly houseEdge: number | undefined
}

export interface PerformanceGroup {
  /** Of the window. */
  readonly requests: RequestReading
  /** Of the last minute. */
  readonly eventLoop: EventLoopReading
  /** Of all caches since the start; undefined when none is measured. */
  readonly cache: CacheFigures | undefined
  /** Of all WebSockets since the start; undefined when none are measured. */
  readonly webSocket: WebSocketFigures | undefined
}

export interface CacheFigures {
  readonly hits: number
  readonly misses: number
  readonly evictions: number
  /** 0 to 1; undefined before the first look-up. */
  readonly hitRate: number | undefined
}

export interface WebSocketFigures {
  readonly open: number
  readonly messagesSent: number
  readonly messagesReceived: number
}

export interface ResourcesGroup {
  /** The latest reading; empty before the first. */
  readonly system: SystemReading
  readonly heap: HeapReading
}

/** Since the start. */
export interface ErrorsGroup {
  readonly total: number
  readonly byCategory: Readonly<Record<ErrorCategory, number>>
  readonly bySeverity: Readonly<Record<ErrorSeverity, number>>
  /** How many different ones are held. */
  readonly groups: number
}
