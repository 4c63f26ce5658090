import { statfs } from 'node:fs/promises'
import { readCgroup } from './cgroup.ts'
import { factsOfNode, factsOfProc } from './machine-facts.ts'
import { busyPercent, type CpuTicks, parseMaxFiles, parseThreads } from './proc.ts'
import { namesBelow, textBelow } from './read-text.ts'
import { type Battery, readBattery, readTemperature } from './sensors.ts'
import { readThrottling } from './throttling.ts'

/** What a machine lacks is absent, not zero. */
export interface SystemReading {
  /** Of this process since the reading before, or since its start; 100 is one core busy all the time. */
  readonly cpuPercent?: number | undefined
  /** Resident memory of this process. */
  readonly memoryBytes?: number | undefined
  readonly threads?: number | undefined
  readonly uptimeSeconds?: number | undefined
  readonly temperatureCelsius?: number | undefined
  /** Slowed down because of heat, now or since the reading before. */
  readonly throttling?: boolean | undefined
  readonly battery?: Battery | undefined
  /** Files, sockets and the like that the process has open, and how many it may have. */
  readonly openFiles?: number | undefined
  readonly maxFiles?: number | undefined
  readonly machine?: MachineReading | undefined
}

export interface MachineReading {
  /** 0 to 100, all cores together, since the reading before; absent in the first. */
  readonly cpuPercent?: number | undefined
  readonly memoryTotalBytes?: number | undefined
  readonly memoryAvailableBytes?: number | undefined
  readonly load1?: number | undefined
  /** Of the file system that holds the folder `disk` of the reader. */
  readonly diskTotalBytes?: number | undefined
  /** What is left of it for who has no privileges. */
  readonly diskFreeBytes?: number | undefined
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

export interface SystemReaderOptions {
  /** Where `proc` and `sys` are mounted. Default `/`. */
  readonly root?: string
  /** A folder of the file system whose room is told. Default: the root. */
  readonly disk?: string
  /** Default: the one that this process runs on. Only Linux has all; what another cannot tell is absent. */
  readonly platform?: NodeJS.Platform
}

export function createSystemReader(options: SystemReaderOptions = {}): SystemReader {
  const { root = '/', disk = root, platform = process.platform } = options
  const readText = textBelow(root)
  const list = namesBelow(root)
  let spent: { readonly at: number; readonly ms: number } | undefined
  let ticks: CpuTicks | undefined
  let throttleEvents: number | undefined

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

  function machineCpu(now: CpuTicks | undefined): number | undefined {
    const before = ticks
    ticks = now
    return before === undefined || ticks === undefined ? undefined : busyPercent(before, ticks)
  }

  async function isThrottling(): Promise<boolean | undefined> {
    const state = await readThrottling(readText, list)
    const before = throttleEvents
    throttleEvents = state?.events
    return state && (state.heldBack || state.events > (before ?? state.events))
  }

  async function readOpenFiles(): Promise<number | undefined> {
    const names = await list(platform === 'darwin' ? 'dev/fd' : 'proc/self/fd')
    // One of them is the folder itself, open to be read.
    return names.length === 0 ? undefined : names.length - 1
  }

  async function readMachine(): Promise<MachineReading | undefined> {
    const [facts, cgroup, room] = await Promise.all([
      platform === 'linux' ? factsOfProc(readText) : factsOfNode(platform),
      readCgroup(readText),
      readRoom(disk),
    ])
    const reading = {
      cpuPercent: machineCpu(facts.ticks),
      memoryTotalBytes: facts.totalBytes,
      memoryAvailableBytes: facts.availableBytes,
      load1: facts.load1,
      ...cgroup,
      ...room,
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
      const [status, machine, temperatureCelsius, battery, throttling, openFiles, limits] = await Promise.all([
        readText('proc/self/status'),
        readMachine(),
        readTemperature(readText, list),
        readBattery(readText, list),
        isThrottling(),
        readOpenFiles(),
        readText('proc/self/limits'),
      ])
      const threads = parseThreads(status ?? '')
      const maxFiles = parseMaxFiles(limits ?? '')
      return { ...own, threads, machine, temperatureCelsius, throttling, battery, openFiles, maxFiles }
    },
  }
}

async function readRoom(folder: string): Promise<Pick<MachineReading, 'diskTotalBytes' | 'diskFreeBytes'>> {
  try {
    const { bsize, blocks, bavail } = await statfs(folder)
    return { diskTotalBytes: blocks * bsize, diskFreeBytes: bavail * bsize }
  } catch {
    return {}
  }
}
