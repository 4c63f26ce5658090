import {
  type Case,
  type Contender,
  type Cost,
  median,
  type MeteredWork,
  type ReadCase,
  type TimedCase,
} from './case.ts'
import { collectGarbage } from './heap.ts'

/** A turn is long against the clock's grain and short against the machine's moods. */
const TURN_NS = 20e6
const TURNS = 25
/** What the compiler needs to be done with the code. */
const WARM_UP_NS = 1.5e9

const READINGS = 9
const WARM_UP_READINGS = 5

const NS_PER_UNIT: Readonly<Record<TimedCase['unit'], number>> = { 'ns CPU': 1, 'us CPU': 1e3, 'ms CPU': 1e6 }

/** What the case costs, as the median of turns that ours and the peer take one after the other. */
export async function measure(one: Case): Promise<Cost> {
  return isTimed(one) ? time(one) : read(one)
}

/** CPU time of this whole process: the collector's threads work for whoever made the garbage. */
export function ownCpuNs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1000
}

function isTimed(one: Case): one is TimedCase {
  return one.unit in NS_PER_UNIT
}

async function time({ ours, peer, unit }: TimedCase): Promise<Cost> {
  const work = { ours: await start(ours), peer: await start(peer) }
  const times = { ours: await calibrate(work.ours), peer: await calibrate(work.peer) }
  return inTurns(TURNS, async (who) => {
    // What the one before has left is not for this one to clear away; what it makes itself is.
    if (unit === 'ms CPU') await collectGarbage()
    return (await cpuNs(work[who], times[who])) / times[who] / NS_PER_UNIT[unit]
  })
}

async function read({ ours, peer }: ReadCase): Promise<Cost> {
  const reading = { ours: ours(), peer: peer() }
  await inTurns(WARM_UP_READINGS, async (who) => reading[who]())
  return inTurns(READINGS, async (who) => reading[who]())
}

async function inTurns(turns: number, take: (who: keyof Cost) => Promise<number>): Promise<Cost> {
  const costs: Record<keyof Cost, number[]> = { ours: [], peer: [] }
  for (let turn = 0; turn < turns; turn++) {
    for (const who of turn % 2 === 0 ? (['ours', 'peer'] as const) : (['peer', 'ours'] as const)) {
      costs[who].push(await take(who))
    }
  }
  return { ours: median(costs.ours), peer: median(costs.peer) }
}

async function start(contender: Contender): Promise<MeteredWork> {
  const work = await contender()
  return typeof work === 'function' ? { work, cpuNs: ownCpuNs } : work
}

/** Warms the code up; returns how many repetitions fill a turn. */
async function calibrate(work: MeteredWork): Promise<number> {
  let times = 1
  for (let total = 0; total < WARM_UP_NS;) {
    const spent = await cpuNs(work, times)
    total += spent
    times = spent < TURN_NS / 2 ? times * 2 : Math.max(1, Math.round((times * TURN_NS) / spent))
  }
  return times
}

async function cpuNs({ work, cpuNs }: MeteredWork, times: number): Promise<number> {
  const before = await cpuNs()
  await work(times)
  return (await cpuNs()) - before
}
