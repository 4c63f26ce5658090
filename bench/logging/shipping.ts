import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type Row, type Rows, median } from '../case.ts'
import type { Figures, Sink } from './shipping-worker.ts'

async function figuresOf(sink: Sink): Promise<Figures> {
  const file = fileURLToPath(import.meta.url).replace(/shipping(?=\.[jt]s$)/, 'shipping-worker')
  const child = fork(file, [sink], { execArgv: [...process.execArgv, '--expose-gc'] })
  const [figures] = await once(child, 'message')
  await once(child, 'exit')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own child's message
  return figures as Figures
}

const UNITS = { tickP99Ms: 'ms', loopP99Ms: 'ms', cpuPercent: '%', heldMb: 'MB' } as const
const NAMES = {
  tickP99Ms: 'CPU time of the main thread in 10 ms, p99',
  loopP99Ms: 'event loop delay, p99',
  cpuPercent: 'CPU of one core',
  heldMb: 'memory held above that of the start, after a collection',
} as const
const SINKS: readonly (readonly [Sink, string])[] = [
  ['refused', 'a sink whose port is closed'],
  ['hanging', 'a sink that takes and never answers'],
  ['spooled', 'a closed port and a spool of 16 MiB'],
]

/** What 10 000 lines a second cost that nobody takes, beside the same lines with no sink. */
export const rows: Rows = async function* (processes: number): AsyncGenerator<Omit<Row, 'bench' | 'ratio'>> {
  for (const [sink, what] of SINKS) {
    const ours: Figures[] = []
    const peers: Figures[] = []
    for (let i = 0; i < processes; i++) {
      peers.push(await figuresOf('none'))
      ours.push(await figuresOf(sink))
    }
    for (const key of ['tickP99Ms', 'loopP99Ms', 'cpuPercent', 'heldMb'] as const) {
      yield {
        case: `10 000 lines/s to ${what}: ${NAMES[key]}`,
        ours: median(ours.map((each) => each[key])),
        peer: median(peers.map((each) => each[key])),
        peerName: 'no sink',
        unit: UNITS[key],
        better: 'lower',
      }
    }
  }
}
