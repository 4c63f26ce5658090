import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { type Mood, RemoteReceiver, withoutRepeats } from '../../../test/support/remote-receiver.ts'
import { CUSTOM_BOUNDS_SCHEMA, type HistogramValue, LabelSet } from '../../series/index.ts'
import { openTsdb, type Tsdb } from '../../tsdb/index.ts'
import { RemoteWriteSender, type RemoteWriteSenderOptions } from '../index.ts'
import { backoffMs, retryAfterMs } from './backoff.ts'
import { post } from './post.ts'

const T0 = 1_760_000_000_000
const HISTOGRAM: HistogramValue = {
  schema: 0,
  count: 3,
  sum: 4,
  zeroThreshold: 0,
  zeroCount: 0,
  positive: { spans: [{ offset: 0, length: 1 }], counts: [3] },
  negative: { spans: [], counts: [] },
  customBounds: [],
  counterReset: 'unknown',
}

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const each of undo.splice(0).toReversed()) await each()
})

async function receiver(mood?: (request: number) => Mood): Promise<RemoteReceiver> {
  const started = await RemoteReceiver.start()
  if (mood !== undefined) started.mood = mood
  undo.push(() => started.close())
  return started
}

function sender(url: string, source: Tsdb, own: Partial<RemoteWriteSenderOptions> = {}): RemoteWriteSender {
  const made = new RemoteWriteSender({ url, source, now: () => T0, batchDeadlineMs: 10, ...own })
  made.start()
  undo.push(() => made.stop(0))
  return made
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let i = 0; !isSo(); i++) {
    if (i > 2000) throw new Error(`in vain: ${what}`)
    await sleep(5)
  }
}

const named = (name: string): LabelSet => LabelSet.of({ __name__: name })
const folder = (): string => mkdtempSync(path.join(tmpdir(), 'boxman-sender-'))

/** Appends `count` samples to each of these series, `step` ms apart. */
function append(db: Tsdb, names: readonly string[], from: number, count: number, step = 1000): void {
  const refs = names.map((name) => db.series(named(name)) ?? 0)
  for (let i = 0; i < count; i++) {
    const batch = db.batch()
    for (const ref of refs) batch.add(ref, from + i * step, from + i - T0)
    expect(batch.commit().refused).toEqual({})
  }
}

const sampled = (from: number, count: number, step = 1000): string[] =>
  Array.from({ length: count }, (_, i) => `${from + i * step}=${from + i - T0}`)

describe('what the store takes', () => {
  it.each(['2.0', '1.0'] as const)('arrives whole by version %s', async (version) => {
    const [remote, db] = [await receiver(), await openTsdb()]
    const sending = sender(remote.url, db, { version, headers: { 'x-scope-orgid': 'casino' } })
    db.setMetadata('a', { type: 'counter', help: 'As.', unit: '' })
    const [a = 0, h = 0] = [db.series(named('a')), db.series(named('h'))]
    db.batch()
      .add(a, T0, 1, T0 - 5)
      .addStale(a, T0 + 1)
      .addHistogram(h, T0, HISTOGRAM)
      .addHistogram(h, T0 + 1, { ...HISTOGRAM, schema: CUSTOM_BOUNDS_SCHEMA, customBounds: [1] })
      .addExemplar(a, { labels: LabelSet.of({ trace_id: 'x' }), value: 9, at: T0 })
      .commit()
    db.scrapeGroup().append(T0 + 2, Uint32Array.of(a), Float64Array.of(5))
    await sending.stop(5000)
    const full = version === '2.0'
    expect(Object.fromEntries(remote.arrived)).toEqual({
      a: [full ? `${T0}=1<${T0 - 5}` : `${T0}=1`, `${T0 + 1}=stale`, `${T0 + 2}=5`],
      h: full ? [`${T0}=h3`, `${T0 + 1}=h3`] : [`${T0}=h3`],
    })
    expect(remote.exemplars).toEqual(['a 9'])
    expect(Object.fromEntries(remote.metadata)).toEqual({ a: 'counter As.' })
    expect(remote.requests[0]?.headers).toMatchObject({ 'x-scope-orgid': 'casino', 'content-encoding': 'snappy' })
    expect(sending.stats).toMatchObject({
      samples: 3,
      histograms: full ? 2 : 1,
      exemplars: 1,
      unsendable: full ? 0 : 1,
      rejected: 0,
      failures: 0,
      queued: 0,
      version,
    })
  })

  it.each<[string, Mood]>([
    ['says 415', { status: 415 }],
    ['takes 2.0 for an empty request', { status: 204 }],
  ])('arrives at a server that %s', async (_, mood) => {
    const db = await openTsdb()
    const remote = await receiver((request) => (request === 0 ? mood : 'take'))
    const sending = sender(remote.url, db)
    append(db, ['a'], T0, 2)
    await sending.stop(5000)
    expect(remote.requests.map(({ version }) => version)).toEqual(['2.0', '1.0'])
    expect(remote.arrived.get('a')).toEqual(sampled(T0, 2))
    expect(sending.stats).toMatchObject({ version: '1.0', samples: 2, retries: 0 })
  })

  it('arrives in order and whole through every kind of failure', async () => {
    const db = await openTsdb()
    const moods: readonly Mood[] = [
      { status: 500 },
      'hang up',
      'take',
      'take, and hang up before the answer',
      { status: 429, headers: { 'retry-after': '0' } },
      'take',
      'hang',
      { status: 503 },
      'take',
    ]
    const remote = await receiver((request) => moods[request % moods.length] ?? 'take')
    const sending = sender(remote.url, db, { maxSamplesPerSend: 7, timeoutMs: 100 })
    append(db, ['a', 'b', 'c'], T0, 10)
    await until('all is sent', () => sending.stats.samples >= 30)
    for (const name of ['a', 'b', 'c']) expect(withoutRepeats(remote.arrived.get(name))).toEqual(sampled(T0, 10))
    expect(sending.stats.retries).toBeGreaterThan(4)
    expect(sending.stats).toMatchObject({ rejected: 0, queued: 0, failures: 0 })
  })

  it('is given up when the server refuses it for good, and what follows is not', async () => {
    const db = await openTsdb()
    const remote = await receiver((request) => (request === 0 ? { status: 400 } : 'take'))
    const sending = sender(remote.url, db, { maxSamplesPerSend: 2 })
    append(db, ['a'], T0, 4)
    await until('all is settled', () => sending.stats.samples + sending.stats.rejected === 4)
    expect(remote.arrived.get('a')).toEqual(sampled(T0, 4).slice(2))
    expect(sending.stats).toMatchObject({ rejected: 2, retries: 0, lastError: '400 not in the mood' })
  })

  it('that finds the queue full is read from the store later', async () => {
    const db = await openTsdb({ outOfOrderMs: 60_000 })
    let open = false
    const remote = await receiver(() => (open ? 'take' : { status: 500 }))
    const sending = sender(remote.url, db, { maxSamplesPerSend: 10, maxQueued: 30, now: () => T0 + 500_000 })
    await sleep(20)
    append(db, ['a', 'b'], T0, 100)
    expect(sending.stats).toMatchObject({ overflowed: 1, catchingUp: true })
    open = true
    await until('all is sent', () => sending.stats.samples >= 200 && !sending.stats.catchingUp)
    append(db, ['a', 'b'], T0 + 100_000, 5)
    await sending.stop(5000)
    for (const name of ['a', 'b']) {
      const want = [...sampled(T0, 100), ...sampled(T0 + 100_000, 5)]
      expect(withoutRepeats(remote.arrived.get(name))).toEqual(want)
    }
  })

  it('is not sent to wait for an answer once it is over', async () => {
    const remote = await receiver(() => 'hang')
    const target = { url: remote.url, headers: {}, timeoutMs: 60_000, fetch, now: () => T0 }
    const verdict = await post(target, '2.0', new Uint8Array(1), AbortSignal.abort())
    expect(verdict).toMatchObject({ kind: 'retry' })
  })

  it('is left when time is up, without a word to the host', async () => {
    const db = await openTsdb()
    const remote = await receiver(() => 'hang')
    const sending = sender(remote.url, db)
    append(db, ['a'], T0, 4)
    await sending.stop(20)
    expect(sending.stats).toMatchObject({ samples: 0, failures: 0 })
  })
})

describe('with a folder', () => {
  it('goes on where the process before was', async () => {
    const at = folder()
    const first = await openTsdb({ folder: at })
    const remote = await receiver((request) => (request < 2 ? 'take' : { status: 500 }))
    const before = sender(remote.url, first, { folder: at, name: 'r', maxSamplesPerSend: 4 })
    append(first, ['a', 'b'], T0, 20)
    await until('two are taken', () => remote.requests.length > 2)
    await before.stop(0)
    await first.close()
    const file = path.join(at, 'remote-write', 'r.json')
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ acknowledgedBefore: T0 + 4000 })

    remote.mood = () => 'take'
    const second = await openTsdb({ folder: at })
    const after = sender(remote.url, second, { folder: at, name: 'r', now: () => T0 + 20_000 })
    await until('all is sent', () => after.stats.samples >= 32)
    append(second, ['a', 'b'], T0 + 20_000, 3)
    await after.stop(5000)
    await second.close()
    const want = [...sampled(T0, 20), ...sampled(T0 + 20_000, 3)]
    for (const name of ['a', 'b']) expect(remote.arrived.get(name)).toEqual(want)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ acknowledgedBefore: T0 + 22_001 })
  })

  it('a late sample takes the position back before it is answered for', async () => {
    const at = folder()
    const db = await openTsdb({ folder: at, outOfOrderMs: 60_000 })
    undo.push(() => db.close())
    let open = true
    const remote = await receiver(() => (open ? 'take' : { status: 500 }))
    const sending = sender(remote.url, db, { folder: at, name: 'r' })
    const positionOf = (): unknown =>
      JSON.parse(readFileSync(path.join(at, 'remote-write', 'r.json'), 'utf8')).acknowledgedBefore
    append(db, ['a'], T0, 10)
    await until('all is sent', () => sending.stats.acknowledgedBefore === T0 + 9001)
    open = false
    append(db, ['a'], T0 + 4500, 1)
    expect(positionOf()).toBeLessThanOrEqual(T0 + 4500)
  })

  it('sends all that there is when the position cannot be read', async () => {
    const at = folder()
    const remote = await receiver()
    const db = await openTsdb({ folder: at })
    undo.push(() => db.close())
    append(db, ['a'], T0 - 3_600_000, 50, 60_000)
    const first = sender(remote.url, db, { folder: at, name: 'r' })
    await first.stop(1000)
    expect(remote.arrived.size).toBe(0)
    writeFileSync(path.join(at, 'remote-write', 'r.json'), '{"acknowl')
    const second = sender(remote.url, db, { folder: at, name: 'r' })
    await until('all is sent', () => second.stats.samples >= 50)
    expect(remote.arrived.get('a')).toEqual(sampled(T0 - 3_600_000, 50, 60_000))
  })
})

describe('options', () => {
  it.each<[string, Partial<RemoteWriteSenderOptions>]>([
    ['url is no URL', { url: 'nowhere' }],
    ['must be http or https, not ftp:', { url: 'ftp://a' }],
    ['name "../x"', { name: '../x' }],
    ['a header that cannot be, among x y', { headers: { 'x y': 'secret' } }],
    ['maxQueued of 0', { maxQueued: 0 }],
    ['batchDeadlineMs of 0.5', { batchDeadlineMs: 0.5 }],
  ])('%s', async (message, own) => {
    const source = await openTsdb()
    expect(() => new RemoteWriteSender({ url: 'http://a', source, now: () => T0, ...own })).toThrow(RangeError)
    expect(() => new RemoteWriteSender({ url: 'http://a', source, now: () => T0, ...own })).toThrow(message)
  })

  it('a password in the URL becomes a header, and is in no name', async () => {
    const remote = await receiver()
    const db = await openTsdb()
    const sending = sender(remote.url.replace('//', '//user:p%40ss@'), db)
    append(db, ['a'], T0, 1)
    await sending.stop(1000)
    const basic = Buffer.from('user:p@ss').toString('base64')
    expect(remote.requests[0]?.headers.authorization).toBe(`Basic ${basic}`)
    expect(sending.name).toMatch(/^127\.0\.0\.1-\d+-api-v1-write$/)
  })
})

describe('waiting', () => {
  it('doubles from 30 ms to 5 s', () => {
    expect([1, 2, 3, 8, 9, 50].map(backoffMs)).toEqual([30, 60, 120, 3840, 5000, 5000])
  })

  it.each([
    ['3', 3000],
    [new Date(T0 + 2000).toUTCString(), 2000],
    ['99999', 300_000],
    [new Date(T0 - 2000).toUTCString(), 0],
    ['soon', undefined],
    [null, undefined],
  ])('Retry-After: %s', (header, want) => {
    expect(retryAfterMs(header, T0)).toBe(want)
  })
})
