import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { type ExposeOptions, expose, Registry } from '../../src/metrics/index.ts'
import { CUSTOM_BOUNDS_SCHEMA, type HistogramValue, LabelSet } from '../../src/series/index.ts'
import { openTsdb } from '../../src/tsdb/index.ts'
import { RemoteWriteSender } from '../../src/wire/index.ts'
import { needPeer } from '../support/peer.ts'
import { portOf } from '../support/port-of.ts'
import { type RemotePrometheus, samplesOf, startPrometheus } from '../support/remote-prometheus.ts'
import { serveStore } from '../support/serve-store.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const each of undo.splice(0).toReversed()) await each()
})

async function start(binary: string, config: unknown, flags: readonly string[] = []): Promise<RemotePrometheus> {
  const server = await startPrometheus(binary, config, flags)
  undo.push(() => server.stop())
  return server
}

/** A page with every kind of series, that changes with each scrape. */
async function servePage(): Promise<{ target: string; end: () => void; scrapes: () => number }> {
  const registry = new Registry({ now: Date.now })
  const bets = registry.counter({ name: 'bets_total', help: 'Bets.', labelNames: ['table'] })
  const open = registry.gauge({ name: 'tables_open', help: 'Tables.' })
  const took = registry.histogram({ name: 'took_seconds', help: 'Time.', native: {}, buckets: [0.1, 1, 10] })
  let ended = false
  let n = 0
  const server = createServer((request, response) => {
    n++
    bets.inc({ table: `T${n % 3}` }, n)
    if (ended) registry.remove('tables_open')
    else open.set(n % 2 === 0 ? -0.1 * n : Infinity)
    took.observe(0.01 * n ** 2)
    const wanted: ExposeOptions = { accept: request.headers.accept }
    const { contentType, body } = expose(registry, wanted)
    response.setHeader('content-type', contentType)
    void (async () => {
      for await (const piece of body) response.write(piece)
      response.end()
    })()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  undo.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return {
    target: `127.0.0.1:${portOf(server)}`,
    end: () => {
      ended = true
    },
    scrapes: () => n,
  }
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 30_000; !(await isSo()); await sleep(50)) {
    if (Date.now() > end) throw new Error(`in vain: ${what}`)
  }
}

describe('Prometheus writes to us', () => {
  it.for(['prometheus.WriteRequest', 'io.prometheus.write.v2.Request'])(
    '%s: every sample arrives',
    async (proto, { skip }) => {
      const binary = needPeer('prometheus', skip)
      const page = await servePage()
      const db = await openTsdb()
      undo.push(() => db.close())
      const ours = await serveStore(db)
      undo.push(() => ours.close())
      const job = {
        job_name: 'page',
        static_configs: [{ targets: [page.target] }],
        always_scrape_classic_histograms: true,
      }
      const theirs = await start(binary, {
        global: { scrape_interval: '500ms', scrape_timeout: '500ms' },
        scrape_configs: [job],
        remote_write: [
          {
            url: `${ours.url}/api/v1/write`,
            protobuf_message: proto,
            send_native_histograms: true,
            send_exemplars: true,
            metadata_config: { send: true, send_interval: '1s' },
            queue_config: { batch_send_deadline: '200ms', max_shards: 1 },
          },
        ],
      })
      await until('scrapes', () => page.scrapes() > 6)
      page.end()
      await until('more scrapes', () => page.scrapes() > 12)
      const end = Date.now() - 500
      await sleep(1500)
      const everything = '{__name__=~".+"}[1h]'
      const [want, got] = [await samplesOf(theirs.url, everything, end), await samplesOf(ours.url, everything, end)]
      expect(got).toEqual(want)
      expect(Object.keys(want).length).toBeGreaterThan(10)
      const lines = Object.entries(got).map(([labels, samples]) => `${labels} ${samples}`)
      expect(lines.filter((each) => each.includes('"took_seconds"') && each.includes('buckets')).length).toBe(1)
      // A stale marker came over.
      expect(await samplesOf(ours.url, 'tables_open', end)).toEqual({})
      expect(Object.keys(await samplesOf(ours.url, 'tables_open[1h]', end))).toHaveLength(1)
      const about = (await db.metadata()).get('bets_total')
      expect(about).toEqual({ type: 'counter', help: 'Bets.', unit: '' })
      expect(ours.ingestion.stats).toMatchObject({ lost: 0, refused: 0 })
      expect(ours.faults).toEqual([])
    },
  )
})

describe('we write to Prometheus', () => {
  it.for(['1.0', '2.0'] as const)('%s: every sample arrives', async (version, { skip }) => {
    const theirs = await start(needPeer('prometheus', skip), {}, ['--web.enable-remote-write-receiver'])
    const db = await openTsdb()
    undo.push(() => db.close())
    const ours = await serveStore(db)
    undo.push(() => ours.close())
    const source = db
    const sender = new RemoteWriteSender({ url: `${theirs.url}/api/v1/write`, source, now: Date.now, version })
    sender.start()
    const t0 = Math.floor(Date.now() / 1000) * 1000 - 60_000
    db.setMetadata('bets_total', { type: 'counter', help: 'Bets.', unit: '' })
    const refOf = (labels: Record<string, string>): number => db.series(LabelSet.of(labels)) ?? 0
    const refs = Array.from({ length: 3000 }, (_, i) => refOf({ __name__: 'bets_total', table: `T${i} é "\n` }))
    const [gone, native, custom] = ['gone', 'native', 'custom'].map((name) => refOf({ __name__: name }))
    if (gone === undefined || native === undefined || custom === undefined) throw new Error('no series')
    for (let n = 0; n < 10; n++) {
      const batch = db.batch()
      const at = t0 + n * 1000
      refs.forEach((ref, i) => batch.add(ref, at, i % 5 === 0 ? 1 / (n + 0.5) : n * i, t0 - 1000))
      if (n < 5) batch.add(gone, at, [0, -0, Infinity, Number.NaN, 5e-324][n] ?? 1)
      else if (n === 5) batch.addStale(gone, at)
      batch.addHistogram(native, at, histogram(n))
      batch.addHistogram(custom, at, { ...histogram(0), ...CUSTOM })
      batch.addExemplar(refs[0] ?? 0, { labels: LabelSet.of({ trace_id: `t${n}` }), value: n, at })
      expect(batch.commit().refused).toEqual({})
    }
    await sender.stop(20_000)
    const everything = version === '1.0' ? '{__name__=~"bets_total|gone|native"}[1h]' : '{__name__=~".+"}[1h]'
    const end = t0 + 20_000
    const [want, got] = [await samplesOf(ours.url, everything, end), await samplesOf(theirs.url, everything, end)]
    expect(got).toEqual(want)
    expect(Object.keys(want)).toHaveLength(version === '1.0' ? 3002 : 3003)
    const exemplars = await fetch(
      `${theirs.url}/api/v1/query_exemplars?query=bets_total&start=${t0 / 1000}&end=${end / 1000}`,
    )
    expect(JSON.stringify(await exemplars.json())).toContain('"t9"')
    expect(await samplesOf(theirs.url, 'gone', end)).toEqual({})
    expect(sender.stats).toMatchObject({
      version,
      samples: 30_006,
      histograms: version === '1.0' ? 10 : 20,
      exemplars: 10,
      unsendable: version === '1.0' ? 10 : 0,
      rejected: 0,
      failures: 0,
      lastError: undefined,
    })
  })
})

const CUSTOM = {
  schema: CUSTOM_BOUNDS_SCHEMA,
  customBounds: [1, 2.5],
  zeroThreshold: 0,
  zeroCount: 0,
  count: 6,
  positive: { spans: [{ offset: 0, length: 3 }], counts: [1, 2, 3] },
  negative: { spans: [], counts: [] },
}

function histogram(n: number): HistogramValue {
  const counts = [n + 1, 2 * n, n]
  return {
    schema: 2,
    count: 5 * n + 3,
    sum: n * 1.5,
    zeroThreshold: 0.001,
    zeroCount: 1,
    positive: {
      spans: [
        { offset: -2, length: 2 },
        { offset: 3, length: 1 },
      ],
      counts,
    },
    negative: { spans: [{ offset: 0, length: 1 }], counts: [n + 1] },
    customBounds: [],
    counterReset: 'unknown',
  }
}
