import type { RequestListener } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { expose, Registry } from '../../../metrics/index.ts'
import { type ScrapedServer, scrapedServer } from '../../../../test/support/scraped-server.ts'

const T = 1_700_000_000_000
const TEXT = 'text/plain; version=0.0.4; charset=utf-8'
const OPENMETRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8'

let open: ScrapedServer | undefined
afterEach(() => {
  open?.close()
  open = undefined
})

async function scraped(lines: string, handle: RequestListener): Promise<ScrapedServer> {
  return (open = await scrapedServer(lines, handle))
}

/** Serves the pages one after the other, the last one again and again; a number is an answer's status. */
function pages(all: readonly (string | number)[], type = TEXT): RequestListener {
  let next = 0
  return (_request, response) => {
    const page = all[Math.min(next++, all.length - 1)] ?? ''
    if (typeof page === 'number') response.writeHead(page).end('no')
    else response.writeHead(200, { 'content-type': type }).end(page)
  }
}

async function scrapeAt(server: ScrapedServer, ...times: readonly number[]): Promise<void> {
  for (const at of times) await server.scraper.scrape(at)
}

const GOOD = { up: 1, scrape_samples_scraped: 2, scrape_samples_post_metric_relabeling: 2, scrape_series_added: 2 }
const NOTHING = { up: 0, scrape_samples_scraped: 0, scrape_samples_post_metric_relabeling: 0, scrape_series_added: 0 }

describe('a scrape', () => {
  it('asks as a Prometheus does, and stores the page beside what it has to say about it', async () => {
    let asked: Record<string, unknown> = {}
    const server = await scraped(
      'scrape_timeout: 5s\nmetrics_path: /m\nparams: {b: [x y], a: ["1", "2"]}',
      (request, response) => {
        asked = { ...request.headers, url: request.url }
        pages(['# TYPE a counter\n# HELP a An a.\na 1\nb{c="d"} 2\n'])(request, response)
      },
    )
    await scrapeAt(server, T)
    expect(await server.page()).toEqual({ a: [[T, 1]], 'b{c="d"}': [[T, 2]] })
    expect(await server.report()).toEqual(GOOD)
    expect(await server.store.metadata()).toEqual(new Map([['a', { type: 'counter', help: 'An a.', unit: '' }]]))
    expect(asked).toMatchObject({
      url: '/m?a=1&a=2&b=x+y',
      accept:
        'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
      'accept-encoding': 'gzip',
      'user-agent': 'boxman/test',
      'x-prometheus-scrape-timeout-seconds': '5',
    })
    const { health, lastError, lastScrape, scrapeUrl } = server.scraper.status
    expect({ health, lastError, lastScrape, scrapeUrl }).toEqual({
      health: 'up',
      lastError: '',
      lastScrape: T,
      scrapeUrl: `http://${server.host}/m?a=1&a=2&b=x+y`,
    })
  })

  it('marks the end of series that a page no longer has, and of all when it fails', async () => {
    const server = await scraped('', pages(['a 1\nb 2\n', 'a 3\n', 'a 4\nb 5\n', 500, 'a 6\n']))
    await scrapeAt(server, T, T + 1, T + 2, T + 3, T + 4)
    expect(await server.page()).toEqual({
      a: [
        [T, 1],
        [T + 1, 3],
        [T + 2, 4],
        [T + 3, 'stale'],
        [T + 4, 6],
      ],
      b: [
        [T, 2],
        [T + 1, 'stale'],
        [T + 2, 5],
        [T + 3, 'stale'],
      ],
    })
    server.scraper.end(T + 5)
    expect((await server.page())['a']?.at(-1)).toEqual([T + 5, 'stale'])
    expect(Object.values(await server.report())).toEqual(['stale', 'stale', 'stale', 'stale'])
  })

  it.each([
    ['a status', '', pages([503]), 'server returned HTTP status 503 Service Unavailable', 0],
    ['no page', '', pages(['a 1\nb{\n']), 'expected label name', 1],
    [
      'a page of nobody knows what',
      '',
      pages(['a 1\n'], 'text/html'),
      'received unsupported Content-Type "text/html"',
      0,
    ],
    [
      'no redirect',
      'follow_redirects: false',
      (_q, r) => r.writeHead(302, { location: '/x' }).end(),
      'HTTP status 302 Found',
      0,
    ],
    [
      'redirects without end',
      '',
      (_q, r) => r.writeHead(302, { location: '/x' }).end(),
      'stopped after 10 redirects',
      0,
    ],
    ['a hung server', 'scrape_timeout: 50ms', () => undefined, 'context deadline exceeded', 0],
    [
      'a page without end',
      'scrape_timeout: 50ms',
      (_q, r) => r.writeHead(200).write('a 1\n'),
      'context deadline exceeded',
      0,
    ],
    ['a cut connection', '', (q) => q.socket.destroy(), ': EOF', 0],
    ['a cut page', '', (_q, r) => r.writeHead(200, { 'content-length': 9 }).write('a', () => r.destroy()), ': EOF', 0],
    [
      'bad gzip',
      '',
      (_q, r) => r.writeHead(200, { 'content-encoding': 'gzip' }).end('a 1\n'),
      'gzip: incorrect header',
      0,
    ],
    ['a body too big', 'body_size_limit: 8B', pages(['a 1\nb 2\n']), 'body size limit exceeded', 0],
    [
      'a packed body too big',
      'body_size_limit: 1KB',
      (_q, r) => r.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('a 1\n'.repeat(500))),
      'body size limit exceeded',
      0,
    ],
    ['too many samples', 'sample_limit: 1', pages(['a 1\nb 2\n']), 'sample limit exceeded', 2],
    [
      'too many labels',
      'label_limit: 3',
      pages(['a{b="c"} 1\n']),
      'label_limit exceeded (metric: a, number of labels: 4, limit: 3)',
      1,
    ],
    [
      'too long a name',
      'label_name_length_limit: 9',
      pages(['a{bbbbbbbbbb="c"} 1\n']),
      'label_name_length_limit exceeded (metric: a, label name: bbbbbbbbbb, length: 10, limit: 9)',
      1,
    ],
    [
      'too long a value',
      'label_value_length_limit: 20',
      pages(['a{b="ccccccccccccccccccccc"} 1\n']),
      'label_value_length_limit exceeded (metric: a, label name: b, value: "ccccccccccccccccccccc", length: 21, limit: 20)',
      1,
    ],
    [
      'a name that the rules took',
      'metric_relabel_configs: [{regex: __name__, action: labeldrop}]',
      pages(['a 1\n']),
      'missing metric name (__name__ label)',
      1,
    ],
    [
      'a name that is not allowed',
      'metric_name_validation_scheme: legacy',
      pages(['{"a.b"} 1\n'], 'text/plain; version=1.0.0; escaping=allow-utf-8'),
      'invalid metric name or label names: {"a.b"',
      1,
    ],
    [
      'a password that is not there',
      'basic_auth: {username: a, password_file: /nope}',
      pages(['a 1\n']),
      'unable to read file /nope',
      0,
    ],
  ] as const satisfies readonly (readonly [string, string, RequestListener, string, number])[])(
    'of %s fails',
    async (_what, lines, handle, message, samples) => {
      const server = await scraped(lines, handle)
      await scrapeAt(server, T)
      expect(server.scraper.status).toMatchObject({
        health: 'down',
        lastError: expect.stringContaining(message) as string,
      })
      expect(await server.page()).toEqual({})
      expect(await server.report()).toMatchObject({ up: 0, scrape_samples_scraped: samples })
    },
  )

  it('of nobody fails', async () => {
    const server = await scraped('', pages(['a 1\n']))
    server.close()
    await scrapeAt(server, T)
    expect(server.scraper.status.lastError).toBe(
      `Get "http://${server.host}/metrics": dial tcp ${server.host}: connect: connection refused`,
    )
    expect(await server.report()).toEqual(NOTHING)
  })

  it('fails when it is barred, without asking', async () => {
    const server = await scraped('', () => expect.fail('asked'))
    server.scraper.barred = 'target_limit exceeded'
    await scrapeAt(server, T)
    expect(server.scraper.status).toMatchObject({ health: 'down', lastError: 'target_limit exceeded' })
    expect(await server.report()).toEqual(NOTHING)
  })

  it.each([
    ['', { 'a{exported_instance="x", exported_job="y"}': [[T, 1]] }],
    ['honor_labels: true', { 'a{instance="x", job="y"}': [[T, 1]] }],
  ])('%j: whose labels count', async (lines, wanted) => {
    const server = await scraped(lines, pages(['a{instance="x",job="y"} 1\n']))
    await scrapeAt(server, T)
    expect(await server.page()).toEqual(wanted)
  })

  it('leaves the label out that the page states as empty, with honor_labels', async () => {
    const server = await scraped('honor_labels: true', pages(['a{instance="",x="instance=\\"\\""} 1\n']))
    await scrapeAt(server, T)
    const [name] = (await server.store.select([], T, T))
      .map(({ labels }) => labels.toObject())
      .filter(({ x }) => x !== undefined)
    expect(name).toEqual({ __name__: 'a', job: 'j', x: 'instance=""' })
  })

  it('gives the label that is in the way yet another name', async () => {
    const server = await scraped('', pages(['a{job="x",exported_job="y"} 1\n']))
    await scrapeAt(server, T)
    expect(await server.page()).toEqual({ 'a{exported_exported_job="x", exported_job="y"}': [[T, 1]] })
  })

  it('relabels, drops, and counts what is left', async () => {
    const rules = [
      '{source_labels: [__name__], regex: go_.*, action: drop}',
      '{source_labels: [path], regex: "/(\\\\w+)/.*", target_label: path, replacement: /$1}',
    ]
    const server = await scraped(
      `metric_relabel_configs: [${rules.join(', ')}]`,
      pages(['go_x 1\nr{path="/a/1"} 1\nr{path="/b/1"} 2\nr{path="/b/2"} 3\n']),
    )
    await scrapeAt(server, T, T + 1)
    expect(await server.page()).toEqual({
      'r{path="/a"}': [
        [T, 1],
        [T + 1, 1],
      ],
      'r{path="/b"}': [
        [T, 2],
        [T + 1, 2],
      ],
    })
    expect(server.stats.duplicates).toBe(2)
    expect(await server.report()).toMatchObject({ scrape_samples_scraped: 4, scrape_samples_post_metric_relabeling: 3 })
  })

  it.each([
    [
      '',
      {
        a: [[T - 500, 1]],
        b: [
          [T, 2],
          [T + 1, 'stale'],
        ],
      },
    ],
    [
      'track_timestamps_staleness: true',
      {
        a: [
          [T - 500, 1],
          [T + 1, 'stale'],
        ],
        b: [
          [T, 2],
          [T + 1, 'stale'],
        ],
      },
    ],
    [
      'honor_timestamps: false',
      {
        a: [
          [T, 1],
          [T + 1, 'stale'],
        ],
        b: [
          [T, 2],
          [T + 1, 'stale'],
        ],
      },
    ],
  ])('%j: times that the page states', async (lines, wanted) => {
    const server = await scraped(lines, pages([`a 1 ${T - 500}\nb 2\n`, '']))
    await scrapeAt(server, T, T + 1)
    expect(await server.page()).toEqual(wanted)
  })

  it('keeps exemplars and start times', async () => {
    const page = '# TYPE a counter\na_total 5 # {trace_id="t"} 1 1700000000.5\na_created 1600000000\n# EOF\n'
    const server = await scraped('', pages([page], OPENMETRICS))
    await scrapeAt(server, T + 1000)
    expect(server.store.exemplars([], 0, 2 * T)).toMatchObject([{ exemplars: [{ value: 1, at: T + 500 }] }])
    const all = await server.store.select([], T, 2 * T)
    const starts = all.map(({ labels, columns }) => [labels.get('__name__'), columns().startTimes?.[0]] as const)
    expect(starts).toContainEqual(['a_total', 1_600_000_000_000])
  })

  it.each([
    ['', {}, 1],
    ['scrape_native_histograms: true', { both: 'histogram of 3', alone: 'histogram of 3' }, 0],
    ['scrape_protocols: [PrometheusProto]', { both: 'histogram of 3', alone: 'histogram of 3' }, 0],
    [
      'scrape_native_histograms: true\nalways_scrape_classic_histograms: true',
      { both: 'histogram of 3', alone: 'histogram of 3' },
      1,
    ],
    ['scrape_native_histograms: false\nscrape_protocols: [PrometheusProto]', {}, 1],
  ])('%j: native histograms', async (lines, wanted, classic) => {
    const registry = new Registry({ now: () => T })
    const both = registry.histogram({ name: 'both', help: 'Both.', buckets: [1], native: { schema: 3 } })
    const alone = registry.histogram({ name: 'alone', help: 'Native.', native: { schema: 3 } })
    for (const value of [0.1, 1, 10]) both.observe(value)
    for (const value of [0.1, 1, 10]) alone.observe(value)
    let isThere = true
    const server = await scraped(lines, (request, response) => {
      const { contentType, body } = expose(isThere ? registry : new Registry(), { accept: request.headers.accept })
      response.writeHead(200, { 'content-type': contentType })
      void pipeline(Readable.from(body, { objectMode: false }), response)
    })
    await scrapeAt(server, T)
    isThere = false
    await scrapeAt(server, T + 1)
    const page = await server.page()
    const histograms = Object.entries(page).filter(([, [first]]) => typeof first?.[1] === 'string')
    expect(Object.fromEntries(histograms.map(([name, [first]]) => [name, first?.[1]]))).toEqual(wanted)
    expect(Object.values(page).every((samples) => samples.at(-1)?.[1] === 'stale')).toBe(true)
    expect(Object.keys(page).filter((name) => name.startsWith('both_bucket'))).toHaveLength(2 * classic)
  })

  it('unpacks what is packed', async () => {
    const server = await scraped('', (_request, response) => {
      response.writeHead(200, { 'content-type': TEXT, 'content-encoding': 'gzip' }).end(gzipSync('a 1\nb 2\n'))
    })
    await scrapeAt(server, T)
    expect(await server.report()).toEqual(GOOD)
  })

  it.each([
    ['basic_auth: {username: u, password: p}', `Basic ${Buffer.from('u:p').toString('base64')}`],
    ['authorization: {credentials: c}', 'Bearer c'],
    ['authorization: {type: Token, credentials: c}', 'Token c'],
    ['bearer_token: c', 'Bearer c'],
    ['http_headers: {X-Tenant: {values: [a, b], secrets: [c]}}', 'a, b, c'],
  ])('%s', async (lines, wanted) => {
    const server = await scraped(lines, (request, response) => {
      const { authorization = request.headers['x-tenant'] } = request.headers
      response.writeHead(authorization === wanted ? 200 : 401, { 'content-type': TEXT }).end('a 1\nb 2\n')
    })
    await scrapeAt(server, T)
    expect(await server.report()).toEqual(GOOD)
  })

  it('tells no other host what is for the target', async () => {
    const seen: (string | undefined)[] = []
    const other = await scrapedServer('', (request, response) => {
      seen.push(request.headers.authorization)
      pages(['a 1\nb 2\n'])(request, response)
    })
    const server = await scraped('bearer_token: c', (request, response) => {
      seen.push(request.headers.authorization)
      response.writeHead(302, { location: `http://${other.host}/` }).end()
    })
    await scrapeAt(server, T)
    other.close()
    expect(seen).toEqual(['Bearer c', undefined])
    expect(await server.report()).toEqual(GOOD)
  })

  it('takes a page that does not say what it is for what it is told', async () => {
    const server = await scraped('fallback_scrape_protocol: PrometheusText0.0.4', pages(['a 1\nb 2\n'], 'nobody/knows'))
    await scrapeAt(server, T)
    expect(await server.report()).toEqual(GOOD)
  })

  it('of many series lets others have their turn', async () => {
    const page = Array.from({ length: 50_000 }, (_, i) => `a{i="${i}"} ${i}\n`).join('')
    const server = await scraped('', pages([page]))
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    await scrapeAt(server, T)
    clearInterval(timer)
    expect(await server.report()).toMatchObject({ up: 1, scrape_series_added: 50_000 })
    expect(turns).toBeGreaterThan(5)
  })
})
