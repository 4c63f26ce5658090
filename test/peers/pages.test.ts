import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MESSAGE_CASES } from '../../src/wire/page/message-cases.test.support.ts'
import {
  counter,
  delimited,
  exemplar,
  family,
  label,
  native,
  text,
  time,
} from '../../src/wire/page/message.test.support.ts'
import { OPENMETRICS_CASES } from '../../src/wire/page/openmetrics-cases.test.support.ts'
import {
  bytesOf,
  OPENMETRICS,
  PROTOBUF,
  type Refused,
  samplesOf,
  TEXT,
} from '../../src/wire/page/page-case.test.support.ts'
import { TEXT_CASES } from '../../src/wire/page/text-cases.test.support.ts'
import { type PageSample, readPage } from '../../src/wire/index.ts'
import type { HistogramValue } from '../../src/series/index.ts'
import { needPeer } from '../support/peer.ts'
import { isRecent, Prometheus } from '../support/prometheus.ts'
import { serve, type Served } from '../support/serve.ts'

interface Page {
  readonly path: string
  readonly contentType: string
  readonly body: Uint8Array
  readonly outcome: readonly string[] | Refused
  readonly classicToo: boolean
  readonly otherwiseBecause: string | undefined
}

const ofText = (format: string, contentType: string, cases: typeof TEXT_CASES): Page[] =>
  cases.map(([page, outcome, otherwiseBecause], i) => ({
    path: `/${format}/${i}`,
    contentType,
    body: bytesOf(page),
    outcome,
    classicToo: false,
    otherwiseBecause,
  }))

const PAGES: readonly Page[] = [
  ...ofText('text', TEXT, TEXT_CASES),
  ...ofText('openmetrics', OPENMETRICS, OPENMETRICS_CASES),
  ...MESSAGE_CASES.map(({ page, outcome, classicToo = false, otherwiseBecause }, i) => ({
    path: `/protobuf/${i}`,
    contentType: PROTOBUF,
    body: Uint8Array.from(page),
    outcome,
    classicToo,
    otherwiseBecause,
  })),
]

const NOW = Math.floor(Date.now() / 1000)
const CREATED_TEXT = `# TYPE a counter
a_total{x="1"} 5 # {t="u"} 7 ${NOW}
a_created{x="1"} ${NOW - 60}.5
a_total{x="2"} 6
a_created{x="2"} ${NOW - 30}
# TYPE h histogram
# HELP h B\\nc\\"d\\\\e\\x
h_bucket{le="1"} 3 # {} 0.5
h_bucket{le="+Inf"} 4
h_count 4
h_sum 9
h_created ${NOW - 20}
# TYPE o_s info
# UNIT o_s s
o_s_info 1
# EOF
`
const EXTRAS: readonly { readonly path: string; readonly contentType: string; readonly body: Uint8Array }[] = [
  { path: '/created/openmetrics', contentType: OPENMETRICS, body: Buffer.from(CREATED_TEXT) },
  {
    path: '/created/protobuf',
    contentType: PROTOBUF,
    body: Uint8Array.from([
      ...delimited([
        ...family('a_s', 0, [
          ...label('x', '1'),
          ...counter(5, time(3, NOW - 60, 5e8), exemplar(2, 7, NOW, label('t', 'u'))),
        ]),
        ...text(2, 'B\\nc'),
        ...text(5, 's'),
      ]),
      ...delimited(
        family('n', 4, native(time(15, NOW - 20, 0), exemplar(16, 1.5, NOW, label('t', 'v')), exemplar(16, 1, 0))),
      ),
    ]),
  },
  {
    path: '/created/text',
    contentType: TEXT,
    body: Buffer.from('# HELP a  b\\nc\\"d\\\\e\\x\n# TYPE a untyped\na 1\n# TYPE b gauge\nb 2\n'),
  },
]

interface Target {
  readonly health: string
  readonly lastError: string
  readonly labels: { readonly page: string }
}

interface Stored {
  readonly metric: Readonly<Record<string, string>>
  readonly values?: readonly (readonly [number, string])[]
  readonly histograms?: readonly (readonly [number, StoredHistogram])[]
}

interface StoredHistogram {
  readonly count: string
  readonly sum: string
  readonly buckets?: readonly (readonly [number, string, string, string])[]
}

async function get<T>(prometheus: Prometheus, path: string, query: Readonly<Record<string, string>> = {}): Promise<T> {
  const response = await fetch(`${prometheus.url}/api/v1/${path}?${new URLSearchParams(query).toString()}`)
  const { data } = (await response.json()) as { data: T }
  return data
}

async function targets(prometheus: Prometheus): Promise<readonly Target[]> {
  return (await get<{ activeTargets: readonly Target[] }>(prometheus, 'targets')).activeTargets
}

/** Of one page, but for what a scrape says of itself. */
async function stored(prometheus: Prometheus, page: string): Promise<readonly Stored[]> {
  const query = `{page="${page}",__name__!~"up|scrape_.*"}[10m]`
  const { result } = await get<{ result: readonly Stored[] }>(prometheus, 'query', { query })
  const added = new Set(['job', 'instance', 'page'])
  return result.map(({ metric, ...rest }) => ({
    metric: Object.fromEntries(Object.entries(metric).filter(([name]) => !added.has(name))),
    ...rest,
  }))
}

/** Go and JavaScript word a double differently, and powers of two are not computed alike to the last digit. */
function number(text: string | number): string {
  const value = Number(String(text).replace(/Inf$/, 'Infinity'))
  return value === 0 ? '0' : value.toPrecision(12)
}

const identity = (labels: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))

function shown({ count, sum, buckets = [] }: StoredHistogram): string {
  const each = buckets.map(([, low, high, count]) => [low, high, count].map(number).join(' ')).toSorted()
  return [count, sum].map(number).join(' ') + ' ' + each.join(', ')
}

/** As the API tells of it. */
function asStored({ schema, count, sum, zeroThreshold, zeroCount, ...sides }: HistogramValue): StoredHistogram {
  const bound = (key: number): number => 2 ** (key * 2 ** -schema)
  const buckets: [number, string, string, string][] = []
  if (zeroCount > 0) buckets.push([3, String(-zeroThreshold), String(zeroThreshold), String(zeroCount)])
  for (const sign of [1, -1]) {
    const { spans, counts } = sign === 1 ? sides.positive : sides.negative
    let key = 0
    let at = 0
    for (const { offset, length } of spans) {
      key += offset
      for (let i = 0; i < length; i++, key++) {
        const edges = [sign * bound(key - 1), sign * bound(key)].toSorted((a, b) => a - b).map(String)
        buckets.push([0, edges[0] ?? '', edges[1] ?? '', String(counts[at++])])
      }
    }
  }
  return { count: String(count), sum: String(sum), buckets }
}

/** The first sample of each series is the one that stays. */
function firstOf(samples: readonly PageSample[]): Record<string, string> {
  const first: Record<string, string> = {}
  for (const { labels, value } of samples) {
    first[identity(labels().toObject())] ??= typeof value === 'number' ? number(value) : shown(asStored(value))
  }
  return first
}

function firstStored(series: readonly Stored[]): Record<string, string> {
  return Object.fromEntries(
    series.map(({ metric, values = [], histograms = [] }) => {
      const histogram = histograms[0]?.[1]
      const value = values[0]?.[1] ?? ''
      return [identity(metric), histogram === undefined ? number(value) : shown(histogram)]
    }),
  )
}

describe('peer: Prometheus reads the same pages', () => {
  let served: Served
  beforeAll(async () => {
    const all = new Map([...PAGES, ...EXTRAS].map((page) => [page.path, page]))
    served = await serve((request, response) => {
      const page = all.get(request.url ?? '')
      response.setHeader('content-type', page?.contentType ?? '')
      response.end(page?.body)
    })
  })
  afterAll(() => served.close())

  async function scraped(binary: string, pages: readonly Page[], extras: boolean): Promise<Prometheus> {
    const target = served.url.host
    const own = pages.filter(({ classicToo }) => !classicToo).map(({ path }) => path)
    const classic = pages.filter(({ classicToo }) => classicToo).map(({ path }) => path)
    const prometheus = await Prometheus.start(
      binary,
      {
        own: { target, pages: [...own, ...(extras ? EXTRAS.map(({ path }) => path) : [])] },
        ...(classic.length === 0 ? {} : { classic: { target, pages: classic, alsoClassic: true } }),
      },
      ['--enable-feature=exemplar-storage', ...(extras ? ['--enable-feature=created-timestamp-zero-ingestion'] : [])],
    )
    const wanted = String(own.length + classic.length + (extras ? EXTRAS.length : 0))
    await expect.poll(async () => (await prometheus.query('count(up)'))[0]?.value[1], { timeout: 30_000 }).toBe(wanted)
    return prometheus
  }

  const peer = (skip: (reason: string) => never): string => {
    const binary = needPeer('prometheus', skip)
    // What the readers follow came with 3.0: names of any characters, bounds that are spelled in one way.
    return isRecent(binary, 3, 0) ? binary : skip('this Prometheus is older than 3.0')
  }

  it('refuses what we refuse, in the same words, and stores what we read', async ({ skip }) => {
    const prometheus = await scraped(peer(skip), PAGES, false)
    try {
      const found = new Map((await targets(prometheus)).map((target) => [target.labels.page, target]))
      const agreed = PAGES.filter(({ otherwiseBecause }) => otherwiseBecause === undefined)
      expect(agreed.length).toBeGreaterThan(330)
      for (const { path, contentType, body, outcome, classicToo } of agreed) {
        const { health = '', lastError = '' } = found.get(path) ?? {}
        const ours = 'refused' in outcome ? outcome.refused : ''
        // Bytes that are no text come as other such bytes, and blanks at its end not at all.
        expect([health, lastError.trim()], path).toEqual([ours === '' ? 'up' : 'down', ours.trim()])
        const samples = ours === '' ? samplesOf(body, contentType, { classicHistograms: classicToo }) : []
        // The pages' own times are long past.
        if (samples.some(({ at }) => at !== undefined)) continue
        expect(firstStored(await stored(prometheus, path)), path).toEqual(firstOf(samples))
      }
      for (const { path, outcome, contentType, body, classicToo, otherwiseBecause } of PAGES) {
        if (otherwiseBecause === undefined) continue
        const { health = '', lastError = '' } = found.get(path) ?? {}
        const theirs = health === 'down' ? lastError : 'taken'
        if (theirs !== ('refused' in outcome ? outcome.refused : 'taken')) continue
        const samples = samplesOf(body, contentType, { classicHistograms: classicToo })
        // What is said to differ does.
        expect(firstStored(await stored(prometheus, path)), `${path}: ${otherwiseBecause}`).not.toEqual(
          firstOf(samples),
        )
      }
    } finally {
      await prometheus.stop()
    }
  }, 120_000)

  it('knows the same starts, exemplars and metadata', async ({ skip }) => {
    const prometheus = await scraped(peer(skip), [], true)
    try {
      for (const { path, contentType, body } of EXTRAS) {
        const entries = [...readPage(body, contentType, { createdLines: false })]
        const samples = entries.filter((entry) => entry.kind === 'sample')
        const series = await stored(prometheus, path)
        const started = series.flatMap(({ metric, values = [], histograms = [] }) => {
          const [first] = [
            ...values.map(([at, value]) => [at, value] as const),
            ...histograms.map(([at, { count }]) => [at, count] as const),
          ].toSorted(([a], [b]) => a - b)
          return first?.[1] === '0' ? [[identity(metric), first[0] * 1000]] : []
        })
        const ours = samples.filter(({ startTime }) => startTime > 0)
        const byKey = (a: readonly unknown[], b: readonly unknown[]): number => (String(a) < String(b) ? -1 : 1)
        expect(started.toSorted(byKey), path).toEqual(
          ours.map(({ labels, startTime }) => [identity(labels().toObject()), startTime]).toSorted(byKey),
        )

        const range = { start: String(NOW - 600), end: String(NOW + 600), query: `{page="${path}"}` }
        const told = await get<
          readonly { exemplars: readonly { labels: object; value: string; timestamp: number }[] }[]
        >(prometheus, 'query_exemplars', range)
        const timed = samples.flatMap(({ exemplars }) => exemplars.filter(({ at }) => at !== undefined))
        expect(
          told.flatMap(({ exemplars }) => exemplars.filter(({ labels }) => Object.keys(labels).length > 0)),
          path,
        ).toEqual(
          timed.map(({ labels, value, at }) => ({
            labels: labels.toObject(),
            value: String(value),
            timestamp: (at ?? 0) / 1000,
          })),
        )

        const metadata = await get<readonly { metric: string; type: string; help: string; unit: string }[]>(
          prometheus,
          'targets/metadata',
          { match_target: `{page="${path}"}` },
        )
        const known: Record<string, { type: string; help: string; unit: string }> = {}
        for (const { metric, type, help, unit } of metadata) known[metric] = { type, help, unit }
        const read: typeof known = {}
        for (const entry of entries) {
          if (entry.kind !== 'metadata') continue
          const { type, help, unit } = entry
          const before = read[entry.name] ?? { type: 'unknown', help: '', unit: '' }
          read[entry.name] = { type: type ?? before.type, help: help ?? before.help, unit: unit ?? before.unit }
        }
        expect(known, path).toEqual(read)
      }
    } finally {
      await prometheus.stop()
    }
  }, 60_000)
})
