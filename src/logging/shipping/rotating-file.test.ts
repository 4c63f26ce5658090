import { mkdtempSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { lineOf, quickSink, range, writeLines } from '../../../test/support/sinks.ts'

const folderOf = (): string => mkdtempSync(path.join(tmpdir(), 'boxman-file-'))
const seen = (file: string): unknown[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { i: number }).i)

describe('lines to a file', () => {
  it('are put aside when it becomes too large; the oldest files go', async () => {
    const folder = folderOf()
    const file = path.join(folder, 'deep', 'app.log')
    const rotateBytes = Buffer.byteLength(lineOf(10)) * 3
    const sink = await quickSink({ kind: 'file', path: file, rotateBytes, keep: 2, batchLines: 1 })
    writeLines(sink, 10, 22)
    await sink.flush(5000)
    expect(readdirSync(path.dirname(file)).toSorted()).toEqual(['app.log', 'app.log.1', 'app.log.2'])
    expect([seen(`${file}.2`), seen(`${file}.1`), seen(file)]).toEqual([range(13, 16), range(16, 19), range(19, 22)])
    expect(sink.stats).toMatchObject({ sent: 12, waiting: 0 })
    await sink.stop(1000)
  })

  it('are put aside when it becomes too old', async () => {
    const file = path.join(folderOf(), 'app.log')
    let now = Date.now()
    const sink = await quickSink({ kind: 'file', path: file, rotateAfterMs: 60_000 }, { now: () => now })
    for (const i of range(0, 3)) {
      writeLines(sink, i, i + 1)
      await sink.flush(5000)
      now += 40_000
    }
    await sink.stop(1000)
    expect([seen(`${file}.1`), seen(file)]).toEqual([[0, 1], [2]])
  })

  it.each([
    ['moved away', 'app.log.old', false],
    ['moved away, and a signal says so', 'app.log.old', true],
  ])('go on in a new file when it was %s', async (_, aside, told) => {
    const folder = folderOf()
    const file = path.join(folder, 'app.log')
    const sink = await quickSink({ kind: 'file', path: file })
    writeLines(sink, 0, 2)
    await sink.flush(5000)
    renameSync(file, path.join(folder, aside))
    if (told) sink.reopen()
    writeLines(sink, 2, 4)
    await sink.stop(5000)
    expect([seen(path.join(folder, aside)), seen(file)]).toEqual([
      [0, 1],
      [2, 3],
    ])
  })

  it('continue the file of the process before', async () => {
    const file = path.join(folderOf(), 'app.log')
    for (const i of range(0, 2)) {
      const sink = await quickSink({ kind: 'file', path: file })
      writeLines(sink, i, i + 1)
      await sink.stop(5000)
    }
    expect(seen(file)).toEqual([0, 1])
  })

  it('wait for a disk that will not have them', async () => {
    const file = path.join(folderOf(), 'app.log')
    writeFileSync(file, '')
    const sink = await quickSink({ kind: 'file', path: '/dev/full' })
    const refused = await quickSink({ kind: 'file', path: path.join(file, 'inside') })
    for (const one of [sink, refused]) {
      writeLines(one, 0, 2)
      await one.stop(100)
      expect(one.stats).toMatchObject({ sent: 0, dropped: { stopped: 2 } })
      expect(one.stats.retried.io).toBeGreaterThan(0)
    }
    expect(readFileSync(file, 'utf8')).toBe('')
  })
})
