/** Clock ticks of a machine's processors since it started. */
export interface CpuTicks {
  readonly busy: number
  readonly total: number
}

export interface Memory {
  readonly totalBytes: number | undefined
  readonly availableBytes: number | undefined
}

/** user, nice, system, idle, iowait, irq, softirq, steal; what follows (guests) is part of user and nice already. */
const CPU_FIELDS = 8
const IDLE = 3
const IOWAIT = 4

/** The line of all processors in `/proc/stat`; kernels of old have fewer fields. */
export function parseCpuTicks(stat: string): CpuTicks | undefined {
  const line = /^cpu +([\d ]+)$/m.exec(stat)?.[1]
  if (line === undefined) return undefined
  const ticks = line.trim().split(/ +/).slice(0, CPU_FIELDS).map(Number)
  if (ticks.length <= IDLE) return undefined
  const total = ticks.reduce((sum, part) => sum + part, 0)
  return { total, busy: total - (ticks[IDLE] ?? 0) - (ticks[IOWAIT] ?? 0) }
}

/** 0 to 100, all processors together; undefined when no time has passed between the two. */
export function busyPercent(before: CpuTicks, after: CpuTicks): number | undefined {
  const total = after.total - before.total
  if (!(total > 0)) return undefined
  return Math.min(100, Math.max(0, (100 * (after.busy - before.busy)) / total))
}

/** `/proc/meminfo` */
export function parseMemory(meminfo: string): Memory {
  return { totalBytes: kilobytes(meminfo, 'MemTotal'), availableBytes: kilobytes(meminfo, 'MemAvailable') }
}

/** `/proc/loadavg`: runnable tasks, averaged over a minute. */
export function parseLoad1(loadavg: string): number | undefined {
  return decimal(/^(\d+\.\d+) /.exec(loadavg)?.[1])
}

/** `/proc/<pid>/status` */
export function parseThreads(status: string): number | undefined {
  return decimal(/^Threads:\s+(\d+)$/m.exec(status)?.[1])
}

/** `/proc/<pid>/limits`: how many files the process may have open. Undefined: as many as it likes. */
export function parseMaxFiles(limits: string): number | undefined {
  return decimal(/^Max open files\s+(\d+)\s/m.exec(limits)?.[1])
}

/** A file that holds one number, as most below `/sys` do. */
export function parseNumber(text: string): number | undefined {
  return decimal(/^(-?\d+)\s*$/.exec(text)?.[1])
}

function kilobytes(meminfo: string, name: string): number | undefined {
  const value = decimal(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(meminfo)?.[1])
  return value === undefined ? undefined : value * 1024
}

function decimal(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text)
}
