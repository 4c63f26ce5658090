import {
  type CheckOptions,
  diskCheck,
  type DiskCheckOptions,
  eventLoopCheck,
  type EventLoopCheckOptions,
  httpCheck,
  type HttpCheckOptions,
  memoryCheck,
  type MemoryCheckOptions,
  type MemoryUse,
  postgresCheck,
  type PostgresCheckOptions,
  redisCheck,
  type RedisCheckOptions,
  tcpCheck,
  type TcpCheckOptions,
} from '../../health/index.ts'
import type { SystemReading } from '../../instrument/index.ts'

type Without<T, Key extends PropertyKey> = Omit<T, Key>

export interface CheckReadings {
  /** The latest one; empty before the first. */
  readonly system: () => SystemReading
  /** The event loop's lag of the last minute, as the 99th percentile in ms. */
  readonly lagMs: () => number | undefined
}

/** Checks to be given to `boxman.health.check`. */
export interface Checks {
  http(options: HttpCheckOptions): CheckOptions
  tcp(options: TcpCheckOptions): CheckOptions
  postgres(options: PostgresCheckOptions): CheckOptions
  redis(options: RedisCheckOptions): CheckOptions
  disk(options: DiskCheckOptions): CheckOptions
  /** Of the control group's memory where it has a limit, else of the machine's. */
  memory(options?: Without<MemoryCheckOptions, 'read'>): CheckOptions
  /** Of its lag of the last minute, as the 99th percentile. */
  eventLoop(options?: Without<EventLoopCheckOptions, 'read'>): CheckOptions
}

export function readyMadeChecks({ system, lagMs }: CheckReadings): Checks {
  return {
    http: httpCheck,
    tcp: tcpCheck,
    postgres: postgresCheck,
    redis: redisCheck,
    disk: diskCheck,
    memory: (options = {}) => memoryCheck({ ...options, read: () => memoryUse(system()) }),
    eventLoop: (options = {}) => eventLoopCheck({ ...options, read: lagMs }),
  }
}

/** What a control group must keep below its limit: without the page cache that it can let go. */
export function memoryUse({ memoryBytes, machine = {} }: SystemReading): MemoryUse | undefined {
  const { memoryTotalBytes, memoryAvailableBytes, memoryLimitBytes } = machine
  const { memoryCurrentBytes, memoryReclaimableBytes = 0 } = machine
  if (memoryLimitBytes !== undefined && memoryLimitBytes < (memoryTotalBytes ?? Infinity)) {
    const group = memoryCurrentBytes === undefined ? memoryBytes : memoryCurrentBytes - memoryReclaimableBytes
    return group === undefined ? undefined : { usedBytes: Math.max(0, group), limitBytes: memoryLimitBytes }
  }
  if (memoryTotalBytes === undefined || memoryAvailableBytes === undefined) return undefined
  return { usedBytes: memoryTotalBytes - memoryAvailableBytes, limitBytes: memoryTotalBytes }
}
