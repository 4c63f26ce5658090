import { expose, Registry } from 'boxman/metrics'
import { readPage } from 'boxman/wire'
import type { Case, Reading } from '../case.ts'
import { ownCpuNs } from '../measure.ts'
import { installedPrometheus } from '../prometheus.ts'
import { scrape } from './prometheus.ts'

const SAMPLES = 20_000
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 40, 50, 60, 70]
/** A histogram series of 17 bounds is 20 samples. */
const SERIES = SAMPLES / (BOUNDS.length + 3)
const METRICS = 10

const FORMATS = {
  'text 0.0.4': 'text/plain;version=0.0.4',
  'OpenMetrics with _created lines': 'application/openmetrics-text;version=1.0.0',
  protobuf: 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
}

interface Scraped {
  readonly bytes: Uint8Array
  readonly contentType: string
}

async function page(accept: string): Promise<Scraped> {
  const registry = new Registry({ now: () => 1_760_000_000_000 })
  for (let metric = 0; metric < METRICS; metric++) {
    const histogram = registry.histogram({
      name: `http_request_duration_seconds_${metric}`,
      help: 'How long requests take.',
      buckets: BOUNDS,
      labelNames: ['method', 'route', 'status'],
    })
    for (let i = 0; i < SERIES / METRICS; i++) {
      const series = histogram.labels({ method: 'GET', route: `/api/v1/things/${i}`, status: '200' })
      for (let k = 0; k < 100; k++) series.observe(((i * 7919 + k * 104_729) % 90_000) / 1000)
    }
  }
  const { body, contentType } = expose(registry, { accept })
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return { bytes: Buffer.concat(pieces), contentType }
}

/** Every sample's series is looked up by its key, as in a scrape that is not the first; CPU time in ms. */
function ours(accept: string): Reading {
  return () => {
    const scraped = page(accept)
    const known = new Map<string, number>()
    return async () => {
      const { bytes, contentType } = await scraped
      const before = ownCpuNs()
      let samples = 0
      for (const entry of readPage(bytes, contentType)) {
        if (entry.kind !== 'sample') continue
        samples++
        if (!known.has(entry.key)) known.set(entry.key, entry.labels().size)
      }
      const spent = ownCpuNs() - before
      if (samples < SAMPLES) throw new Error(`${samples} samples of ${SAMPLES}`)
      return spent / 1e6
    }
  }
}

function theirs(binary: string, accept: string): Reading {
  return () => {
    const lastScrape = page(accept).then(async ({ bytes, contentType }) => scrape(binary, bytes, contentType))
    return async () => (await lastScrape)()
  }
}

const peer = installedPrometheus()

/** None where no Prometheus is installed. */
export const cases: readonly Case[] =
  peer === undefined
    ? []
    : Object.entries(FORMATS).map(([name, accept]) => ({
        name: `page of 20 000 samples read, ${name}`,
        unit: 'ms',
        peerName: `${peer.name}, its scrape_duration_seconds: fetched, read and stored`,
        ours: ours(accept),
        peer: theirs(peer.binary, accept),
      }))
