import { parseNumber } from './proc.ts'
import type { ReadText } from './read-text.ts'

export interface CgroupReading {
  readonly cpuLimitCores: number | undefined
  readonly memoryLimitBytes: number | undefined
  /** Memory that the group uses, the page cache included. */
  readonly memoryCurrentBytes: number | undefined
  /** Of which the page cache that goes first when memory is short. */
  readonly memoryReclaimableBytes: number | undefined
}

const NO_GROUP: CgroupReading = {
  cpuLimitCores: undefined,
  memoryLimitBytes: undefined,
  memoryCurrentBytes: undefined,
  memoryReclaimableBytes: undefined,
}

/** The process's group in the unified (v2) hierarchy, from `/proc/self/cgroup`. */
export function parseCgroupPath(cgroup: string): string | undefined {
  return /^0::(\/.*)$/m.exec(cgroup)?.[1]
}

/** `cpu.max`, quota and period in microseconds: how many processors' worth of time. Undefined: no limit. */
export function parseCpuMax(text: string): number | undefined {
  const match = /^(\d+) (\d+)\s*$/.exec(text)
  const cores = Number(match?.[1]) / Number(match?.[2])
  return Number.isFinite(cores) ? cores : undefined
}

/**
 * Each group on the way to the root may set a limit, and the lowest holds. In a container the way is often one step:
 * its own group is the root of what it sees.
 */
export async function readCgroup(readText: ReadText): Promise<CgroupReading> {
  const path = parseCgroupPath((await readText('proc/self/cgroup')) ?? '')
  if (path === undefined) return NO_GROUP
  const groups = groupsUpwards(path)
  const file = async (group: string, name: string) => (await readText(`sys/fs/cgroup${group}/${name}`)) ?? ''
  const [cpu, memory, current, stat] = await Promise.all([
    Promise.all(groups.map(async (group) => parseCpuMax(await file(group, 'cpu.max')))),
    Promise.all(groups.map(async (group) => parseNumber(await file(group, 'memory.max')))),
    file(groups[0] ?? '', 'memory.current'),
    file(groups[0] ?? '', 'memory.stat'),
  ])
  return {
    cpuLimitCores: lowest(cpu),
    memoryLimitBytes: lowest(memory),
    memoryCurrentBytes: parseNumber(current),
    memoryReclaimableBytes: parseNumber(/^inactive_file (\d+)$/m.exec(stat)?.[1] ?? ''),
  }
}

/** `/a/b` gives `/a/b`, `/a` and the empty path of the root. */
function groupsUpwards(path: string): readonly string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '..')
  return Array.from({ length: parts.length + 1 }, (_, i) =>
    parts
      .slice(0, parts.length - i)
      .map((part) => `/${part}`)
      .join(''),
  )
}

function lowest(limits: readonly (number | undefined)[]): number | undefined {
  const set = limits.filter((limit) => limit !== undefined)
  return set.length === 0 ? undefined : Math.min(...set)
}
