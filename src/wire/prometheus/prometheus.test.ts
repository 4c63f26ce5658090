import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { type HistogramValue, isStale, LabelSet, Matcher, setStale } from '../../series/index.ts'
import {
  ask,
  decodeReadRequest,
  encodeReadRequest,
  encodeReadResponse,
  encodeWriteRequest,
  PrometheusServer,
  RemoteQueryable,
  ServerError,
  type ServerOptions,
  snap,
  unsnap,
} from '../index.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

interface Asked {
  readonly method: string | undefined
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

type Handle = (asked: Asked, response: ServerResponse) => unknown

async function server(handle: Handle, options: Partial<ServerOptions> = {}): Promise<PrometheusServer> {
  const http = createServer((request, response) => {
    void buffer(request).then((body) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
      void handle(
        { method: request.method, path: pathname, query: searchParams, headers: request.headers, body },
        response,
      )
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    http.close()
    http.closeAllConnections()
  })
  const address = http.address()
  if (typeof address !== 'object' || address === null) throw new Error('BUG: no port')
  return new PrometheusServer({ url: `http://127.0.0.1:${address.port}/prefix/`, ...options })
}

function json(body: unknown, status = 200): Handle {
  return (_asked, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
}

const success = (data: unknown): unknown => ({ status: 'success', data })
const UP = [new Matcher('__name__', '=', 'up')]

const HISTOGRAM: HistogramValue = {
  schema: 2,
  count: 6,
  sum: 12.5,
  zeroThreshold: 0.001,
  zeroCount: 1,
  positive: { spans: [{ offset: 1, length: 2 }], counts: [2, 3] },
  negative: { spans: [], counts: [] },
  customBounds: [],
  counterReset: 'not-reset',
}

describe('questions', () => {
  it.each([
    ['scalar', [12.5, '3'], { type: 'scalar', at: 12_500, value: '3' }],
    ['string', [12, 'dice'], { type: 'string', at: 12_000, value: 'dice' }],
    [
      'vector',
      [
        { metric: { a: '1' }, value: [1, '+Inf'] },
        { metric: {}, histogram: [2, { count: '6', sum: '12.5', buckets: [] }] },
      ],
      {
        type: 'vector',
        samples: [
          { labels: LabelSet.of({ a: '1' }), at: 1000, value: '+Inf' },
          { labels: LabelSet.EMPTY, at: 2000, value: '{count:6, sum:12.5}' },
        ],
      },
    ],
    [
      'matrix',
      [{ metric: { a: '1' }, values: [[1.001, '0.5']], histograms: [[0.5, { count: '1', sum: '2' }]] }],
      {
        type: 'matrix',
        series: [
          {
            labels: LabelSet.of({ a: '1' }),
            points: [
              { at: 500, value: '{count:1, sum:2}' },
              { at: 1001, value: '0.5' },
            ],
          },
        ],
      },
    ],
  ])('a %s is read', async (resultType, result, wanted) => {
    const one = await server(json({ ...Object(success({ resultType, result })), warnings: ['w'], infos: ['i'] }))
    expect(await ask(one, 'x')).toEqual({ ...wanted, warnings: ['w'], infos: ['i'] })
  })

  it('goes as a form below the address, with its headers; a range goes to query_range', async () => {
    const asked: Asked[] = []
    const one = await server(
      (each, response) => {
        asked.push(each)
        response.end(JSON.stringify(success({ resultType: 'matrix', result: [] })))
      },
      { headers: { 'x-scope-orgid': 'casino' } },
    )
    await ask(one, 'a + b', { start: '1', end: '2', step: '5s' })
    expect(
      asked.flatMap(({ method, path, headers, body }) => [method, path, headers['x-scope-orgid'], String(body)]),
    ).toEqual(['POST', '/prefix/api/v1/query_range', 'casino', 'query=a+%2B+b&start=1&end=2&step=5s'])
  })

  it('a name and password in the address become a header', async () => {
    const one = await server((asked, response) => {
      response.end(JSON.stringify(success({ resultType: 'string', result: [0, asked.headers.authorization] })))
    })
    const url = one.url.replace('http://', 'http://bank%40home:dice@')
    const named = new PrometheusServer({ url })
    expect(named.url).toBe(one.url)
    expect(await ask(named, 'x')).toMatchObject({ value: `Basic ${btoa('bank@home:dice')}` })
  })

  it.each([
    [json({ status: 'error', errorType: 'bad_data', error: 'parse error' }, 400), 'bad_data', /^parse error$/],
    [json({ status: 'error', errorType: 'timeout', error: 'too long' }, 503), 'timeout', /^too long$/],
    [json({ status: 'error', errorType: '422', error: 'of another make' }, 422), 'internal', /^of another make$/],
    [json('<html>', 502), 'unavailable', /answered 502 Bad Gateway/],
    [json({ status: 'success', data: { result: 7 } }), 'unavailable', /answered 7 where a list was expected/],
    [json({ status: 'success' }), 'unavailable', /answered nothing where an object was expected/],
    [
      (_: Asked, response: ServerResponse): unknown => response.destroy(),
      'unavailable',
      /other side closed|socket hang up/,
    ],
    [
      (_: Asked, response: ServerResponse): unknown => response.end('x'.repeat(2000)),
      'unavailable',
      /longer than 1000 bytes/,
    ],
    [() => undefined, 'timeout', /no answer within 300 ms/],
  ] as const)('what goes wrong is told, case %#', async (handle, kind, message) => {
    const one = await server(handle, { timeoutMs: 300, maxBytes: 1000 })
    const error = await ask(one, 'x').catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(ServerError)
    expect(error).toMatchObject({ kind, message: expect.stringMatching(message) as unknown })
  })

  it('who gives up is told so', async () => {
    const controller = new AbortController()
    const one = await server(() => controller.abort())
    await expect(ask(one, 'x', {}, controller.signal)).rejects.toMatchObject({ kind: 'canceled' })
  })

  it.each(['', '127.0.0.1:9090', 'ftp://x', 'http//x'])('%j is no address', (url) => {
    expect(() => new PrometheusServer({ url })).toThrow(RangeError)
  })
})

describe('remote read', () => {
  const operator = fc.constantFrom('=', '!=', '=~', '!~')
  const text = fc.string({ unit: 'grapheme', maxLength: 20 }).map((given) => given.replace(/[^\p{L}\p{N}]/gu, ''))
  const matcher = fc.tuple(text, operator, text).map(([name, op, value]) => new Matcher(name, op, value))
  const time = fc.integer({ min: -8e14, max: 8e14 })
  const query = fc.record({ matchers: fc.array(matcher, { maxLength: 4 }), from: time, to: time })

  it('a request that is written reads back', () => {
    fc.assert(
      fc.property(fc.array(query, { maxLength: 3 }), (queries) => {
        const shown = (all: typeof queries): unknown =>
          all.map(({ matchers, ...times }) => ({ ...times, on: matchers.map(String) }))
        expect(shown([...decodeReadRequest(encodeReadRequest(queries))] as typeof queries)).toEqual(shown(queries))
      }),
    )
  })

  it('selects with stale markers and histograms', async () => {
    const values = Float64Array.of(1, NaN, 0)
    setStale(values, 2)
    const labels = LabelSet.of({ __name__: 'up', job: 'craps' })
    const series = [
      { labels, times: Float64Array.of(1000, 2000, 3000), values },
      {
        labels: LabelSet.of({ __name__: 'up', job: 'h' }),
        times: Float64Array.of(),
        values: Float64Array.of(),
        histograms: [{ at: 1500, value: HISTOGRAM, start: 0 }],
      },
    ]
    const one = await server(async ({ path, body, headers }, response) => {
      expect([path, headers['content-encoding']]).toEqual(['/prefix/api/v1/read', 'snappy'])
      const [{ matchers, from, to } = { matchers: [], from: 0, to: 0 }] = decodeReadRequest(await unsnap(body, 1e6))
      expect([String(matchers[0]), from, to]).toEqual(['__name__="up"', 1, 5000])
      response.end(await snap(encodeReadResponse([encodeWriteRequest(series, '1.0')])))
    })
    const [first, second] = await new RemoteQueryable(one).select(UP, 0.5, 5000.5)
    const columns = first?.columns()
    expect([String(first?.labels), [...(columns?.times ?? [])], [...(columns?.values ?? [])]]).toEqual([
      'up{job="craps"}',
      [1000, 2000, 3000],
      [1, NaN, NaN],
    ])
    expect([1, 2].map((i) => columns !== undefined && isStale(columns.values, i))).toEqual([false, true])
    expect(second?.columns().histograms?.values).toEqual([HISTOGRAM])
  })

  it.each([
    [404, 'page not found'],
    [400, 'unsupported path requested: "/api/v1/read"'],
  ])('a server that answers %i %s is asked for raw samples from then on', async (status, text) => {
    const paths: string[] = []
    const one = await server(({ path, body }, response) => {
      paths.push(path)
      if (path.endsWith('read')) return response.writeHead(status).end(text)
      const form = new URLSearchParams(body.toString())
      expect([form.get('query'), form.get('time')]).toEqual(['{__name__="up"}[4s1ms]', '5'])
      const result = [
        {
          metric: { __name__: 'up' },
          values: [
            [1, '1'],
            [2.5, '-Inf'],
          ],
        },
      ]
      response.end(JSON.stringify(success({ resultType: 'matrix', result })))
    })
    const store = new RemoteQueryable(one)
    for (let i = 0; i < 2; i++) {
      const [series] = await store.select(UP, 1000, 5000)
      const { times, values } = series?.columns() ?? { times: [], values: [] }
      expect([[...times], [...values]]).toEqual([
        [1000, 2500],
        [1, -Infinity],
      ])
    }
    expect(paths.map((path) => path.split('/').pop())).toEqual(['read', 'query', 'query'])
  })

  it.each([
    [400, 'exceeded sample limit', /answered 400 Bad Request: exceeded sample limit/],
    [200, 'no snappy', /remote read cannot be understood: snappy/],
  ])('%i %s is an error', async (status, text, message) => {
    const one = await server((_, response) => void response.writeHead(status).end(text))
    await expect(new RemoteQueryable(one).select(UP, 0, 1)).rejects.toThrow(message)
  })

  it('a native histogram cannot come as raw samples', async () => {
    const one = await server(({ path }, response) => {
      if (path.endsWith('read')) return response.writeHead(404).end()
      const result = [{ metric: { a: 'b' }, histograms: [[1, { count: '1', sum: '2' }]] }]
      response.end(JSON.stringify(success({ resultType: 'matrix', result })))
    })
    await expect(new RemoteQueryable(one).select(UP, 0, 1)).rejects.toThrow(/\{a="b"\} has native histograms/)
  })
})

describe('labels and metadata', () => {
  it('come from their endpoints', async () => {
    const asked: string[] = []
    const one = await server(({ path, query, body }, response) => {
      asked.push(`${path} ${String(query)}${body.toString()}`)
      if (path.endsWith('metadata')) {
        const data = { up: [{ type: 'gauge', help: 'Up.', unit: '' }], odd: [{ type: 'new', help: 1 }], none: [] }
        return response.end(JSON.stringify(success(data)))
      }
      response.end(JSON.stringify(success(['a', 'b'])))
    })
    const store = new RemoteQueryable(one)
    expect(await store.labelNames(UP, 0, 2500)).toEqual(['a', 'b'])
    expect(await store.labelValues('the route', [], -Infinity, Infinity)).toEqual(['a', 'b'])
    expect([...(await store.metadata())]).toEqual([
      ['up', { type: 'gauge', help: 'Up.', unit: '' }],
      ['odd', { type: 'unknown', help: '', unit: '' }],
    ])
    expect(asked).toEqual([
      `/prefix/api/v1/labels ${String(new URLSearchParams({ 'match[]': '{__name__="up"}', start: '0', end: '2.5' }))}`,
      '/prefix/api/v1/label/the%20route/values ',
      '/prefix/api/v1/metadata ',
    ])
  })
})
