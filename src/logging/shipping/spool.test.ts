import { appendFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { root } from '../../../test/support/peer.ts'
import { ServerProcess } from '../../../test/support/server-process.ts'
import { eventually, lineOf, quickSink, range, writeLines } from '../../../test/support/sinks.ts'
import { SEVERITIES } from './severities.ts'
import { Spool } from './spool.ts'

const folderOf = (): string => mkdtempSync(path.join(tmpdir(), 'boxman-spool-'))
const segmentsOf = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.lines'))

/** Takes what is sent, while it is up. */
function taker(): { fetch: typeof fetch; up: boolean; taken: number[] } {
  const state = {
    up: true,
    taken: [] as number[],
    fetch: (async (input, init) => {
      if (!state.up) throw new TypeError('fetch failed')
      const text = await new Request(input, init).text()
      for (const [, i = ''] of text.matchAll(/"key":"i","value":\{"intValue":(\d+)/g)) state.taken.push(Number(i))
      return new Response('{}')
    }) as typeof fetch,
  }
  return state
}

const sinkOf = (spool: string, fetch: typeof globalThis.fetch, more: object = {}) =>
  quickSink({ kind: 'otlp', url: 'http://c.test/', gzip: false, spool, ...more }, { fetch })

/** For models, in whose branches no expectation may stand. */
function same(actual: unknown, wanted: unknown): void {
  expect(actual).toEqual(wanted)
}

describe('a spool', () => {
  const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ' '))
  const entry = fc.record({ line, level: fc.constantFrom(...SEVERITIES), at: fc.nat(2 ** 41) })

  it('gives back what was appended and not committed, in order, also after being opened anew', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            { weight: 3, arbitrary: fc.array(entry, { maxLength: 5 }) },
            fc.constantFrom('commit', 'read', 'open'),
          ),
          {
            maxLength: 20,
          },
        ),
        async (steps) => {
          const options = { folder: folderOf(), maxBytes: 1 << 20, maxLineBytes: 4096 }
          let spool = await Spool.open(options)
          let model: { line: string }[] = []
          let read = 0
          for (const step of steps) {
            if (step === 'open') {
              await spool.close()
              spool = await Spool.open(options)
              same(spool.lines, model.length)
              read = 0
            } else if (step === 'commit') {
              await spool.commit()
              model = model.slice(read)
              read = 0
            } else if (step === 'read') {
              const batch = (await spool.read(3, 100)) ?? []
              same(
                batch.map(({ line, level, at }) => ({ line, level, at })),
                model.slice(0, batch.length),
              )
              same(batch.length > 0, model.length > 0)
              read = batch.length
            } else {
              const entries = step.map((one, number) => ({
                ...one,
                origin: 'o',
                number,
                bytes: Buffer.byteLength(one.line),
              }))
              same(await spool.append(entries), true)
              model.push(...step)
            }
          }
          await spool.close()
        },
      ),
      { numRuns: 60 },
    )
  })

  it('is one process’s, and one sink’s', async () => {
    const options = { folder: folderOf(), maxBytes: 1 << 20, maxLineBytes: 4096 }
    const spool = await Spool.open(options)
    await expect(Spool.open(options)).rejects.toThrow(`process ${process.pid} has it; give each`)
    await spool.close()
    writeFileSync(path.join(options.folder, 'lock'), `${process.ppid}`)
    await expect(Spool.open(options)).rejects.toThrow(`process ${process.ppid} has it`)
    for (const stale of ['', 'nonsense', '999999999 unknown', `${process.ppid} of-another-boot:1`]) {
      writeFileSync(path.join(options.folder, 'lock'), stale)
      await (await Spool.open(options)).close()
    }
    expect(readdirSync(options.folder)).toEqual([])
  })

  it('skips what is torn or nonsense, and counts it', async () => {
    const folder = folderOf()
    const dead = await sinkOf(folder, () => Promise.reject(new Error('down')))
    writeLines(dead, 0, 5)
    await eventually(() => dead.stats.spooledBytes > 0)
    await dead.stop(0)
    const [segment = ''] = segmentsOf(folder)
    appendFileSync(path.join(folder, segment), 'nonsense\n9 1 {}\n2 1767225600000 {"torn"')
    const peer = taker()
    const sink = await sinkOf(folder, peer.fetch)
    writeLines(sink, 5, 10)
    await sink.flush(5000)
    expect(peer.taken).toEqual(range(0, 10))
    expect(sink.stats).toMatchObject({ queued: 13, sent: 10, waiting: 0, dropped: { corrupt: 3 } })
    await sink.stop(1000)
    expect(segmentsOf(folder)).toEqual([])
  })

  it('that is full leaves lines in memory, where debug is dropped first', async () => {
    const folder = folderOf()
    const peer = taker()
    peer.up = false
    const sink = await sinkOf(folder, peer.fetch, { spoolMaxBytes: 1024, maxLines: 10 })
    for (const i of range(0, 5)) {
      writeLines(sink, i, i + 1)
      await eventually(() => sink.stats.bytes === 0)
    }
    for (const i of range(5, 25)) {
      sink.write(lineOf(i, { more: 'x'.repeat(500) }), i < 20 ? 'debug' : 'info')
      await new Promise(setImmediate)
    }
    await eventually(() => sink.stats.dropped.full > 0)
    peer.up = true
    await sink.stop(5000)
    const { queued, sent, dropped, waiting } = sink.stats
    expect([queued, sent + dropped.full, waiting]).toEqual([25, 25, 0])
    expect(peer.taken).toEqual(expect.arrayContaining([...range(0, 5), ...range(20, 25)]))
    expect(new Set(peer.taken).size).toBe(sent)
  })

  it('has lines wait for others as memory does', async () => {
    const peer = taker()
    let requests = 0
    const count: typeof fetch = (...asked) => {
      requests++
      return peer.fetch(...asked)
    }
    const sink = await sinkOf(folderOf(), count, { delayMs: 60_000, batchLines: 20 })
    for (const i of range(0, 30)) {
      writeLines(sink, i, i + 1)
      await eventually(() => sink.stats.bytes === 0)
    }
    expect(requests).toBe(0)
    await sink.flush(5000)
    expect([requests, peer.taken]).toEqual([2, range(0, 30)])
    await sink.stop(1000)
  })

  it('survives a kill: the next process sends each line once', async () => {
    const folder = folderOf()
    const door = pathToFileURL(path.join(root, 'dist/logging/index.js')).href
    const script = `
      const { createSink } = await import(${JSON.stringify(door)})
      const sink = await createSink(
        { kind: 'otlp', url: 'http://127.0.0.1:1/', spool: ${JSON.stringify(folder)}, delayMs: 5 },
        { service: 's', host: 'h', pid: 1, now: Date.now },
      )
      for (let i = 0; i < 5000; i++) sink.write(JSON.stringify({ i, msg: 'm' }), 'info')
      setInterval(() => sink.stats.bytes === 0 && sink.stats.retried.network > 0 && console.log('spooled'), 20)`
    const child = new ServerProcess(process.execPath, ['--input-type=module', '-e', script])
    await child.printed(/spooled/, 20_000)
    await child.stop('SIGKILL')
    expect(readFileSync(path.join(folder, 'lock'), 'utf8')).toMatch(new RegExp(`^${child.child.pid} `))
    const peer = taker()
    const sink = await sinkOf(folder, peer.fetch)
    expect(sink.stats.queued).toBe(5000)
    await sink.stop(10_000)
    expect(peer.taken).toEqual(range(0, 5000))
    expect(sink.stats).toMatchObject({ sent: 5000, waiting: 0, spooledBytes: 0 })
  })
})
