import express from 'express'
import fastify from 'fastify'
import { spawnSync } from 'node:child_process'
import { createServer, type RequestListener, type Server } from 'node:http'
import { mkdtempSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { casino } from '../packs/index.ts'
import { type Boxman, BoxmanError, type ConfigInput, createBoxman, type Host } from './index.ts'

type Line = Record<string, unknown>

const cwd = mkdtempSync(join(tmpdir(), 'boxman-'))
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function start(code: ConfigInput = {}, host: Partial<Host> = {}): Promise<{ boxman: Boxman; lines: Line[] }> {
  const lines: Line[] = []
  const logDestination = { write: (line: string) => lines.push(JSON.parse(line)) }
  // What a runner of tests takes is above the defaults.
  const thresholds = { memoryBytes: 1e12, cpuPercent: 1e6 }
  const whole = { service: 'wallet', thresholds, ...code, admin: { port: 0, ...Object(code.admin) } }
  const boxman = await createBoxman(whole, { env: {}, cwd, logDestination, ...host })
  closing.push(() => boxman.stop())
  return { boxman, lines }
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const page = async (boxman: Boxman): Promise<string> => (await fetch(`${boxman.admin.url}/metrics`)).text()

async function observed(boxman: Boxman, listener: RequestListener): Promise<{ url: string; undo: () => void }> {
  const server = createServer(listener)
  const undo = boxman.instrument.http(server, { route: () => '/rolls/:id' })
  return { url: await listening(server), undo }
}

const otelLabels =
  'http_request_method="POST",url_scheme="http",error_type="",http_response_status_code="200",http_route="/rolls/:id",network_protocol_version="1.1"'

describe('createBoxman', () => {
  it('observes the process from the start, under its labels', async () => {
    const { boxman } = await start({ constantLabels: { region: 'eu' } })
    // The first round has begun; when it is over depends on the machine's files.
    await expect.poll(() => page(boxman)).toContain('bitcraps_uptime_seconds{region="eu"}')
    const text = await page(boxman)
    expect(text).toMatch(/^bitcraps_memory_usage_bytes\{region="eu"\} \d{7,}$/m)
    expect(text).toContain(`boxman_build_info{version="0.1.0",node="${process.version}",region="eu"} 1`)
    expect(text).toContain('boxman_runtime_step_failures_total{step="collect",region="eu"} 0')
    for (const total of ['metrics_overflowed', 'logging_dropped', 'instrument_faults', 'health_timeouts']) {
      expect(text).toContain(`boxman_${total}_total{region="eu"} 0`)
    }
  })

  it('O16: takes a constant label before its own of the same name', async () => {
    const env = { KUBERNETES_SERVICE_HOST: '10.0.0.1', NODE_NAME: 'n1' }
    const { boxman } = await start({}, { env })
    expect(await page(boxman)).toContain('boxman_build_info{version="0.1.0",node="n1"} 1')
  })

  it('publishes what the rooms count, once', async () => {
    const { boxman } = await start({ metrics: { maxSeriesPerMetric: 20 } })
    boxman.health.check({ name: 'db', run: () => Promise.reject(new Error('no route')) })
    await boxman.health.settled()
    const counter = boxman.metrics.counter({ name: 'c_total', help: 'c', labelNames: ['l'] })
    for (let l = 0; l < 22; l++) counter.inc({ l })
    await page(boxman)
    const text = await page(boxman)
    expect(text).toContain('boxman_metrics_overflowed_total 2\n')
    expect(text).toContain('boxman_metrics_label_overflowed_total{metric="c_total",label=""} 2\n')
    expect(text).toMatch(/^boxman_health_runs_total [1-9]\d*$/m)
    expect(text).toContain('boxman_health_failures_total 1\n')
    expect(text).toContain('boxman_health_check_status{check="db"} 0\n')
    expect(text).toContain('boxman_health_check_duration_seconds_count{check="db"} 1\n')
    expect(text).toContain('boxman_health_check_status{check="process:memory"} 1\n')
    expect(text).toContain('boxman_health_ready 1\n')
  })

  it('S14: with metrics off nothing is recorded, and all else goes on', async () => {
    const { boxman } = await start({}, { env: { BOXMAN_METRICS: 'off' } })
    boxman.use(casino({ prefix: 'craps' })).gaming.betPlaced({ playerId: 'ann', amount: 5, at: 0 })
    boxman.metrics.histogram({ name: 'h', help: 'h', labelNames: ['l'] }).observe({ l: 1 }, NaN)
    expect(await boxman.metrics.collect()).toEqual([])
    const answer = await fetch(`${boxman.admin.url}/metrics`)
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('BOXMAN_METRICS')])
    expect((await fetch(`${boxman.admin.url}/ready`)).status).toBe(200)
    const { url } = await observed(boxman, (_request, response) => response.end('rolled'))
    expect(await (await fetch(url)).text()).toBe('rolled')
  })

  it('installs packs, and counts errors by category', async () => {
    const { boxman } = await start({ prefix: 'craps' })
    boxman
      .use(casino({ prefix: boxman.config.prefix }))
      .gateway.request({ route: '/bets', method: 'POST', durationMs: 3 })
    boxman.node.errors.record({ category: 'network', message: 'reset', at: 0 })
    const text = await page(boxman)
    expect(text).toContain('craps_gateway_requests_by_route_method_total{route="/bets",method="POST"} 1')
    expect(text).toContain('craps_errors_total{category="network",severity="warning"} 1')
  })

  it('serves nothing when it shall not, and mounts all the same', async () => {
    const { boxman } = await start({ admin: { enabled: false } })
    expect(boxman.admin.url).toBeUndefined()
    const url = await listening(createServer(boxman.admin.handler))
    expect((await fetch(`${url}/health`)).status).toBe(200)
  })

  it('leaves nothing behind when its port is taken, and the second one says what to do', async () => {
    const { boxman } = await start()
    const port = Number(new URL(boxman.admin.url ?? '').port)
    const again = createBoxman({ service: 'b', admin: { port } }, { env: {}, cwd })
    await expect(again).rejects.toThrow(BoxmanError)
    await expect(again).rejects.toThrow(/is already in use.*BOXMAN_ADMIN_PORT/)
  })

  it.each([
    ['', 0],
    [
      'await createBoxman({ admin: { port: Number(new URL(a.admin.url).port) } }).catch(() => console.error("refused"));',
      0,
    ],
    ['await a.stop(); await a.stop();', 0],
  ])('does not keep the process alive, nor touch its signals: %s', (more, status) => {
    const script = `
      import { createBoxman } from 'boxman'
      const a = await createBoxman({ admin: { port: 0 } })
      ${more}
      if (process.listenerCount('SIGTERM') + process.listenerCount('SIGINT') > 0) process.exit(9)`
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 20_000,
    })
    expect([run.status, run.stderr]).toEqual([status, more.includes('refused') ? 'refused\n' : ''])
    expect(run.stdout).toContain('"msg":"Boxman observes"')
  })
})

describe('history (S15)', () => {
  const HOUR = 3_600_000
  const QUICK = { store: { intervalMs: 100 } }
  type Answer = Awaited<ReturnType<Boxman['query']>>
  const valueOf = (answer: Answer): unknown => {
    if (!answer.ok) return answer.error
    return answer.value.type === 'vector' ? answer.value.samples[0]?.value : undefined
  }

  it('answers PromQL about itself, in the process and over HTTP, and says so on its page', async () => {
    const { boxman } = await start(QUICK)
    boxman.metrics.counter({ name: 'rolls_total', help: 'Rolls.' }).inc(7)
    await expect.poll(async () => valueOf(await boxman.query('rolls_total'))).toBe(7)
    const url = boxman.admin.url ?? ''
    const body: unknown = await (await fetch(`${url}/api/v1/query?query=rolls_total`)).json()
    const metric = { __name__: 'rolls_total', job: 'wallet', instance: new URL(url).host }
    expect(body).toMatchObject({ status: 'success', data: { result: [{ metric, value: [expect.anything(), '7'] }] } })
    const form = new URLSearchParams({ query: 'sum(up)' })
    expect((await fetch(`${url}/api/v1/query`, { method: 'POST', body: form })).status).toBe(200)
    expect(await (await fetch(`${url}/api/v1/targets`)).json()).toMatchObject({
      data: { activeTargets: [{ health: 'up', scrapePool: 'wallet', scrapeUrl: `${url}/metrics` }] },
    })
    expect(await (await fetch(`${url}/endpoints`)).text()).toContain('href="./api/v1/query?query=up"')
    for (const path of ['/-/healthy', '/-/ready', '/api/v1/status/flags', '/federate?match[]=up']) {
      expect([path, (await fetch(url + path)).status]).toEqual([path, 200])
    }
    const now = Date.now()
    const range = await boxman.query('rolls_total', { start: now - HOUR, end: now, step: 1000 })
    expect(range).toMatchObject({ ok: true, value: { type: 'matrix', series: [{ labels: expect.anything() }] } })
    expect(valueOf(await boxman.query('rolls_total', { at: now - HOUR }))).toBeUndefined()
    expect(valueOf(await boxman.query('sum('))).toMatchObject({ kind: 'bad_data' })
    await expect
      .poll(async () => valueOf(await boxman.query('boxman_promql_queries_total{outcome="bad_data"} > 0')))
      .toBe(1)
    expect(Number(valueOf(await boxman.query('boxman_tsdb_series')))).toBeGreaterThan(50)
  })

  it.each([
    [{ enabled: false }, {}, hostname()],
    [{}, { instance: 'wallet-0' }, 'wallet-0'],
    [{ host: '0.0.0.0', insecure: true }, {}, new RegExp(`^${hostname()}:\\d+$`)],
  ])('its instance with admin %o and store %o is %s', async (admin, store, instance) => {
    const { boxman } = await start({ admin, store: { ...QUICK.store, ...store } })
    await expect.poll(async () => boxman.store?.labelValues('instance', [], 0, Infinity)).toHaveLength(1)
    const [found] = (await boxman.store?.labelValues('instance', [], 0, Infinity)) ?? []
    expect(found).toMatch(instance)
  })

  it('ends a query that takes too long or reads too much', async () => {
    const { boxman } = await start({ ...QUICK, query: { timeoutMs: 1, maxSamples: 10 } })
    await expect.poll(async () => valueOf(await boxman.query('up'))).toBe(1)
    const bomb = 'sum_over_time(sum(sum_over_time({__name__=~".+"}[1h:1ms]))[1h:1ms])'
    expect(valueOf(await boxman.query(bomb))).toMatchObject({ kind: expect.stringMatching(/timeout|execution/) })
  })

  it('outlives the process where a folder is given; what ended is marked as ended', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'boxman-')), 'history')
    const code = { store: { intervalMs: 100, folder, instance: 'i' } }
    const first = await start(code)
    first.boxman.metrics.counter({ name: 'rolls_total', help: 'r' }).inc(7)
    await expect.poll(async () => valueOf(await first.boxman.query('rolls_total'))).toBe(7)
    const again = createBoxman({ admin: { port: 0 }, ...code }, { env: {}, cwd })
    await expect(again).rejects.toThrow(BoxmanError)
    await expect(again).rejects.toThrow(
      /^store: .*history is in use by process \d+: .* Set store\.folder, or BOXMAN_STORE_FOLDER/,
    )
    await first.boxman.stop()
    const { boxman } = await start(code)
    expect(valueOf(await boxman.query('max_over_time(rolls_total[1m])'))).toBe(7)
    expect(valueOf(await boxman.query('rolls_total'))).toBeUndefined()
    expect(await page(boxman)).toContain('boxman_tsdb_disk_failures_total 0')
  })

  it.each([
    [
      'a file',
      'package.json',
      /cannot be opened: .*(?:EEXIST|ENOTDIR).* Make it one that this user may read and write/,
    ],
    ['beneath a file', 'package.json/x', /cannot be opened: .*ENOTDIR/],
  ])('a folder that is %s is refused with the mend, and nothing is left running', async (_, folder, message) => {
    const where = mkdtempSync(join(tmpdir(), 'boxman-'))
    writeFileSync(join(where, 'package.json'), '{}')
    const refused = createBoxman({ admin: { port: 0 }, store: { folder } }, { env: {}, cwd: where })
    await expect(refused).rejects.toThrow(BoxmanError)
    await expect(refused).rejects.toThrow(message)
    await expect(refused).rejects.toThrow(`store: the folder ${join(where, folder)} cannot`)
  })

  it('gives its folder free when the port is taken', async () => {
    const { boxman } = await start()
    const folder = mkdtempSync(join(tmpdir(), 'boxman-'))
    const taken = Number(new URL(boxman.admin.url ?? '').port)
    await expect(createBoxman({ admin: { port: taken }, store: { folder } }, { env: {}, cwd })).rejects.toThrow(
      'in use',
    )
    const { boxman: second } = await start({ store: { folder } })
    expect(second.store?.stats.disk?.blocks).toBe(0)
  })

  it('is not there when it shall not be', async () => {
    const { boxman } = await start({ store: false })
    expect(boxman.store).toBeUndefined()
    await expect(boxman.query('up')).rejects.toThrow(BoxmanError)
    const answer = await fetch(`${boxman.admin.url}/api/v1/query?query=up`)
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('BOXMAN_STORE_ENABLED')])
    expect(await page(boxman)).not.toContain('boxman_tsdb_')
  })

  it('with metrics off there is a store, and nothing in it', async () => {
    const { boxman } = await start({ metrics: false, ...QUICK })
    expect(await boxman.query('1 + 1')).toMatchObject({ ok: true, value: { type: 'scalar', value: 2 } })
    expect(boxman.store?.stats.series).toBe(0)
  })

  it('O17: the API asks for the token too, but for its probes', async () => {
    const { boxman } = await start({ admin: { token: 'only-token' } })
    const statuses = await Promise.all(
      ['/api/v1/query?query=up', '/federate?match[]=up', '/-/healthy', '/-/ready', '/api/v1/nothing'].map(
        async (path) => (await fetch(`${boxman.admin.url}${path}`)).status,
      ),
    )
    expect(statuses).toEqual([401, 401, 200, 200, 401])
  })
})

describe('instrument', () => {
  it('G11: a request is measured, logged, and its ids are on every line beneath it', async () => {
    const { boxman, lines } = await start()
    const log = boxman.logger('rolls')
    const { url } = await observed(boxman, (_request, response) => {
      setImmediate(() => {
        log.info('rolled')
        response.end('ok')
      })
    })
    const answer = await fetch(`${url}/rolls/7`, { headers: { 'x-correlation-id': 'bet-1' } })
    expect(answer.headers.get('x-correlation-id')).toBe('bet-1')
    await expect.poll(() => lines.map(({ msg }) => msg)).toContain('Request completed')
    expect(lines.filter((line) => line['correlation_id'] === 'bet-1')).toMatchObject([
      { module: 'rolls', msg: 'rolled', span_id: answer.headers.get('x-span-id') },
      { module: 'http', msg: 'Request completed', route: '/rolls/:id', status: 200 },
    ])
    expect(await page(boxman)).toContain('http_requests_total{method="GET",path="/rolls/:id",status="200"} 1')
  })

  it('http.metrics and http.log switch both off', async () => {
    const { boxman, lines } = await start({ http: { metrics: 'off', log: false } })
    const { url } = await observed(boxman, (_request, response) => response.end('ok'))
    expect((await fetch(url)).headers.has('x-correlation-id')).toBe(true)
    expect(await page(boxman)).not.toContain('http_requests_total')
    expect(lines.map(({ msg }) => msg)).toEqual(['Boxman observes'])
  })

  it.each<[ConfigInput['http'], readonly string[]]>([
    [
      { metrics: 'media' },
      [
        'http_requests_total{method="POST",path="/rolls/:id",status="200"} 1',
        'http_request_duration_seconds_count{method="POST",path="/rolls/:id"} 1',
      ],
    ],
    [
      { metrics: 'bitcraps' },
      [
        'bitcraps_gateway_requests_by_route_method_total{route="/rolls/:id",method="POST"} 1',
        'bitcraps_gateway_request_latency_ms_bucket{route="/rolls/:id",le="50"} 1',
      ],
    ],
    [
      { metrics: 'prom-bundle' },
      ['http_request_duration_seconds_bucket{status_code="200",method="POST",path="/rolls/:id",le="1.5"} 1'],
    ],
    [
      { metrics: 'otel' },
      [
        `http_server_request_duration_seconds_bucket{${otelLabels},le="7.5"} 1`,
        `http_server_request_body_size_bytes_sum{${otelLabels}} 10`,
        `http_server_response_body_size_bytes_sum{${otelLabels}} 2`,
        'http_server_active_requests{http_request_method="POST",url_scheme="http"} 0',
        'http_server_active_requests{http_request_method="GET",url_scheme="http"} 1',
      ],
    ],
  ])('http: %j names a request', async (http, wanted) => {
    const { boxman } = await start({ http })
    const { url } = await observed(boxman, (request, response) => {
      if (request.method === 'POST') response.end('ok')
    })
    const stay = new AbortController()
    const staying = fetch(url, { signal: stay.signal }).catch(() => undefined)
    await (await fetch(url, { method: 'POST', body: '10 on pass' })).text()
    for (const line of wanted) await expect.poll(() => page(boxman)).toContain(`${line}\n`)
    stay.abort()
    await staying
  })

  it('B12: a fault in a recorder is counted, logged once a minute, and kept from the application', async () => {
    let at = 0
    const { boxman, lines } = await start({}, { wallNow: () => at })
    const server = createServer((_request, response) => response.end('ok'))
    boxman.instrument.http(server, {
      record: () => {
        throw new Error('recorder')
      },
    })
    const url = await listening(server)
    for (const [i, time] of [0, 59_999, 60_000].entries()) {
      at = time
      expect(await (await fetch(url)).text()).toBe('ok')
      await expect.poll(() => page(boxman)).toContain(`boxman_instrument_faults_total ${i + 1}\n`)
    }
    expect(lines.filter(({ msg }) => String(msg).startsWith('A fault'))).toMatchObject([
      { level: 'warn', module: 'boxman', err: { message: 'recorder' } },
      { err: { message: 'recorder' } },
    ])
    expect(await page(boxman)).toContain('status="200"} 3\n')
  })

  it('M4: Fastify by its routes', async () => {
    const { boxman } = await start()
    const app = fastify()
    const seen: string[] = []
    boxman.instrument.fastify(app, { record: ({ route }) => seen.push(route) })
    app.get('/tables/:id', async () => 'ok')
    closing.push(() => app.close())
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    await (await fetch(`${url}/tables/7`)).text()
    await expect
      .poll(() => page(boxman))
      .toContain('http_requests_total{method="GET",path="/tables/:id",status="200"} 1')
    expect(seen).toEqual(['/tables/:id'])
  })

  it('M4: Express by its routes', async () => {
    const { boxman } = await start()
    const app = express()
    const undo = boxman.instrument.express(app)
    app.use(
      '/tables/:table',
      express.Router().get('/seats/:seat', (_request, response) => void response.send('ok')),
    )
    const url = await listening(createServer(app))
    await (await fetch(`${url}/tables/7/seats/3`)).text()
    const line = 'http_requests_total{method="GET",path="/tables/:table/seats/:seat",status="200"} 1'
    await expect.poll(() => page(boxman)).toContain(line)
    undo()
    await (await fetch(`${url}/tables/7/seats/3`)).text()
    expect(await page(boxman)).toContain(line)
  })

  it('G4, G5: sockets by topic', async () => {
    const { boxman } = await start()
    const { sockets } = boxman.use(casino()).gateway
    const server = createServer()
    const wss = new WebSocketServer({ server })
    const topics = boxman.instrument.webSocket(wss, { recorder: sockets })
    wss.on('connection', (socket) => topics.subscribe(socket, 'table-7'))
    const url = await listening(server)
    const client = new WebSocket(url.replace('http', 'ws'))
    const received = new Promise((resolve) => client.once('message', (data: Buffer) => resolve(data.toString())))
    await new Promise((resolve) => client.once('open', resolve))
    const event = { ts: Date.now(), roll: 7 }
    expect(topics.publish('table-7', event)).toBe(1)
    expect(await received).toContain('"roll":7')
    await expect.poll(() => page(boxman)).toContain('bitcraps_gateway_ws_broadcast_latency_ms_count{topic="table-7"} 1')
    expect(await page(boxman)).toContain('bitcraps_gateway_ws_subscribers{topic="table-7"} 1')
    client.terminate()
    await expect.poll(() => topics.count('table-7')).toBe(0)
  })

  it('B4: what sockets do, in the exposition once it was asked for', async () => {
    const { boxman } = await start()
    expect(await page(boxman)).not.toContain('_ws_connections')
    const server = createServer()
    const wss = new WebSocketServer({ server })
    boxman.instrument.sockets.server(wss)
    const client = new WebSocket((await listening(server)).replace('http', 'ws'))
    await new Promise((resolve) => client.once('open', resolve))
    client.send('hello')
    await expect
      .poll(() => page(boxman))
      .toContain('bitcraps_ws_messages_total{side="server",direction="received",type="text"} 1')
    expect(await page(boxman)).toContain('bitcraps_ws_connections{side="server"} 1')
    client.terminate()
    await expect.poll(() => page(boxman)).toContain('bitcraps_ws_connections_closed_total{side="server",code="1006"} 1')
  })

  it('B3: event loop, garbage, heap and resources, from the start', async () => {
    const { boxman } = await start()
    await expect.poll(() => page(boxman)).toContain('bitcraps_event_loop_monitoring_active 1')
    const text = await page(boxman)
    for (const name of [
      'gc_duration_seconds_count{kind="minor"}',
      'heap_space_used_bytes{space="old"}',
      'heap_limit_bytes',
    ]) {
      expect(text).toContain(`bitcraps_${name} `)
    }
    expect(text).toMatch(/^bitcraps_active_resources\{type="\w+"\} [1-9]/m)
    await boxman.stop()
    expect(
      (await boxman.metrics.collect()).find(({ name }) => name === 'bitcraps_event_loop_monitoring_active'),
    ).toMatchObject({
      series: [{ value: 0 }],
    })
  })

  it('G13: fetch carries the correlation on', async () => {
    const { boxman } = await start()
    const fetchOn = boxman.instrument.fetch()
    const callee = await observed(boxman, (request, response) => response.end(request.headers['x-correlation-id']))
    const caller = await observed(boxman, (_request, response) => {
      void fetchOn(callee.url).then(async (answer) => response.end(await answer.text()))
    })
    const answer = await fetch(caller.url, { headers: { 'x-correlation-id': 'bet-2' } })
    expect(await answer.text()).toBe('bet-2')
  })
})

describe('stop', () => {
  it('drains, takes the instruments off, closes, flushes; again does nothing', async () => {
    const { boxman, lines } = await start()
    const { url } = await observed(boxman, (_request, response) => response.end('ok'))
    const admin = boxman.admin.url
    expect(boxman.stop()).toBe(boxman.stop())
    await boxman.stop()
    expect((await fetch(url)).headers.has('x-correlation-id')).toBe(false)
    await expect(fetch(`${admin}/health`)).rejects.toThrow('fetch failed')
    expect(boxman.health.readiness().status).toBe('fail')
    expect(lines.map(({ msg }) => msg)).toEqual(['Boxman observes', 'Boxman stopped'])
  })

  it('drain alone only turns readiness', async () => {
    const { boxman } = await start()
    boxman.drain()
    const status = async (path: string): Promise<number> => (await fetch(`${boxman.admin.url}${path}`)).status
    expect([await status('/ready'), await status('/health'), await status('/metrics')]).toEqual([503, 200, 200])
  })

  it('ends although the log’s destination does not take a line', async () => {
    const { boxman } = await start({}, { logDestination: { write: () => new Promise(() => {}) } })
    await boxman.stop()
    expect(boxman.admin.url).toBeUndefined()
  })

  it('an instrument that was undone before stays undone', async () => {
    const { boxman } = await start()
    const { url, undo } = await observed(boxman, (_request, response) => response.end('ok'))
    undo()
    undo()
    expect((await fetch(url)).headers.has('x-correlation-id')).toBe(false)
  })
})
