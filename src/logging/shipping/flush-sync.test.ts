import fc from 'fast-check'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { quickSink, range, writeLines } from '../../../test/support/sinks.ts'
import type { LineSink } from '../index.ts'

const folderOf = (): string => mkdtempSync(path.join(tmpdir(), 'boxman-sync-'))

function numbersIn(files: readonly string[]): number[] {
  return files
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .flatMap((line) => Array.from(line.matchAll(/"i":(\d+)/g), ([, i]) => Number(i)))
}

const segmentsOf = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.lines'))
    .map((name) => path.join(folder, name))

type Step = 'write' | 'turn' | 'wait' | 'flush' | 'sync'

/** Writes 3 lines at each `write`. @returns how many. */
async function walk(sink: LineSink, steps: readonly Step[]): Promise<number> {
  let written = 0
  for (const step of steps) {
    if (step === 'write') {
      writeLines(sink, written, written + 3)
      written += 3
    } else if (step === 'turn') await new Promise((resolve) => setImmediate(resolve))
    else if (step === 'wait') await new Promise((resolve) => setTimeout(resolve, 2))
    else if (step === 'flush') await sink.flush(1000)
    else sink.flushSync()
  }
  return written
}

const steps = fc.array(fc.constantFrom<Step>('write', 'turn', 'wait', 'flush', 'sync'), { maxLength: 15 })

describe('what is flushed at once', () => {
  it('to a file: each line is there once, whatever was under way', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        const file = path.join(folderOf(), 'app.log')
        const sink = await quickSink({ kind: 'file', path: file, delayMs: 1 })
        const written = await walk(sink, ['write', ...taken])
        sink.flushSync()
        await sink.stop(1000)
        expect(numbersIn([file]).toSorted((a, b) => a - b)).toEqual(range(0, written))
        expect(sink.stats).toMatchObject({ sent: written, waiting: 0 })
      }),
      { numRuns: 40 },
    )
  })

  it('to a spool: each line is sent once, whatever was under way', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        const got: number[] = []
        const fetch: typeof globalThis.fetch = async (input, init) => {
          const text = await new Request(input, init).text()
          for (const [, i] of text.matchAll(/"key":"i","value":\{"intValue":(\d+)/g)) got.push(Number(i))
          return new Response('{}')
        }
        const spool = path.join(folderOf(), 'spool')
        const options = { kind: 'otlp', url: 'http://c.test/', gzip: false, spool, delayMs: 1 } as const
        const sink = await quickSink(options, { fetch })
        const written = await walk(sink, ['write', ...taken])
        sink.flushSync()
        await sink.stop(1000)
        const next = await quickSink(options, { fetch })
        await next.flush(1000)
        await next.stop(1000)
        expect(got.toSorted((a, b) => a - b)).toEqual(range(0, written))
      }),
      { numRuns: 40 },
    )
  })

  it('is on the disk before it returns; with nowhere to go it waits', async () => {
    const folder = folderOf()
    const [file, spool] = [path.join(folder, 'app.log'), path.join(folder, 'spool')]
    const sinks = [
      await quickSink({ kind: 'file', path: file, delayMs: 60_000 }),
      await quickSink({ kind: 'otlp', url: 'http://127.0.0.1:9/', spool, delayMs: 60_000 }),
      await quickSink({ kind: 'otlp', url: 'http://127.0.0.1:9/', delayMs: 60_000 }),
    ]
    for (const sink of sinks) {
      writeLines(sink, 0, 5)
      sink.flushSync()
    }
    expect([numbersIn([file]), numbersIn(segmentsOf(spool))]).toEqual([range(0, 5), range(0, 5)])
    expect(sinks.map(({ stats }) => [stats.sent, stats.waiting])).toEqual([
      [5, 0],
      [0, 5],
      [0, 5],
    ])
    await Promise.all(sinks.map((sink) => sink.stop(0)))
  })

  it('and cannot be written is counted as dropped', async () => {
    const folder = folderOf()
    const file = path.join(folder, 'app.log')
    mkdirSync(file)
    const sink = await quickSink({ kind: 'file', path: file, delayMs: 60_000 })
    writeLines(sink, 0, 2)
    sink.flushSync()
    expect(sink.stats).toMatchObject({ sent: 0, waiting: 0, dropped: { full: 2 } })
    const spool = path.join(folder, 'spool')
    const small = await quickSink({
      kind: 'otlp',
      url: 'http://127.0.0.1:9/',
      spool,
      spoolMaxBytes: 1024,
      delayMs: 60_000,
    })
    writeLines(small, 0, 200)
    small.flushSync()
    expect(small.stats.dropped.full).toBe(200)
    await Promise.all([sink.stop(0), small.stop(0)])
  })
})
