import { setTimeout as sleep } from 'node:timers/promises'
import { median, type Rows } from '../case.ts'
import { Subject } from './subject.ts'
import type { Variant } from './variant.ts'

const IDLE_MS = 3000
const ROUNDS = 3

/** What a server of node:http has more than a bare one, before the first request: memory after a rest, and time until it listens. */
export const rows: Rows = async function* (processes) {
  const memory = new Map<Variant, number[]>()
  const time = new Map<Variant, number[]>()
  for (let round = 0; round < processes * ROUNDS; round++) {
    for (const variant of ['bare', 'logs', 'opentelemetry'] as const) {
      const subject = await Subject.start('node', variant)
      time.set(variant, [...(time.get(variant) ?? []), subject.startMs])
      if (round < processes) {
        await sleep(IDLE_MS)
        memory.set(variant, [...(memory.get(variant) ?? []), await subject.residentBytes()])
      }
      subject.stop()
    }
  }
  const above = (figures: ReadonlyMap<Variant, readonly number[]>, variant: Variant) =>
    median(figures.get(variant) ?? []) - median(figures.get('bare') ?? [])
  const common = { peerName: 'OpenTelemetry SDK 2.12', better: 'lower' } as const
  yield {
    ...common,
    case: 'node:http, all of it: memory above bare, idle',
    ours: above(memory, 'logs') / 2 ** 20,
    peer: above(memory, 'opentelemetry') / 2 ** 20,
    unit: 'MiB',
  }
  yield {
    ...common,
    case: 'node:http, all of it: start-up above bare',
    ours: above(time, 'logs'),
    peer: above(time, 'opentelemetry'),
    unit: 'ms',
  }
}
