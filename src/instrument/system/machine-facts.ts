import { cpus, freemem, loadavg, totalmem } from 'node:os'
import { type CpuTicks, type Memory, parseCpuTicks, parseLoad1, parseMemory } from './proc.ts'
import type { ReadText } from './read-text.ts'

export interface MachineFacts extends Memory {
  readonly ticks: CpuTicks | undefined
  readonly load1: number | undefined
}

/** Linux tells it below `/proc`, and with a fake root another machine. */
export async function factsOfProc(readText: ReadText): Promise<MachineFacts> {
  const [stat, meminfo, loadavgText] = await Promise.all(
    ['proc/stat', 'proc/meminfo', 'proc/loadavg'].map(async (path) => (await readText(path)) ?? ''),
  )
  return { ...parseMemory(meminfo ?? ''), ticks: parseCpuTicks(stat ?? ''), load1: parseLoad1(loadavgText ?? '') }
}

/** Elsewhere Node does, but for what the platform has not, or counts otherwise. */
export function factsOfNode(platform: NodeJS.Platform): MachineFacts {
  const [load1] = loadavg()
  return {
    ticks: ticksOf(cpus()),
    totalBytes: totalmem(),
    // Elsewhere it is what nobody has ever used: a machine whose files are in its cache looks full.
    availableBytes: platform === 'win32' ? freemem() : undefined,
    // There it is always 0.
    load1: platform === 'win32' ? undefined : load1,
  }
}

function ticksOf(processors: ReturnType<typeof cpus>): CpuTicks | undefined {
  if (processors.length === 0) return undefined
  const total = processors.reduce(
    (sum, { times: { user, nice, sys, idle, irq } }) => sum + user + nice + sys + idle + irq,
    0,
  )
  return { total, busy: total - processors.reduce((sum, { times }) => sum + times.idle, 0) }
}
