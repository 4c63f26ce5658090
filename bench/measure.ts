import { type Case, type Contender, type Cost, median, NS_PER_UNIT, type RemoteWork } from './case.ts'

/** A turn is long against the clock's grain and short against the machine's moods. */
const TURN_NS = 20e6
const TURNS = 25
/** What the compiler needs to be done with the code. */
const WARM_UP_NS = 1.5e9

/**
 * What one repetition costs, as the median of turns that ours and the peer take one after the other. CPU time of the
 * whole process: the collector's threads work for whoever made the garbage.
 */
export async function measure({ ours, peer, unit }: Case): Promise<Cost> {
  const work = { ours: await start(ours), peer: await start(peer) }
  const times = { ours: await calibrate(work.ours), peer: await calibrate(work.peer) }
  const costs: { ours: number[]; peer: number[] } = { ours: [], peer: [] }
  for (let turn = 0; turn < TURNS; turn++) {
    for (const who of turn % 2 === 0 ? (['ours', 'peer'] as const) : (['peer', 'ours'] as const)) {
      costs[who].push((await cpuNs(work[who], times[who])) / times[who])
    }
  }
  return { ours: median(costs.ours) / NS_PER_UNIT[unit], peer: median(costs.peer) / NS_PER_UNIT[unit] }
}

async function start(contender: Contender): Promise<RemoteWork> {
  const work = await contender()
  return typeof work === 'function' ? { work, cpuNs: async () => ownCpuNs() } : work
}

function ownCpuNs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1000
}

/** Warms the code up; returns how many repetitions fill a turn. */
async function calibrate(work: RemoteWork): Promise<number> {
  let times = 1
  for (let total = 0; total < WARM_UP_NS;) {
    const spent = await cpuNs(work, times)
    total += spent
    times = spent < TURN_NS / 2 ? times * 2 : Math.max(1, Math.round((times * TURN_NS) / spent))
  }
  return times
}

async function cpuNs({ work, cpuNs }: RemoteWork, times: number): Promise<number> {
  const before = await cpuNs()
  await work(times)
  return (await cpuNs()) - before
}
