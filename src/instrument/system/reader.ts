import { readCgroup } from './cgroup.ts'
import { busyPercent, type CpuTicks, parseCpuTicks, parseLoad1, parseMemory, parseThreads } from './proc.ts'
import { namesBelow, textBelow } from './read-text.ts'
import { type Battery, readBattery, readTemperature } from './sensors.ts'

/** What a machine lacks is absent, not zero. */
export interface SystemReading {
  /** Of this process since the reading before, or since its start; 100 is one core busy all the time. */
  readonly cpuPercent?: number | undefined
  /** Resident memory of this process. */
  readonly memoryBytes?: number | undefined
  readonly threads?: number | undefined
  readonly uptimeSeconds?: number | undefined
  readonly temperatureCelsius?: number | undefined
  readonly battery?: Battery | undefined
  readonly machine?: MachineReading | undefined
}

export interface MachineReading {
  /** 0 to 100, all cores together, since the reading before; absent in the first. */
  readonly cpuPercent?: number | undefined
  readonly memoryTotalBytes?: number | undefined
  readonly memoryAvailableBytes?: number | undefined
  readonly load1?: number | undefined
  /** How many cores' worth of time the process's control group may use. */
  readonly cpuLimitCores?: number | undefined
  readonly memoryLimitBytes?: number | undefined
  /** Used by the control group, the page cache included. */
  readonly memoryCurrentBytes?: number | undefined
}

export interface SystemReader {
  /** `at`: milliseconds of a clock that does not go back. */
  read(at: number): Promise<SystemReading>
}

/** @param options.root where `proc` and `sys` are mounted, `/` by default. */
export function createSystemReader(options: { readonly root?: string } = {}): SystemReader {
  const { root = '/' } = options
  const readText = textBelow(root)
  const list = namesBelow(root)
  let spent: { readonly at: number; readonly ms: number } | undefined
  let ticks: CpuTicks | undefined

  /** The first reading has none before it, and goes back to the start of the process. */
  function processCpu(at: number, uptimeMs: number): number | undefined {
    const { user, system } = process.cpuUsage()
    const ms = (user + system) / 1000
    const elapsedMs = spent === undefined ? uptimeMs : at - spent.at
    if (!(elapsedMs > 0)) return undefined
    const percent = (100 * (ms - (spent?.ms ?? 0))) / elapsedMs
    spent = { at, ms }
    return percent
  }

  function machineCpu(stat: string | undefined): number | undefined {
    const before = ticks
    ticks = parseCpuTicks(stat ?? '')
    return before === undefined || ticks === undefined ? undefined : busyPercent(before, ticks)
  }

  async function readMachine(): Promise<MachineReading | undefined> {
    const [stat, meminfo, loadavg, cgroup] = await Promise.all([
      readText('proc/stat'),
      readText('proc/meminfo'),
      readText('proc/loadavg'),
      readCgroup(readText),
    ])
    const memory = parseMemory(meminfo ?? '')
    const reading = {
      cpuPercent: machineCpu(stat),
      memoryTotalBytes: memory.totalBytes,
      memoryAvailableBytes: memory.availableBytes,
      load1: parseLoad1(loadavg ?? ''),
      ...cgroup,
    }
    return Object.values(reading).some((value) => value !== undefined) ? reading : undefined
  }

  return {
    async read(at) {
      const uptimeSeconds = process.uptime()
      const own = {
        cpuPercent: processCpu(at, uptimeSeconds * 1000),
        memoryBytes: process.memoryUsage.rss(),
        uptimeSeconds,
      }
      const [status, machine, temperatureCelsius, battery] = await Promise.all([
        readText('proc/self/status'),
        readMachine(),
        readTemperature(readText, list),
        readBattery(readText, list),
      ])
      return { ...own, threads: parseThreads(status ?? ''), machine, temperatureCelsius, battery }
    },
  }
}
