import { setTimeout as sleep } from 'node:timers/promises'
import { createSink, type LineSink, type SinkOptions, type SinkSurroundings } from '../../src/logging/index.ts'

/** A sink that is quick to send and to try again. */
export async function quickSink(options: SinkOptions, surroundings: Partial<SinkSurroundings> = {}): Promise<LineSink> {
  return createSink(
    { delayMs: 5, maxBackoffMs: 20, ...options },
    { service: 'gateway', host: 'here', pid: 7, now: Date.now, ...surroundings },
  )
}

export function lineOf(i: number, more: object = {}): string {
  return `${JSON.stringify({ level: 'info', time: '2026-01-01T00:00:00.000Z', i, ...more, msg: `line ${i} äöü` })}\n`
}

export function writeLines(sink: LineSink, from: number, to: number): void {
  for (let i = from; i < to; i++) sink.write(lineOf(i), 'info')
}

/** Settles when it is so. Fails, saying what was seen, when that takes too long. */
export async function eventually(so: () => boolean, seen: () => unknown = () => '', timeoutMs = 15_000): Promise<void> {
  for (let waited = 0; !so(); waited += 10) {
    if (waited > timeoutMs) throw new Error(`not so in time: ${JSON.stringify(seen())}`)
    await sleep(10)
  }
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i)
}
