import { spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { FaultyFiles } from '../../../test/support/faulty-files.ts'
import { seeded } from '../../../test/support/node-page.ts'
import { readAll as read, T0 } from '../../../test/support/read-all.ts'
import { type HistogramValue, LabelSet, Matcher } from '../../series/index.ts'
import { FolderInUseError, openTsdb, type Tsdb, type TsdbOptions } from '../index.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const root = mkdtempSync(path.join(tmpdir(), 'boxman-tsdb-'))
let folders = 0
afterAll(() => {
  rmSync(root, { recursive: true, force: true })
})

function newFolder(): string {
  return path.join(root, String(folders++))
}

/** The folder as a crash at this moment would leave it, without the lock of the process that lives on. */
function crashed(folder: string): string {
  const copy = newFolder()
  cpSync(folder, copy, { recursive: true, filter: (file) => path.basename(file) !== 'lock' })
  return copy
}

function filesIn(folder: string, kind: 'wal' | 'blocks'): string[] {
  return readdirSync(path.join(folder, kind))
    .toSorted()
    .map((name) => path.join(folder, kind, name))
}

function flip(file: string, at: number): void {
  const bytes = readFileSync(file)
  bytes[at] = (bytes[at] ?? 0) ^ 0x10
  writeFileSync(file, bytes)
}

async function open(folder: string, options: TsdbOptions = {}, files?: FaultyFiles): Promise<Tsdb> {
  return openTsdb({ folder, fsync: 'never', ...options }, files)
}

/** What the folder holds, and what was set aside. */
async function reopened(
  folder: string,
  options?: TsdbOptions,
): Promise<{ found: Record<string, string>; aside: readonly string[] }> {
  const db = await open(folder, options)
  const found = await read(db)
  await db.close()
  return { found, aside: db.stats.disk?.setAside ?? [] }
}

async function metadataIn(folder: string): Promise<Record<string, unknown>> {
  const db = await open(folder)
  const found = Object.fromEntries(await db.metadata())
  await db.close()
  return found
}

function refs(db: Tsdb, ...names: string[]): Uint32Array {
  return Uint32Array.from(names, (name) => db.series(LabelSet.of({ __name__: name, job: 'craps' })) ?? 0)
}

const histogram: HistogramValue = {
  schema: 3,
  count: 4,
  sum: 1.25,
  zeroThreshold: 1e-128,
  zeroCount: 1,
  positive: { spans: [{ offset: -2, length: 2 }], counts: [1, 2] },
  negative: { spans: [], counts: [] },
  customBounds: [],
  counterReset: 'not-reset',
}

/** A little of everything that can be stored. */
async function fill(db: Tsdb): Promise<void> {
  const group = db.scrapeGroup()
  for (let i = 0; i < 300; i++) {
    const names = i % 100 === 99 ? ['a', 'c'] : ['a', 'b', 'c']
    group.append(
      T0 + i * 15_000,
      refs(db, ...names),
      Float64Array.from(names, (_, k) => i * (k + 0.1)),
      Float64Array.from(names, () => T0),
    )
  }
  const [d = 0, e = 0] = refs(db, 'd', 'e')
  for (let i = 0; i < 200; i++) {
    const t = T0 + i * 20_000
    db.batch()
      .add(d, t, Math.sin(i), T0 - 1)
      .addHistogram(e, t, { ...histogram, count: i })
      .commit()
  }
  db.batch()
    .addStale(d, T0 + 5_000_000)
    .add(d, T0 + 1000, -0)
    .addExemplar(d, { labels: LabelSet.of({ trace_id: 'abc' }), value: 1, at: T0 + 5 })
    .commit()
  await db.step(T0 + 5_000_000)
}

/** Scrapes of two series, one a minute, the time told after each. */
async function minutes(db: Tsdb, from: number, to: number): Promise<void> {
  const group = db.scrapeGroup()
  for (let i = from; i < to; i++) {
    group.append(T0 + i * MINUTE, refs(db, 'a', 'b'), Float64Array.of(i, i / 3))
    await db.step(T0 + i * MINUTE)
  }
}

const ramp = (from: number, to: number, scale = 1): string =>
  Array.from({ length: to - from }, (_, i) => `${(from + i) * MINUTE}=${(from + i) / scale}`).join(' ')

const A = 'a{job="craps"}'
const B = 'b{job="craps"}'

describe('a folder', () => {
  it('gives back everything, after a close as after a crash', async () => {
    const folder = newFolder()
    const db = await open(folder, { outOfOrderMs: HOUR * 2 })
    await fill(db)
    const before = await read(db)
    expect(Object.keys(before)).toHaveLength(5)
    expect(await reopened(crashed(folder), { outOfOrderMs: HOUR * 2 })).toEqual({ found: before, aside: [] })
    await db.close()
    const again = await open(folder, { outOfOrderMs: HOUR * 2 })
    expect(await read(again)).toEqual(before)
    const matcher = new Matcher('__name__', '=~', 'd|e')
    const [d, e] = (await again.select([matcher], T0, T0 + 20_000)).map(({ columns }) => columns())
    expect(d?.startTimes).toEqual(Float64Array.of(T0 - 1, 0, T0 - 1))
    expect(Object.is(d?.values[1], -0)).toBe(true)
    expect(e?.histograms?.values).toEqual([
      { ...histogram, count: 0 },
      { ...histogram, count: 1 },
    ])
    expect(again.exemplars([matcher], T0, T0 + 9)[0]?.exemplars[0]?.labels.get('trace_id')).toBe('abc')
    expect(again.stats.refused['too-old']).toBe(0)
    await again.close()
  })

  it('knows what it was told of names, also when the log of then is gone', async () => {
    const folder = newFolder()
    const db = await open(folder)
    const told = { type: 'counter', help: 'Rolls.', unit: '' } as const
    db.setMetadata('a', { ...told, help: 'Rolled.' })
    db.setMetadata('b', { type: 'gauge', help: '', unit: 'bytes' })
    db.setMetadata('a', told)
    expect(await metadataIn(crashed(folder))).toEqual({ a: told, b: { type: 'gauge', help: '', unit: 'bytes' } })
    await minutes(db, 0, 500)
    await db.step(T0 + 900 * MINUTE)
    await db.close()
    expect(await metadataIn(folder)).toEqual({ a: told, b: { type: 'gauge', help: '', unit: 'bytes' } })
  })

  it('goes on where it ended, life after life', async () => {
    const folder = newFolder()
    for (let life = 0; life < 5; life++) {
      const db = await open(folder)
      await minutes(db, life * 10, life * 10 + 10)
      await db.close()
    }
    expect((await reopened(folder)).found).toEqual({ [A]: ramp(0, 50), [B]: ramp(0, 50, 3) })
  })

  it('takes nothing more when it is closed', async () => {
    const folder = newFolder()
    const db = await open(folder, { fsync: 'always' })
    await minutes(db, 0, 2)
    await db.close()
    expect(db.append(LabelSet.of({ x: '1' }), T0, 1).refused).toEqual({ log: 1 })
    expect((await reopened(folder)).found[A]).toBe(ramp(0, 2))
  })

  it.each([
    [{ fsync: 'often' }, 'fsync of "often"'],
    [{ fsyncIntervalMs: 0 }, 'fsyncIntervalMs of 0'],
  ])('refuses %j', async (options, message) => {
    await expect(openTsdb(options as TsdbOptions)).rejects.toThrow(message)
  })

  it("that cannot be made is the system's error", async () => {
    const file = newFolder()
    writeFileSync(file, '')
    await expect(open(path.join(file, 'below'))).rejects.toThrow('ENOTDIR')
  })
})

describe('blocks', () => {
  it('take the windows that are over; the log keeps the rest', async () => {
    const folder = newFolder()
    const db = await open(folder)
    await minutes(db, 0, 600)
    const late = db
      .batch()
      .add(refs(db, 'c')[0] ?? 0, T0 + 10 * MINUTE, 1)
      .commit()
    expect(late.refused).toEqual({ 'too-old': 1 })
    expect(filesIn(folder, 'blocks').length).toBeGreaterThanOrEqual(4)
    expect(db.stats).toMatchObject({ disk: { failures: 0, setAside: [] } })
    const want = { [A]: ramp(0, 600), [B]: ramp(0, 600, 3) }
    expect(await read(db)).toEqual(want)
    expect(await read(db, [new Matcher('__name__', '=', 'a')], T0 + 100 * MINUTE, T0 + 300 * MINUTE)).toEqual({
      [A]: ramp(100, 301),
    })
    // A block and the log that it was written from may both be there.
    const twice = crashed(folder)
    await db.close()
    expect(await reopened(folder)).toEqual({ found: want, aside: [] })
    expect((await reopened(twice)).found).toEqual(want)
    const logged = filesIn(folder, 'wal').reduce((sum, file) => sum + readFileSync(file).length, 0)
    expect(logged).toBeLessThan(600 * 60)
  })

  it('hold histograms, stale markers and start times as the head does', async () => {
    const folder = newFolder()
    const db = await open(folder, { outOfOrderMs: HOUR * 2 })
    await fill(db)
    const before = await read(db)
    await db.step(T0 + 8 * HOUR)
    expect(filesIn(folder, 'blocks').length).toBeGreaterThan(0)
    expect(filesIn(folder, 'wal')).toEqual([])
    expect(await read(db)).toEqual(before)
    await db.close()
    expect(await reopened(folder)).toEqual({ found: before, aside: [] })
  })

  it('go when they are past retention', async () => {
    const db = await open(newFolder(), { retentionMs: 4 * HOUR })
    await minutes(db, 0, 900)
    const [first = ''] = (await read(db))[A]?.split(' ') ?? []
    expect(Number(first.split('=')[1])).toBeGreaterThan(900 - 6 * 60 - 1)
    expect(db.stats.disk?.blocks).toBeLessThanOrEqual(3)
    await db.step(T0 + 40 * HOUR)
    expect(db.stats).toMatchObject({ series: 0, disk: { blocks: 0, logSegments: 0 } })
    await db.close()
  })

  it('go, the oldest first, when all is over maxBytes', async () => {
    const folder = newFolder()
    const db = await open(folder, { maxBytes: 100_000 })
    const group = db.scrapeGroup()
    const names = Array.from({ length: 40 }, (_, i) => `m${i}`)
    for (let i = 0; i < 1200; i++) {
      group.append(
        T0 + i * MINUTE,
        refs(db, ...names),
        Float64Array.from(names, (_, k) => Math.sin(i * 40 + k)),
      )
      await db.step(T0 + i * MINUTE)
    }
    const { disk } = db.stats
    expect(disk?.bytes).toBeLessThanOrEqual(100_000 + 12_500)
    expect(disk?.droppedFiles).toBeGreaterThan(0)
    expect(filesIn(folder, 'wal').length + filesIn(folder, 'blocks').length).toBe(
      (disk?.blocks ?? 0) + (disk?.logSegments ?? 0),
    )
    await db.close()
  })
})

describe('labels', () => {
  it('of any text come back, from the log and from blocks', async () => {
    const folder = newFolder()
    const db = await open(folder)
    const long = 'x'.repeat(200)
    const odd = ['', ' ', 'é', '\u{1f3b2}', '\0', '"}\n', long, `${long}é`, '\u007f', '\u0080']
    for (const text of odd) db.append(LabelSet.of({ [`n${text}`]: `v${text}` }), T0, 1)
    const want = await read(db)
    expect(Object.keys(want)).toHaveLength(odd.length)
    expect((await reopened(crashed(folder))).found).toEqual(want)
    await db.step(T0 + 5 * HOUR)
    await db.close()
    expect(filesIn(folder, 'wal')).toEqual([])
    expect((await reopened(folder)).found).toEqual(want)
  })
})

type Step =
  | { kind: 'scrape'; group: number; names: string[]; times: number }
  | { kind: 'single'; name: string; late: number }
  | { kind: 'reopen'; crash: boolean }

interface Lives {
  onDisk: Record<string, string>[]
  inMemory: Record<string, string>[]
}

/** What a store with a folder and one in memory hold after the same steps, and at every opening between. */
async function lives(steps: readonly Step[]): Promise<Lives> {
  const limits = { retentionMs: 1e10, outOfOrderMs: 20 * MINUTE }
  let folder = newFolder()
  let disk = await open(folder, limits)
  const memory = await openTsdb(limits)
  let groups = [disk, memory].map((db) => [db.scrapeGroup(), db.scrapeGroup()])
  const held: Lives = { onDisk: [], inMemory: [] }
  const note = async (): Promise<void> => {
    held.onDisk.push(await read(disk))
    held.inMemory.push(await read(memory))
  }
  let now = T0
  for (const step of steps) {
    if (step.kind === 'reopen') {
      const before = folder
      if (step.crash) folder = crashed(folder)
      await disk.close()
      if (step.crash) rmSync(before, { recursive: true })
      disk = await open(folder, limits)
      groups = [disk, memory].map((db) => [db.scrapeGroup(), db.scrapeGroup()])
      await note()
    } else if (step.kind === 'single') {
      now += 1000
      for (const db of [disk, memory]) {
        db.append(LabelSet.of({ __name__: step.name, job: 'craps' }), now - step.late, now, step.late)
      }
    } else {
      for (let round = 0; round < step.times; round++) {
        now += MINUTE
        const values = Float64Array.from(step.names, (_, i) => now + i)
        for (const [i, db] of [disk, memory].entries())
          groups[i]?.[step.group]?.append(now, refs(db, ...step.names), values)
        await disk.step(now)
      }
    }
  }
  await note()
  expect(disk.stats.disk).toMatchObject({ failures: 0, setAside: [] })
  await disk.close()
  rmSync(folder, { recursive: true })
  return held
}

describe('any life', () => {
  const NAMES = ['a', 'b', 'c', 'd']
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('scrape' as const),
        group: fc.nat({ max: 1 }),
        names: fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 4 }),
        times: fc.constantFrom(1, 3, 140),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('single' as const),
        name: fc.constantFrom(...NAMES),
        late: fc.nat({ max: 900_000 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const), crash: fc.boolean() }) },
  )

  it('reads as the same life in memory', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const { onDisk, inMemory } = await lives(steps)
        expect(onDisk).toEqual(inMemory)
      }),
      { numRuns: 40 },
    )
  })

  it('also one in which a series comes back to a group whose samples are all in blocks', async () => {
    const scrapes = (group: number, names: string[], times: number): Step => ({ kind: 'scrape', group, names, times })
    const { onDisk, inMemory } = await lives([
      scrapes(0, ['a'], 140),
      scrapes(1, [], 143),
      scrapes(1, ['a'], 140),
      scrapes(0, ['a'], 3),
      // The first of a new window.
      scrapes(0, [], 1),
    ])
    expect(onDisk).toEqual(inMemory)
  })
})

describe('damage', () => {
  const LIVES = 3

  /** Three segments of ten scrapes each. */
  async function segments(): Promise<string> {
    const folder = newFolder()
    for (let life = 0; life < LIVES; life++) {
      const db = await open(folder)
      await minutes(db, life * 10, life * 10 + 10)
      await db.close()
    }
    expect(filesIn(folder, 'wal')).toHaveLength(LIVES)
    return folder
  }

  it('a torn end costs what is torn, wherever it is torn', async () => {
    const folder = await segments()
    const last = filesIn(folder, 'wal').at(-1) ?? ''
    const { length } = readFileSync(last)
    for (let cut = length - 1; cut >= 0; cut -= 29) {
      truncateSync(last, cut)
      const { found, aside } = await reopened(crashed(folder))
      const samples = found[A]?.split(' ') ?? []
      expect(found[A]).toBe(ramp(0, samples.length))
      expect(samples.length).toBeGreaterThanOrEqual(20)
      expect(aside.length).toBeLessThanOrEqual(1)
    }
    truncateSync(last, length - LIVES * 29)
    const { found, aside } = await reopened(folder)
    expect(found[A]?.split(' ').length).toBeLessThan(30)
    expect(aside).toEqual([expect.stringMatching(/00000003\.wal: bytes \d+ to \d+$/)])
  })

  it('a turned bit costs the record that it is in', async () => {
    const folder = await segments()
    const random = seeded(7)
    for (let round = 0; round < 24; round++) {
      const copy = crashed(folder)
      const file = filesIn(copy, 'wal')[1] ?? ''
      flip(file, Math.floor(random() * readFileSync(file).length))
      const { found, aside } = await reopened(copy)
      const samples = found[A]?.split(' ') ?? []
      expect(samples.length).toBeGreaterThanOrEqual(20)
      expect(samples.length).toBeLessThanOrEqual(30)
      expect(ramp(0, 30).split(' ')).toEqual(expect.arrayContaining(samples))
      expect(aside.length).toBeGreaterThan(0)
    }
  })

  it('a scrape that is lost is one scrape', async () => {
    const folder = await segments()
    const file = filesIn(folder, 'wal')[2] ?? ''
    flip(file, readFileSync(file).length - 100)
    const { found, aside } = await reopened(folder)
    expect(found[A]?.split(' ')).toHaveLength(29)
    expect(aside).toHaveLength(1)
  })

  it('a missing segment costs that segment', async () => {
    const folder = await segments()
    rmSync(filesIn(folder, 'wal')[1] ?? '')
    expect((await reopened(folder)).found[A]).toBe(`${ramp(0, 10)} ${ramp(20, 30)}`)
  })

  async function blocks(): Promise<string> {
    const folder = newFolder()
    const db = await open(folder)
    await minutes(db, 0, 500)
    await db.close()
    return folder
  }

  it('a missing block costs its window', async () => {
    const folder = await blocks()
    rmSync(filesIn(folder, 'blocks')[1] ?? '')
    const samples = (await reopened(folder)).found[A]?.split(' ') ?? []
    expect(samples).toHaveLength(500 - 120)
  })

  it('a turned bit in a block costs a series of it, or is found on the long way', async () => {
    const folder = await blocks()
    const random = seeded(11)
    const { length } = readFileSync(filesIn(folder, 'blocks')[1] ?? '')
    for (let round = 0; round < 36; round++) {
      const copy = crashed(folder)
      const file = filesIn(copy, 'blocks')[1] ?? ''
      flip(file, round < 12 ? length - 1 - round * 5 : Math.floor(random() * length))
      const { found, aside } = await reopened(copy)
      expect(aside.length).toBeGreaterThan(0)
      for (const [series, scale] of [
        [A, 1],
        [B, 3],
      ] as const) {
        const samples = found[series]?.split(' ') ?? []
        expect(samples.length).toBeGreaterThanOrEqual(500 - 120)
        expect(ramp(0, 500, scale).split(' ')).toEqual(expect.arrayContaining(samples))
      }
    }
  })

  it('a block without its end is read on the long way', async () => {
    const folder = await blocks()
    const file = filesIn(folder, 'blocks')[0] ?? ''
    truncateSync(file, readFileSync(file).length - 30)
    const { found, aside } = await reopened(folder)
    expect(found).toEqual({ [A]: ramp(0, 500), [B]: ramp(0, 500, 3) })
    expect(aside).toEqual([expect.stringContaining('.block: bytes ')])
  })

  it('a block that nobody can read is put aside, and its leavings are cleared', async () => {
    const folder = await blocks()
    const file = filesIn(folder, 'blocks')[0] ?? ''
    writeFileSync(file, 'not a block')
    writeFileSync(`${file}.tmp`, 'half a block')
    const { aside } = await reopened(folder)
    expect(aside).toHaveLength(1)
    expect(existsSync(`${file}.damaged`)).toBe(true)
    expect(existsSync(`${file}.tmp`)).toBe(false)
    expect((await reopened(folder)).aside).toEqual([])
  })

  it('any bytes open', async () => {
    const folder = await blocks()
    const wal = readFileSync(filesIn(folder, 'wal').at(-1) ?? '')
    const block = readFileSync(filesIn(folder, 'blocks')[0] ?? '')
    const edit = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      bytes: fc.uint8Array({ maxLength: 40 }),
      cut: fc.nat({ max: 50 }),
    })
    const damage = (bytes: Buffer, edits: { at: number; bytes: Uint8Array; cut: number }[]): Buffer =>
      edits.reduce((now, { at, bytes: patch, cut }) => {
        const place = Math.floor(at * now.length)
        return Buffer.concat([now.subarray(0, place), patch, now.subarray(place + cut)])
      }, bytes)
    const target = newFolder()
    await (await open(target)).close()
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { maxLength: 6 }), fc.array(edit, { maxLength: 6 }), async (one, other) => {
        writeFileSync(path.join(target, 'wal', '00000001.wal'), damage(wal, one))
        writeFileSync(
          path.join(target, 'blocks', path.basename(filesIn(folder, 'blocks')[0] ?? '')),
          damage(block, other),
        )
        const { found } = await reopened(target)
        for (const samples of Object.values(found)) expect(samples).toMatch(/^(-?\d+=\S+( |$))*$/)
      }),
      { numRuns: 60 },
    )
  })
})

describe('a full disk', () => {
  it('refuses with fsync always, and takes again when there is room', async () => {
    const folder = newFolder()
    const files = new FaultyFiles()
    const db = await open(folder, { fsync: 'always' }, files)
    await minutes(db, 0, 5)
    files.room = 30
    const group = db.scrapeGroup()
    for (let i = 5; i < 8; i++) {
      expect(group.append(T0 + i * MINUTE, refs(db, 'a', 'b'), Float64Array.of(i, i)).refused).toEqual({ log: 2 })
    }
    expect(db.append(LabelSet.of({ __name__: 'c' }), T0, 1).refused).toEqual({ log: 1 })
    expect(db.stats.disk).toMatchObject({ lastFailure: expect.stringContaining('ENOSPC'), unlogged: 0 })
    files.room = Infinity
    await minutes(db, 8, 10)
    const want = `${ramp(0, 5)} ${ramp(8, 10)}`
    expect((await read(db))[A]).toBe(want)
    await db.close()
    expect(await reopened(folder)).toMatchObject({ found: { [A]: want }, aside: [] })
  })

  it('otherwise keeps what comes in memory, and says how much', async () => {
    const folder = newFolder()
    const files = new FaultyFiles()
    const db = await open(folder, { fsync: 'interval' }, files)
    await minutes(db, 0, 5)
    files.room = 0
    await minutes(db, 5, 8)
    expect((await read(db))[A]).toBe(ramp(0, 8))
    expect(db.stats.disk).toMatchObject({ unlogged: 6 })
    files.room = Infinity
    await minutes(db, 8, 9)
    await db.close()
    expect(await reopened(folder)).toMatchObject({ found: { [A]: `${ramp(0, 5)} ${ramp(8, 9)}` }, aside: [] })
  })

  it('cannot take a block: it stays in memory and in the log, and is written later', async () => {
    const folder = newFolder()
    const files = new FaultyFiles()
    const db = await open(folder, {}, files)
    await minutes(db, 0, 300)
    const before = db.stats.disk?.blocks ?? 0
    files.room = 400
    await db.step(T0 + 420 * MINUTE)
    expect(db.stats.disk).toMatchObject({ blocks: before, lastFailure: expect.stringContaining('write a block') })
    expect(filesIn(folder, 'blocks')).toHaveLength(before)
    expect((await read(db))[A]).toBe(ramp(0, 300))
    expect((await reopened(crashed(folder))).found[A]).toBe(ramp(0, 300))
    files.room = Infinity
    await db.step(T0 + 420.5 * MINUTE)
    expect(db.stats.disk?.blocks).toBe(before)
    await db.step(T0 + 422 * MINUTE)
    expect(db.stats.disk?.blocks).toBeGreaterThan(before)
    expect((await read(db))[A]).toBe(ramp(0, 300))
    await db.close()
    expect((await reopened(folder)).found[A]).toBe(ramp(0, 300))
  })

  it('can be opened when it is full', async () => {
    const folder = newFolder()
    const db = await open(folder)
    await minutes(db, 0, 5)
    await db.close()
    const files = new FaultyFiles()
    files.room = 0
    const again = await open(folder, {}, files)
    await minutes(again, 5, 6)
    expect((await read(again))[A]).toBe(ramp(0, 6))
    await again.close()
  })

  it('a sync that fails is told, and what follows goes into another segment', async () => {
    const folder = newFolder()
    const files = new FaultyFiles()
    const db = await open(folder, { fsync: 'always' }, files)
    await minutes(db, 0, 2)
    files.syncFails = true
    await minutes(db, 2, 3)
    files.syncFails = false
    await minutes(db, 3, 4)
    expect(db.stats).toMatchObject({ refused: { log: 2 }, disk: { lastFailure: expect.stringContaining('EIO') } })
    await db.close()
    expect((await reopened(folder)).found[A]).toBe(`${ramp(0, 2)} ${ramp(3, 4)}`)
  })
})

const door = JSON.stringify(fileURLToPath(new URL('../../../dist/tsdb/index.js', import.meta.url)))
const seriesDoor = JSON.stringify(fileURLToPath(new URL('../../../dist/series/index.js', import.meta.url)))

function script(source: string, ...args: string[]): ReturnType<typeof spawn> {
  const head = `import { openTsdb } from ${door}\nimport { LabelSet } from ${seriesDoor}\nimport { writeSync } from 'node:fs'\n`
  return spawn(process.execPath, ['--input-type=module', '-e', head + source, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
}

describe('two processes', () => {
  it("the second is refused and told whom to stop; a dead one's lock is taken over", async () => {
    const folder = newFolder()
    const child = script(
      `await openTsdb({ folder: process.argv[1] }); writeSync(1, 'open'); setInterval(() => {}, 1000)`,
      folder,
    )
    await new Promise((resolve) => child.stdout?.once('data', resolve))
    await expect(open(folder)).rejects.toThrow(FolderInUseError)
    await expect(open(folder)).rejects.toThrow(`in use by process ${child.pid}`)
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
    const db = await open(folder)
    await expect(open(folder)).rejects.toThrow(`in use by process ${process.pid}`)
    await db.close()
    await (await open(folder)).close()
  })

  it.each([
    ['a process id that was given to another', `${process.pid} an-earlier-start`],
    ['nonsense', 'nonsense'],
    ['a process id beyond all', '999999999 x'],
  ])('a lock with %s is stale', async (_, note) => {
    const folder = newFolder()
    await (await open(folder)).close()
    symlinkSync(note, path.join(folder, 'lock'))
    await (await open(folder)).close()
    expect(readdirSync(folder).toSorted()).toEqual(['blocks', 'wal'])
  })
})
