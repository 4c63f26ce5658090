import { mkdtempSync } from 'node:fs'
import { request as send } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { FaultyFiles } from '../../../test/support/faulty-files.ts'
import { GOLDEN_JSON, GOLDEN_PROTOBUF } from '../../../test/support/otlp-golden.ts'
import { readAll, T0 } from '../../../test/support/read-all.ts'
import { type ServedStore, serveStore } from '../../../test/support/serve-store.ts'
import { type HistogramValue, LabelSet } from '../../series/index.ts'
import { openTsdb, type Tsdb, type TsdbOptions } from '../../tsdb/index.ts'
import { encodeWriteRequest, type RemoteWriteVersion, type SeriesToWrite, snap } from '../../wire/index.ts'
import { createIngestion, type IngestionOptions } from './ingestion.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const each of undo.splice(0).toReversed()) await each()
})

async function serve(
  store: TsdbOptions = {},
  own: Partial<IngestionOptions> = {},
): Promise<{ db: Tsdb; served: ServedStore }> {
  const db = await openTsdb(store)
  const served = await serveStore(db, own)
  undo.push(() => served.close())
  return { db, served }
}

const V2 = 'application/x-protobuf;proto=io.prometheus.write.v2.Request'

function write(
  url: string,
  body: Uint8Array,
  headers: Record<string, string> = {},
  endpoint = '/api/v1/write',
): Promise<Response> {
  return fetch(url + endpoint, { method: 'POST', body, headers })
}

function series(name: string, ...samples: readonly (readonly [number, number])[]): SeriesToWrite {
  return {
    labels: LabelSet.of(name === '' ? { a: 'b' } : { __name__: name }),
    times: Float64Array.from(samples, ([at]) => T0 + at),
    values: Float64Array.from(samples, ([, value]) => value),
  }
}

const request = (all: readonly SeriesToWrite[], version: RemoteWriteVersion): Promise<Uint8Array> =>
  snap(encodeWriteRequest(all, version))

const HISTOGRAM: HistogramValue = {
  schema: 0,
  count: 1,
  sum: 1,
  zeroThreshold: 0,
  zeroCount: 1,
  positive: { spans: [], counts: [] },
  negative: { spans: [], counts: [] },
  customBounds: [],
  counterReset: 'unknown',
}

function writtenOf({ headers }: Response): string {
  return ['samples', 'histograms', 'exemplars']
    .map((kind) => headers.get(`x-prometheus-remote-write-${kind}-written`))
    .join(' ')
}

describe('remote write', () => {
  it.each<[RemoteWriteVersion, Record<string, string>, string]>([
    ['1.0', {}, '  '],
    ['1.0', { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' }, '  '],
    ['1.0', { 'content-type': 'Application/x-protobuf; proto=prometheus.WriteRequest' }, '  '],
    ['2.0', { 'content-type': V2, 'content-encoding': 'snappy' }, '4 2 1'],
  ])('%s with %j is taken', async (version, headers, written) => {
    const { db, served } = await serve()
    const histograms = [T0, T0 + 2].map((at) => ({ at, value: HISTOGRAM, start: 0 }))
    const exemplars = [{ labels: LabelSet.of({ trace_id: 'x' }), value: 3, at: T0 }]
    const all = [
      series('a', [0, 1], [1, 2]),
      { ...series('mixed', [1, 5]), histograms },
      { ...series('b', [0, 3]), exemplars },
    ]
    const response = await write(served.url, await request(all, version), headers)
    expect([response.status, await response.text()]).toEqual([204, ''])
    expect(writtenOf(response)).toBe(written)
    expect(await readAll(db)).toEqual({ a: '0=1 1=2', b: '0=3', mixed: '0=h1 1=5 2=h1' })
    expect(db.exemplars([], 0, Infinity)).toMatchObject([{ exemplars }])
    expect(served.ingestion.stats).toMatchObject({ requests: 1, samples: 4, histograms: 2, exemplars: 1, lost: 0 })
  })

  it.each<[string, TsdbOptions, readonly SeriesToWrite[], number, string, string]>([
    ['order', {}, [series('a', [5, 1], [3, 1]), series('b', [0, 1])], 400, '1 out of order sample', '2 0 0'],
    ['another value', {}, [series('a', [5, 1], [5, 2])], 400, '1 duplicate sample for timestamp', '1 0 0'],
    ['the same value', {}, [series('a', [5, 1], [5, 1])], 204, '', '2 0 0'],
    ['within the window', { outOfOrderMs: 9 }, [series('a', [5, 1], [3, 1])], 204, '', '2 0 0'],
    [
      'no name',
      {},
      [series('', [5, 1]), series('a', [1, 1])],
      400,
      '1 invalid labels (no __name__ in {a="b"})',
      '1 0 0',
    ],
    [
      'too many series',
      { maxSeries: 1 },
      [series('a', [1, 1]), series('b', [1, 1])],
      400,
      'as many series as it may',
      '1 0 0',
    ],
    ['time', {}, [series('a', [1e17, 1])], 400, '1 timestamp out of range', '0 0 0'],
  ])('%s', async (_, store, all, status, message, written) => {
    const { served } = await serve(store)
    const response = await write(served.url, await request(all, '2.0'), { 'content-type': V2 })
    expect([response.status, await response.text(), writtenOf(response)]).toEqual([
      status,
      expect.stringContaining(message),
      written,
    ])
  })

  it.each<[string, Record<string, string>, number, string]>([
    ['a type', { 'content-type': 'text/plain' }, 415, 'expected application/x-protobuf as the first'],
    ['a message', { 'content-type': 'application/x-protobuf;proto=x.Y' }, 415, 'protobuf message x.Y is not accepted'],
    ['an encoding', { 'content-encoding': 'zstd' }, 415, 'zstd encoding (compression) is not accepted'],
    ['no snappy', {}, 400, 'snappy: '],
  ])('%s that is none is refused', async (_, headers, status, message) => {
    const { served } = await serve()
    const response = await write(served.url, Buffer.from('\x05hello'), headers)
    expect([response.status, await response.text()]).toEqual([status, expect.stringContaining(message)])
    expect(served.faults).toEqual([])
  })

  it('a message that breaks off makes no series', async () => {
    const { db, served } = await serve()
    const whole = encodeWriteRequest([series('a', [0, 1]), series('b', [0, 1])], '1.0')
    const response = await write(served.url, await snap(whole.subarray(0, -3)))
    expect([response.status, db.stats.series]).toEqual([400, 0])
  })

  it('knows a series that was forgotten anew', async () => {
    const { db, served } = await serve({ retentionMs: 1000 })
    const body = await request([series('a', [0, 1])], '1.0')
    expect((await write(served.url, body)).status).toBe(204)
    await db.step(T0 + 60_000)
    expect(db.stats.series).toBe(0)
    const later = await request([series('a', [60_000, 2])], '1.0')
    expect((await write(served.url, later)).status).toBe(204)
    expect(await readAll(db)).toEqual({ a: '60000=2' })
  })

  it('takes thousands in pieces, and again from those who know it', async () => {
    const { db, served } = await serve({}, { commitSamples: 100 })
    for (const at of [0, 1, 2]) {
      const all = Array.from({ length: 3000 }, (_, i) => series(`s${i}`, [at, i]))
      for (const version of ['1.0', '2.0'] as const) {
        const headers: Record<string, string> = version === '2.0' ? { 'content-type': V2 } : {}
        expect((await write(served.url, await request(all, version), headers)).status).toBe(204)
      }
    }
    expect(await readAll(db)).toMatchObject({ s0: '0=0 1=0 2=0', s2999: '0=2999 1=2999 2=2999' })
  })

  it.each(['always', 'interval'] as const)('is not acknowledged when the log (%s) could not take it', async (fsync) => {
    const files = new FaultyFiles()
    const db = await openTsdb({ folder: mkdtempSync(path.join(tmpdir(), 'boxman-ingest-')), fsync }, files)
    const served = await serveStore(db)
    undo.push(() => served.close())
    const body = await request([series('a', [0, 1])], '1.0')
    files.room = 0
    const refused = await write(served.url, body)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await refused.text()).toContain('the log could not be written')
    files.room = Infinity
    expect((await write(served.url, body)).status).toBe(204)
    await db.close()
  })
})

describe('OTLP', () => {
  const endpoint = '/api/v1/otlp/v1/metrics'
  const json = Buffer.from(JSON.stringify(GOLDEN_JSON))

  it.each<[string, Uint8Array, Record<string, string>]>([
    ['protobuf', GOLDEN_PROTOBUF, { 'content-type': 'application/x-protobuf' }],
    ['json', json, { 'content-type': 'application/json; charset=utf-8' }],
    ['gzip', gzipSync(GOLDEN_PROTOBUF), { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' }],
  ])('in %s is taken, but for what has no place', async (format, body, headers) => {
    const { db, served } = await serve()
    const response = await write(served.url, body, headers, endpoint)
    const told = Buffer.from(await response.arrayBuffer())
    const why = 'delta: only cumulative temporality has a place in Prometheus'
    const partial = { partialSuccess: { rejectedDataPoints: '2', errorMessage: why } }
    const asJson = format === 'json'
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      asJson ? 'application/json' : 'application/x-protobuf',
    ])
    expect(asJson ? JSON.parse(told.toString()) : told.toString('latin1')).toEqual(
      asJson
        ? partial
        : `\x0a${String.fromCharCode(why.length + 4)}\x08\x02\x12${String.fromCharCode(why.length)}${why}`,
    )
    const names = await db.labelValues('__name__', [], -Infinity, Infinity)
    expect(names).toHaveLength(7)
    expect((await db.metadata()).get('took_seconds')).toEqual({ type: 'histogram', help: 'About took.', unit: 's' })
    expect(served.ingestion.stats).toMatchObject({ samples: 8, histograms: 1, lost: 2 })
  })

  it.each<[string, Uint8Array, Record<string, string>, number]>([
    ['type', json, { 'content-type': 'text/plain' }, 415],
    ['encoding', json, { 'content-type': 'application/json', 'content-encoding': 'br' }, 415],
    ['gzip', json, { 'content-type': 'application/json', 'content-encoding': 'gzip' }, 400],
    ['json', Buffer.from('{'), { 'content-type': 'application/json' }, 400],
    ['protobuf', json, { 'content-type': 'application/x-protobuf' }, 400],
  ])('what is no %s is refused', async (_, body, headers, status) => {
    const { served } = await serve()
    expect((await write(served.url, body, headers, endpoint)).status).toBe(status)
    expect(served.faults).toEqual([])
  })
})

describe('limits', () => {
  it('a body that is too large is refused as soon as it is known, compressed or not', async () => {
    const { served } = await serve({}, { maxBodyBytes: 1000, maxDecodedBytes: 2000 })
    const large = await snap(new Uint8Array(3000))
    expect((await write(served.url, large)).status).toBe(413)
    expect((await write(served.url, new Uint8Array(1001))).status).toBe(413)
    const zipped = gzipSync(new Uint8Array(3000))
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
    expect((await write(served.url, zipped, headers, '/api/v1/otlp/v1/metrics')).status).toBe(413)
    const status = await new Promise((resolve, reject) => {
      const chunked = send(`${served.url}/api/v1/write`, { method: 'POST' }, (response) => resolve(response.statusCode))
      chunked.on('error', reject)
      for (let i = 0; i < 10; i++) chunked.write(Buffer.alloc(200))
      chunked.end()
    })
    expect(status).toBe(413)
  })

  it('requests above maxConcurrent are told to come again', async () => {
    const { served } = await serve({}, { maxConcurrent: 1 })
    const slow = send(`${served.url}/api/v1/write`, { method: 'POST', headers: { 'content-length': '10' } })
    slow.on('error', () => undefined)
    slow.write('x')
    await expect.poll(() => served.ingestion.stats.requests).toBe(1)
    const response = await write(served.url, new Uint8Array(1))
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
    slow.destroy()
    await expect.poll(async () => (await write(served.url, new Uint8Array(1))).status).toBe(204)
    expect(served.ingestion.stats.busy).toBeGreaterThan(0)
    expect(served.faults).toEqual([])
  })

  it('only POST, only at its paths, only what is accepted', async () => {
    const { served } = await serve({}, { accept: ['otlp'] })
    const got = await fetch(`${served.url}/api/v1/otlp/v1/metrics`)
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST'])
    expect((await write(served.url, new Uint8Array(1))).status).toBe(404)
  })

  it.each(['maxBodyBytes', 'maxDecodedBytes', 'maxConcurrent'])('%s must be a number', async (name) => {
    const store = await openTsdb()
    const options = { store, now: () => 0, onFault: () => undefined, [name]: 0.5 }
    expect(() => createIngestion(options)).toThrow(`ingest: ${name} of 0.5`)
  })

  it('any bytes are answered, and the server goes on', async () => {
    const { served } = await serve()
    const whole = encodeWriteRequest(
      [{ ...series('a', [0, 1]), histograms: [{ at: T0, value: HISTOGRAM, start: 0 }] }],
      '2.0',
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        async (edits, inside) => {
          const bytes = inside ? whole.slice() : new Uint8Array(await snap(whole))
          for (const [at, value] of edits) bytes[at % bytes.length] = value
          const response = await write(served.url, inside ? await snap(bytes) : bytes, { 'content-type': V2 })
          expect([204, 400, 413]).toContain(response.status)
        },
      ),
      { numRuns: 100 },
    )
    expect(served.faults).toEqual([])
  })
})
