import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { createServer, request, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type Boxman, createBoxman } from 'boxman'
import { identify } from 'boxman/tracing'
import fc from 'fast-check'
import { afterEach, expect, it } from 'vitest'
import { eventually } from './support/sinks.ts'
import { portOf } from './support/port-of.ts'
import { INNOCENT, type Planted, SECRET_NAMES, SECRETS } from './support/secrets.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

const LABELS = 20

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => (server.closeAllConnections(), server.close()))
  return `http://127.0.0.1:${portOf(server)}`
}

/** A service that has been told secrets wherever it takes a text; what of it can be seen from outside. */
class Service {
  readonly boxman: Boxman
  readonly url: string
  readonly #seen: Buffer[]
  readonly #file: string
  /** What the server's next answer does. */
  work: () => void = () => undefined

  private constructor(boxman: Boxman, url: string, seen: Buffer[], file: string) {
    this.boxman = boxman
    this.url = url
    this.#seen = seen
    this.#file = file
  }

  static async start(texts: readonly string[]): Promise<Service> {
    const seen: Buffer[] = []
    const collector = createServer((request, response) => {
      const pieces: Buffer[] = []
      request.on('data', (piece: Buffer) => pieces.push(piece))
      request.on('end', () => {
        seen.push(gunzipSync(Buffer.concat(pieces)))
        response.end()
      })
    })
    const collectorUrl = await listening(collector)
    const cwd = mkdtempSync(path.join(tmpdir(), 'boxman-redaction-'))
    const file = path.join(cwd, 'app.log')
    const short = texts.filter((text) => text.length <= 100 && !/\p{Cc}/u.test(text))
    const boxman = await createBoxman(
      {
        service: 'wallet',
        admin: { port: 0 },
        thresholds: { memoryBytes: 1e12, cpuPercent: 1e6 },
        // Of a label's value, 200 characters are taken.
        constantLabels: Object.fromEntries(
          texts
            .filter(({ length }) => length <= 200)
            .slice(0, LABELS)
            .map((text, i) => [`constant_${i}`, text]),
        ),
        tracing: { otlpUrl: `${collectorUrl}/v1/traces`, spansPerSecond: 1_000_000 },
        log: { level: 'trace', ship: [{ kind: 'file', path: file, delayMs: 0 }] },
      },
      {
        env: {
          ...(short[0] === undefined ? {} : { BOXMAN_ENVIRONMENT: short[0] }),
          ...(short[1] === undefined ? {} : { BOXMAN_VERSION: short[1] }),
        },
        cwd,
        logDestination: { write: (line) => void seen.push(Buffer.from(line)) },
      },
    )
    closing.push(() => boxman.stop())
    const server = createServer((_request, response) => {
      service.work()
      response.end()
    })
    boxman.instrument.http(server)
    const service = new Service(boxman, await listening(server), seen, file)
    return service
  }

  /** A request as a client may send it, with a text in whatever of it a client chooses. */
  async request(text: string): Promise<void> {
    const safe = encodeURIComponent(text)
    const header = text.replaceAll(/[^\x20-\x7e]/g, ' ')
    const sent = request(`${this.url}/reset/${safe}/${header.replaceAll(/[^\w.-]/g, '')}?${safe}&token=${safe}`, {
      headers: {
        'user-agent': header,
        authorization: header,
        cookie: header,
        'x-correlation-id': header,
        'x-request-id': header,
        baggage: `a=${safe}`,
        tracestate: `a=${header.replaceAll(/[,=]/g, '')}`,
        referer: header,
      },
    })
    sent.end()
    const [response] = await once(sent, 'response')
    response.resume()
    await once(response, 'end')
  }

  tell({ text }: Planted): void {
    const { log, tracer, node, metrics, health } = this.boxman
    log.info(text)
    log.warn({ note: text, deep: { list: [text, { more: text }] } }, `so: ${text}`)
    log.error(new Error(text))
    log.error({ err: new Error('outer', { cause: new Error(text) }) })
    log.error(Object.assign(new Error('with a stack'), { stack: `Error: ${text}\n    at main.ts:1:1` }), 'failed')
    log.fatal(new AggregateError([new Error(text)], 'several'))
    log.child('wallet').info({ env: { NOTE: text }, headers: { 'x-note': text }, statement: `SELECT '${text}'` })
    tracer?.withSpan(text, (span) => {
      span.setAttributes({ note: text, 'db.query.text': `SELECT '${text}'`, list: [text, 'b'], 'url.full': text })
      span.addEvent(text, { note: text }).setStatus('error', text)
    })
    try {
      this.boxman.request({ route: '/by-hand' }, () => {
        throw new Error(text)
      })
    } catch {
      // It is the application's.
    }
    node.errors.record({ category: 'other', message: text, at: 0 })
    metrics.counter({ name: 'told_total', help: 'Told.', labelNames: ['note'] }).inc({ note: text })
    const seconds = metrics.histogram({ name: 'told_seconds', help: 'Told.', labelNames: ['note'] })
    seconds.observe({ note: text }, 1, { labels: { note: text.slice(0, 100) } })
    this.work = () => {
      // Only what may be an id is taken as one.
      identify({ userId: text, sessionId: text })
      log.info('from a handler')
    }
    this.#checks++
    if (this.#checks > 40) return
    health.check({ name: `says-${this.#checks}`, run: () => text })
    health.check({
      name: `throws-${this.#checks}`,
      run: () => {
        throw new Error(text)
      },
    })
  }

  #checks = 0

  tellNamed(name: string, secret: string): void {
    const { log, tracer } = this.boxman
    log.info({ [name]: secret, deep: [{ [name]: { inner: secret } }] })
    log.error(Object.assign(new Error('refused'), { config: { headers: { [name]: secret } } }))
    tracer?.withSpan('named', (span) => span.setAttribute(name, secret).addEvent('named', { [name]: secret }))
  }

  /** Everything that leaves, once it has left. */
  async everything(): Promise<Readonly<Record<string, string>>> {
    const { boxman } = this
    await eventually(() => boxman.health.readiness().checks.every(({ outcome }) => outcome !== 'pending'))
    const get = async (place: string, accept = '*/*'): Promise<string> => {
      const response = await fetch(`${boxman.admin.url}${place}`, { headers: { accept } })
      return Buffer.from(await response.arrayBuffer()).toString('utf8')
    }
    const seen = {
      text: await get('/metrics', 'text/plain'),
      openMetrics: await get('/metrics', 'application/openmetrics-text;version=1.0.0'),
      protobuf: await get(
        '/metrics',
        'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
      ),
      traces: await get('/api/traces?service=wallet&limit=1500'),
      operations: await get('/api/operations?service=wallet'),
      health: await get('/health?verbose'),
      readyz: await get('/readyz?verbose'),
      livez: await get('/livez?verbose'),
      config: await get('/config'),
      page: await get('/'),
      breakers: await get('/diagnostics/circuit-breakers'),
      errors: JSON.stringify(boxman.node.errors.recent()),
      diagnostics: await get('/diagnostics/errors'),
      snapshot: await get('/diagnostics/metrics'),
      performance: await get('/diagnostics/performance'),
      system: await get('/diagnostics/system'),
      extended: await get('/health/extended'),
    }
    await boxman.stop()
    return { ...seen, shipped: readFileSync(this.#file, 'utf8'), left: Buffer.concat(this.#seen).toString('utf8') }
  }
}

/** Where each text would be seen, if it were not taken out. */
const TAKES_TEXTS = [
  'text',
  'openMetrics',
  'protobuf',
  'traces',
  'operations',
  'health',
  'config',
  'errors',
  'diagnostics',
  'shipped',
  'left',
]

/** As it is, and as JSON, a URL and a label would spell it. */
function spellings(secret: string): readonly string[] {
  return [...new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])]
}

function leaks(places: Readonly<Record<string, string>>, planted: readonly Planted[]): readonly string[] {
  return planted.flatMap(({ form, secret }) =>
    Object.entries(places)
      .filter(([, text]) => spellings(secret).some((spelling) => text.includes(spelling)))
      .map(([place, text]) => {
        const at = text.indexOf(secret)
        return `${form} in ${place}: ${text.slice(Math.max(0, at - 80), at + 80)}`
      }),
  )
}

async function told(planted: readonly Planted[]): Promise<Readonly<Record<string, string>>> {
  const service = await Service.start(planted.map(({ text }) => text))
  for (const one of planted) {
    service.tell(one)
    await service.request(one.text)
  }
  for (const name of SECRET_NAMES) service.tellNamed(name, `hunter2-${name}`)
  return service.everything()
}

it('no secret of any form gets out, wherever it was put (O18)', { timeout: 120_000 }, async () => {
  expect(SECRETS.length).toBeGreaterThanOrEqual(60)
  await fc.assert(
    fc.asyncProperty(fc.tuple(...SECRETS), async (planted) => {
      const places = await told(planted)
      for (const place of TAKES_TEXTS) expect(places[place], place).toContain('[redacted]')
      const names = SECRET_NAMES.map((name) => ({ form: name, text: '', secret: `hunter2-${name}` }))
      expect(leaks(places, [...planted, ...names])).toEqual([])
    }),
    { numRuns: 1 },
  )
})

it('what only looks like a secret is seen everywhere', { timeout: 60_000 }, async () => {
  const service = await Service.start([])
  for (const text of INNOCENT) service.tell({ form: 'innocent', text, secret: '' })
  const { left = '', shipped = '', traces = '', text: page = '' } = await service.everything()
  const inJson = (text: string): string => JSON.stringify(text).slice(1, -1)
  for (const text of INNOCENT) {
    for (const place of [left, shipped, traces]) expect(place).toContain(inJson(text))
    expect(page).toContain(`told_total{note="${inJson(text)}"} 1`)
  }
  expect(left + shipped + traces + page).not.toContain('[redacted]')
})
