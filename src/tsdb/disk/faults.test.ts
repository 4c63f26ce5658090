import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32 } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FaultyFiles } from '../../../test/support/faulty-files.ts'
import { seeded } from '../../../test/support/node-page.ts'
import { readAll as read, T0 } from '../../../test/support/read-all.ts'
import { type HistogramValue, LabelSet, Matcher, setStale } from '../../series/index.ts'
import { ByteWriter } from '../chunk/byte-writer.ts'
import { OpenFloats } from '../head/open-floats.ts'
import { openTsdb, type Tsdb, type TsdbOptions } from '../index.ts'
import { KIND, PART, writeEnd, writeEntry, writeSeriesPart, writeTimes } from './block-format.ts'
import { writeFrame } from './frame.ts'

const MINUTE = 60_000
/** To each file. */
const FLIPS = Number(process.env['BOXMAN_TSDB_FLIPS'] ?? 8)
const root = mkdtempSync(path.join(tmpdir(), 'boxman-faults-'))
let folders = 0
afterAll(() => {
  rmSync(root, { recursive: true, force: true })
})

const newFolder = (): string => path.join(root, String(folders++))

function copyOf(folder: string): string {
  const copy = newFolder()
  cpSync(folder, copy, { recursive: true, filter: (file) => path.basename(file) !== 'lock' })
  return copy
}

const OPTIONS: TsdbOptions = { fsync: 'never', outOfOrderMs: 10 * MINUTE }

interface Found {
  readonly samples: Record<string, readonly string[]>
  readonly aside: readonly string[]
}

async function reopened(folder: string): Promise<Found> {
  const db = await openTsdb({ ...OPTIONS, folder })
  const found = Object.entries(await read(db)).map(([key, text]) => [key, text.split(' ')] as const)
  const aside = db.stats.disk?.setAside ?? []
  await db.close()
  return { samples: Object.fromEntries(found), aside }
}

function histogram(count: number): HistogramValue {
  const positive = { spans: [{ offset: 0, length: 1 }], counts: [count] }
  const negative = { spans: [], counts: [] }
  const rest = { zeroThreshold: 0, zeroCount: 0, customBounds: [], counterReset: 'unknown' } as const
  return { schema: 0, count, sum: count, positive, negative, ...rest }
}

const NAMES = ['a', 'b', 'c']

/** Scrapes, single samples, late ones and histograms, so that there are two blocks and two segments of the log. */
async function life(db: Tsdb, from: number, to: number): Promise<void> {
  const group = db.scrapeGroup()
  const ref = (name: string): number => db.series(LabelSet.of({ __name__: name, job: 'craps' })) ?? 0
  for (let i = from; i < to; i++) {
    const at = T0 + i * MINUTE
    group.append(at, Uint32Array.from(NAMES, ref), Float64Array.of(i, i / 3, -i))
    const batch = db.batch().add(ref('single'), at, i).addHistogram(ref('latency'), at, histogram(i))
    if (i % 7 === 0) batch.add(ref('single'), at - 30_000, i)
    batch.commit()
    await db.step(at)
  }
}

const samplesIn = ({ samples }: Found): number => Object.values(samples).reduce((sum, each) => sum + each.length, 0)

describe('a folder of blocks and segments', () => {
  let folder = ''
  let whole: Found

  beforeAll(async () => {
    folder = newFolder()
    for (const [from, to] of [
      [0, 300],
      [300, 330],
    ] as const) {
      const db = await openTsdb({ ...OPTIONS, folder })
      db.setMetadata('a', { type: 'counter', help: 'A.', unit: '' })
      await life(db, from, to)
      await db.close()
    }
    whole = await reopened(folder)
  })

  it('comes back whole', () => {
    expect(readdirSync(path.join(folder, 'blocks'))).toHaveLength(2)
    expect(readdirSync(path.join(folder, 'wal')).length).toBeGreaterThan(1)
    expect(samplesIn(whole)).toBe(330 * 5 + Math.ceil(330 / 7))
    expect(whole.aside).toEqual([])
  })

  /** Samples that nobody wrote, or that are there twice. */
  const inventedIn = ({ samples }: Found): string[] =>
    Object.entries(samples).flatMap(([key, own]) => {
      const known = new Set(whole.samples[key])
      return own.filter((sample) => !known.delete(sample))
    })

  /** Damages each file at places of its own, and opens what is left. */
  async function damaged(
    places: (bytes: Buffer) => readonly number[],
    damage: (file: string, place: number) => void,
    check: (found: Found, name: string) => void,
  ): Promise<void> {
    for (const kind of ['wal', 'blocks']) {
      for (const name of readdirSync(path.join(folder, kind))) {
        for (const place of places(readFileSync(path.join(folder, kind, name)))) {
          const copy = copyOf(folder)
          damage(path.join(copy, kind, name), place)
          const found = await reopened(copy)
          check(found, name)
          expect(inventedIn(found)).toEqual([])
          rmSync(copy, { recursive: true })
        }
      }
    }
  }

  const random = seeded(5)
  const somewhere = (count: number) => (bytes: Buffer) =>
    Array.from({ length: count }, () => Math.floor(random() * bytes.length))

  it(
    'with any byte turned: what it does not touch is all there, and what it does is named',
    { timeout: 30_000 + FLIPS * 2000 },
    async () => {
      let leastOfLog = Infinity
      let leastOfBlocks = Infinity
      await damaged(
        somewhere(FLIPS),
        (file, place) => {
          const bytes = readFileSync(file)
          bytes[place] = (bytes[place] ?? 0) ^ (1 << (place % 8))
          writeFileSync(file, bytes)
        },
        (found, name) => {
          expect(found.aside.join()).toContain(name)
          const kept = samplesIn(found)
          if (name.endsWith('.wal')) leastOfLog = Math.min(leastOfLog, kept)
          else leastOfBlocks = Math.min(leastOfBlocks, kept)
        },
      )
      // A definition in the log takes the segment's samples along, the symbols of a block the block's.
      expect(leastOfLog).toBeGreaterThanOrEqual(samplesIn(whole) - 200 * 6)
      expect(leastOfBlocks).toBeGreaterThanOrEqual(samplesIn(whole) - 120 * 6)
    },
  )

  it('cut anywhere: what stands before is there', async () => {
    await damaged(somewhere(8), truncateSync, ({ samples }) => {
      expect(Object.keys(samples).length).toBeGreaterThan(0)
    })
  })

  it('with a file missing: the others are there', async () => {
    await damaged(
      () => [0],
      (file) => rmSync(file),
      (found) => {
        expect(samplesIn(found)).toBeGreaterThan(samplesIn(whole) / 3)
        expect(samplesIn(found)).toBeLessThan(samplesIn(whole))
      },
    )
  })

  it('with bytes put in: every frame that is whole is found again', async () => {
    await damaged(
      somewhere(6),
      (file, place) => {
        const bytes = readFileSync(file)
        const noise = Buffer.from(Array.from({ length: 1 + (place % 40) }, () => Math.floor(random() * 256)))
        writeFileSync(file, Buffer.concat([bytes.subarray(0, place), noise, bytes.subarray(place)]))
      },
      (found) => expect(samplesIn(found)).toBeGreaterThan(0),
    )
  })

  it('of another version is named and left as it is', async () => {
    const copy = copyOf(folder)
    const [block = ''] = readdirSync(path.join(copy, 'blocks')).map((name) => path.join(copy, 'blocks', name))
    const [segment = ''] = readdirSync(path.join(copy, 'wal')).map((name) => path.join(copy, 'wal', name))
    for (const [file, at] of [
      [block, readFileSync(block).length - 40],
      [segment, 0],
    ] as const) {
      const bytes = readFileSync(file)
      bytes[at + 3] = 2
      bytes.writeUInt32LE(crc32(bytes.subarray(at, at + 12)), at + 12)
      writeFileSync(file, bytes)
    }
    const { aside } = await reopened(copy)
    expect(aside.toSorted()).toEqual([
      `${block}: is in version 2 of the format, this one knows 1`,
      `${segment}: is in version 2 of the format, this one knows 1`,
    ])
    expect([existsSync(block), existsSync(segment)]).toEqual([true, true])
  })
})

describe('a block of before symbols stood in frames', () => {
  it('is read', async () => {
    const folder = newFolder()
    mkdirSync(path.join(folder, 'blocks'), { recursive: true })
    const out = new ByteWriter()
    const entry = { minTime: T0, maxTime: T0 + 9, labels: [0, 1] }
    const own = new OpenFloats()
    own.put(T0, Float64Array.of(1), 0, 0)
    own.put(T0 + 9, Float64Array.of(2.5), 0, 0)
    writeFrame(out, PART.times, (body) => writeTimes(body, []))
    const symbolsAt = out.length
    writeFrame(out, PART.allSymbols, (body) => {
      body.unsigned(2)
      body.text('__name__')
      body.text('a')
    })
    const at = out.length
    writeFrame(out, PART.series, (body) => writeSeriesPart(body, entry, [{ ...own.close(), kind: KIND.floats }]))
    const indexAt = out.length
    writeFrame(out, PART.index, (body) => {
      body.unsigned(1)
      body.unsigned(at)
      writeEntry(body, entry)
    })
    writeFrame(out, PART.end, (body) => writeEnd(body, { timesAt: 0, symbolsAt, indexAt }))
    writeFileSync(path.join(folder, 'blocks', `${T0}-0.block`), out.view())
    expect(await reopened(folder)).toEqual({ samples: { a: ['0=1', '9=2.5'] }, aside: [] })
  })
})

describe('the log of before numbers were packed', () => {
  it('is read', async () => {
    const folder = newFolder()
    mkdirSync(path.join(folder, 'wal'), { recursive: true })
    const out = new ByteWriter()
    writeFrame(out, 1, (body) => {
      body.unsigned(1)
      body.unsigned(7)
      body.unsigned(1)
      body.text('__name__')
      body.text('a')
    })
    writeFrame(out, 2, (body) => {
      for (const number of [4, 1, 14]) body.unsigned(number)
    })
    const values = Float64Array.of(0.5)
    writeFrame(out, 3, (body) => {
      for (const number of [4, 1, T0 * 2]) body.unsigned(number)
      body.byte(0)
      body.unsigned(1)
      body.doubles(values)
    })
    setStale(values, 0)
    writeFrame(out, 4, (body) => {
      for (const number of [1, 14, (T0 + 9) * 2]) body.unsigned(number)
      body.doubles(values)
      body.byte(0)
      body.unsigned(0)
      body.unsigned(0)
    })
    writeFileSync(path.join(folder, 'wal', '00000001.wal'), out.view())
    expect(await reopened(folder)).toEqual({ samples: { a: ['0=0.5', '9=stale'] }, aside: [] })
  })
})

describe('a disk', () => {
  it('that is read only cannot be opened, and says so', async () => {
    const folder = newFolder()
    await (await openTsdb({ ...OPTIONS, folder })).close()
    const files = new FaultyFiles()
    files.readOnly = true
    await expect(openTsdb({ ...OPTIONS, folder }, files)).rejects.toThrow('EROFS')
  })

  it('that becomes read only costs what a crash would, and is counted', async () => {
    const folder = newFolder()
    const files = new FaultyFiles()
    const db = await openTsdb({ ...OPTIONS, folder }, files)
    await life(db, 0, 10)
    files.readOnly = true
    await life(db, 10, 20)
    expect(db.stats.disk).toMatchObject({ unlogged: 51, lastFailure: expect.stringContaining('EROFS') })
    expect((await read(db))['a{job="craps"}']?.split(' ')).toHaveLength(20)
    files.readOnly = false
    await db.close()
    expect((await reopened(folder)).samples['a{job="craps"}']).toHaveLength(10)
  })

  it('that cannot force bytes onto the medium: it is told, and the log goes on', async () => {
    const folder = newFolder()
    const files = new FaultyFiles()
    const db = await openTsdb({ ...OPTIONS, folder, fsync: 'interval', fsyncIntervalMs: 1 }, files)
    await life(db, 0, 3)
    files.syncFails = true
    await life(db, 3, 6)
    while (db.stats.disk?.failures === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    files.syncFails = false
    await life(db, 6, 9)
    expect(db.stats.disk?.lastFailure).toContain('EIO')
    await db.close()
    expect((await reopened(folder)).samples['a{job="craps"}']).toHaveLength(9)
  })
})

const doors = ['tsdb', 'series'].map((room) =>
  JSON.stringify(fileURLToPath(new URL(`../../../dist/${room}/index.js`, import.meta.url))),
)

/** Appends until the disk has refused so often, then says what was taken. */
const WRITER = `
import { openTsdb } from ${doors[0]}
import { LabelSet } from ${doors[1]}
const db = await openTsdb({ folder: process.argv[1], fsync: 'always', retentionMs: 1e10 })
const refs = Uint32Array.from({ length: 300 }, (_, k) => db.series(LabelSet.of({ __name__: 'm', k: String(k) })))
const group = db.scrapeGroup()
const taken = []
for (let i = 0, refused = 0; refused < 3 && i < 5000; i++) {
  const at = ${T0} + i * 60000
  const { appended } = group.append(at, refs, Float64Array.from(refs, (_, k) => Math.sin(i * 300 + k)))
  if (appended === 300) taken.push(i)
  else refused++
}
process.stdout.write(JSON.stringify({ taken, disk: db.stats.disk }))
process.exit()
`

/** The system's own limits; some systems let nobody set them. */
describe('a real disk', () => {
  const run = (shell: string, folder: string): { taken: number[]; disk: { lastFailure: string } } | undefined => {
    const ran = spawnSync('sh', ['-c', shell, 'sh', process.execPath, WRITER, folder], {
      encoding: 'utf8',
      timeout: 20_000,
    })
    return ran.status === 0
      ? // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the writer's own
        (JSON.parse(ran.stdout) as { taken: number[]; disk: { lastFailure: string } })
      : undefined
  }

  it.for([
    ['whose files may not be longer', (folder: string) => `mkdir -p ${folder} && ulimit -f 100`, 'EFBIG'],
    [
      'that is full',
      (folder: string) => `mkdir -p ${folder}.small && mount -t tmpfs -o size=256k tmpfs ${folder}.small`,
      'ENOSPC',
    ],
  ] as const)('%s: nothing that was taken is lost', async ([, prepare, code], { skip }) => {
    const folder = newFolder()
    const isMount = code === 'ENOSPC'
    const work = isMount ? `${folder}.small` : folder
    const after = isMount ? `; cp -r ${work}/wal ${work}/blocks ${folder}` : ''
    if (isMount) mkdirSync(folder)
    const script = `${prepare(folder)} && "$1" --input-type=module -e "$2" ${work}${after}`
    const ran = run(isMount ? `unshare -rm sh -c '${script}' sh "$1" "$2"` : script, folder)
    if (ran === undefined) return skip('the system sets no such limit')
    expect(ran.disk.lastFailure).toContain(code)
    expect(ran.taken.length).toBeGreaterThan(20)
    const db = await openTsdb({ folder, fsync: 'never', retentionMs: 1e10 })
    const [series] = await db.select([new Matcher('k', '=', '7')], -Infinity, Infinity)
    const found = new Set(Array.from(series?.columns().times ?? [], (t) => (t - T0) / MINUTE))
    expect(ran.taken.filter((i) => !found.has(i))).toEqual([])
    expect(db.stats.disk?.setAside).toEqual([])
    await db.close()
  })
})
