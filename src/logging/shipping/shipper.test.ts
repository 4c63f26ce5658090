import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventually, lineOf, quickSink, range, writeLines } from '../../../test/support/sinks.ts'
import { createLogger, type Severity } from '../index.ts'
import { LineQueue } from './line-queue.ts'
import { rankOf, SEVERITIES } from './severities.ts'

const OTLP = { kind: 'otlp', url: 'http://collector.test/v1/logs', gzip: false } as const

/** A collector in this process: what it has taken, while it is up. */
function collector(): { fetch: typeof fetch; up: boolean; readonly messages: string[]; asked: number } {
  const state = {
    up: true,
    asked: 0,
    messages: [] as string[],
    fetch: (async (input, init) => {
      state.asked++
      const text = await new Request(input, init).text()
      if (!state.up) throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })
      for (const [, message = ''] of text.matchAll(/"body":\{"stringValue":"([^"]*)"/g)) state.messages.push(message)
      return new Response('{}')
    }) as typeof fetch,
  }
  return state
}

/** For models, in whose branches no expectation may stand. */
function same(actual: unknown, wanted: unknown): void {
  expect(actual).toEqual(wanted)
}

describe('a queue of lines', () => {
  const written = fc.record({ level: fc.constantFrom(...SEVERITIES), bytes: fc.integer({ min: 1, max: 40 }) })
  const step = fc.oneof({ weight: 5, arbitrary: written }, fc.constantFrom('take', 'settle'))

  it('never holds more than it may, drops the oldest of the least severe, and keeps the order', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 200 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 40, max: 200 }),
        (steps, maxLines, maxBytes) => {
          const queue = new LineQueue({ maxLines, maxBytes, origin: 'here', unpacked: 2 })
          const lent: ReturnType<LineQueue['take']>[] = []
          let model: { number: number; level: Severity; bytes: number }[] = []
          let number = 0
          for (const one of steps) {
            if (one === 'take') {
              const batch = queue.take(3, 60)
              same(
                batch.map((entry) => entry.number),
                model.slice(0, batch.length).map((entry) => entry.number),
              )
              same(batch.length > 0, model.length > 0)
              model = model.slice(batch.length)
              lent.push(batch)
            } else if (one === 'settle') {
              queue.settle(lent.shift() ?? [])
            } else {
              const entry = {
                ...one,
                number: number++,
                line: String(number).padStart(one.bytes, '-').slice(-one.bytes),
                at: number,
                origin: 'here',
              }
              const dropped = queue.push(entry)
              const before = model.length
              const held = lent.flat()
              const room = (): boolean =>
                held.length + model.length < maxLines && sizeOf([...held, ...model]) + entry.bytes <= maxBytes
              let refused = false
              while (!room() && !refused) {
                const least = Math.min(...model.map(({ level }) => rankOf(level)))
                if (least > rankOf(entry.level)) refused = true
                else
                  model.splice(
                    model.findIndex(({ level }) => rankOf(level) === least),
                    1,
                  )
              }
              if (!refused) model.push(entry)
              same(dropped, before + 1 - model.length)
            }
            same(queue.lines, lent.flat().length + model.length)
            same(queue.bytes, sizeOf([...lent.flat(), ...model]))
            same(queue.lines <= maxLines && queue.bytes <= maxBytes, true)
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})

function sizeOf(entries: readonly { readonly bytes: number }[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes, 0)
}

describe('a sink (O7)', () => {
  it('that is dead holds what it may, drops debug first, counts it, and sends the rest when it lives again', async () => {
    const peer = collector()
    peer.up = false
    const sink = await quickSink({ ...OTLP, maxLines: 10, delayMs: 60_000 }, { fetch: peer.fetch })
    for (const i of range(0, 8)) sink.write(lineOf(i), i % 2 === 0 ? 'debug' : 'info')
    for (const i of range(8, 15)) sink.write(lineOf(i), 'error')
    await sink.flush(30)
    expect(sink.stats.retried.network).toBeGreaterThan(0)
    expect(sink.stats).toMatchObject({ queued: 15, waiting: 10, dropped: { full: 5 } })
    peer.up = true
    await sink.stop(5000)
    const wanted = [3, 5, 7, 8, 9, 10, 11, 12, 13, 14].map((i) => lineOf(i))
    expect(peer.messages).toEqual(wanted.map((line) => (JSON.parse(line) as { msg: string }).msg))
    expect(sink.stats).toMatchObject({ queued: 15, sent: 10, waiting: 0, bytes: 0 })
  })

  it('that hangs is left at the deadline; what was to be sent is counted', async () => {
    let aborted = false
    const hang: typeof fetch = (_, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => {
          aborted = true
          reject(new Error('aborted'))
        })
      })
    const sink = await quickSink(OTLP, { fetch: hang })
    writeLines(sink, 0, 3)
    await sink.stop(50)
    sink.write(lineOf(3), 'info')
    expect([aborted, sink.stats]).toMatchObject([
      true,
      { queued: 4, sent: 0, waiting: 0, bytes: 0, dropped: { stopped: 4 } },
    ])
  })

  it('waits as long as Retry-After says, at most five minutes, and a little less or more than others otherwise', async () => {
    const answers = [new Response('', { status: 503, headers: { 'retry-after': '3600' } })]
    const peer = collector()
    const take: typeof fetch = async (input, init) => answers.shift() ?? peer.fetch(input, init)
    const sink = await quickSink(OTLP, { fetch: take })
    writeLines(sink, 0, 2)
    await eventually(() => sink.stats.retried.server > 0)
    expect([peer.asked, sink.stats.waiting]).toEqual([0, 2])
    await sink.flush(5000)
    expect([peer.asked, sink.stats.sent]).toEqual([1, 2])
    await sink.stop(100)
  })

  it('says once that lines do not get through, and that they do again', async () => {
    const peer = collector()
    peer.up = false
    const told: unknown[] = []
    const onState = (...state: unknown[]): void => {
      if (told.length === 0 || state[1] === undefined) told.push(state)
    }
    const sink = await quickSink({ ...OTLP, name: 'away' }, { fetch: peer.fetch, onState })
    writeLines(sink, 0, 2)
    await eventually(() => told.length > 0)
    peer.up = true
    await sink.flush(5000)
    writeLines(sink, 2, 3)
    await sink.stop(5000)
    expect(told).toEqual([
      ['away', 'fetch failed: connect ECONNREFUSED'],
      ['away', undefined],
    ])
  })

  it('takes lines of its level and above, and none that is too long', async () => {
    const peer = collector()
    const sink = await quickSink({ ...OTLP, level: 'warn', maxBytes: 1024 }, { fetch: peer.fetch })
    sink.write(lineOf(0), 'info')
    sink.write(lineOf(1), 'warn')
    sink.write(lineOf(2, { long: 'x'.repeat(2000) }), 'fatal')
    await sink.stop(5000)
    expect(peer.messages).toEqual(['line 1 äöü'])
    expect(sink.stats).toMatchObject({ queued: 2, sent: 1, dropped: { too_long: 1 } })
  })

  it('gets each line of a logger with its level, pino’s or not', async () => {
    const got: (readonly [string, Severity])[] = []
    const quiet = await quickSink(OTLP, { fetch: collector().fetch })
    const sink = {
      ...quiet,
      stats: quiet.stats,
      name: 'list',
      write: (line: string, level: Severity) => void got.push([line, level]),
    }
    const written: string[] = []
    const log = createLogger({
      level: 'trace',
      destination: { write: (line) => void written.push(line) },
      sinks: [sink],
    })
    for (const level of SEVERITIES) {
      log[level]({ level: 'none' }, 'by pino')
      log.child('module').lines('by itself', ['a'])(level, [1])
    }
    expect(got.map(([, level]) => level)).toEqual(SEVERITIES.flatMap((level) => [level, level]))
    expect(got.map(([line]) => line)).toEqual(written)
    expect(got.every(([line, level]) => line.includes(`"level":"${level}"`))).toBe(true)
    await quiet.stop(0)
  })

  it.each([
    [{ kind: 'fluentd', url: 'http://host' }, TypeError, 'tcp://host:24224'],
    [{ kind: 'syslog', url: 'nonsense' }, TypeError, 'udp://host:514'],
    [{ ...OTLP, maxLines: 0 }, RangeError, 'maxLines: 0 must be at least 1'],
    [{ ...OTLP, batchBytes: NaN }, RangeError, 'batchBytes: NaN must be at least 1'],
  ] as const)('cannot be made of %j', async (options, error, message) => {
    await expect(quickSink(options)).rejects.toThrow(error)
    await expect(quickSink(options)).rejects.toThrow(message)
  })
})
