import fastify from 'fastify'
import { createServer, request as httpRequest, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { Health } from '../../health/index.ts'
import { expose, Registry } from '../../metrics/index.ts'
import type { PathHandler } from '../api/api.ts'
import { type ConfigInput, resolveConfig } from '../index.ts'
import { AddressRanges, isAddressRange } from '../address-ranges.ts'
import { PAGE_POLICY } from '../console/assets.ts'
import { Admin } from './admin.ts'
import type { AdminSources } from './app.ts'
import { listen } from './server.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

interface Parts {
  readonly admin: Admin
  readonly metrics: Registry
  readonly health: Health
  readonly faults: unknown[]
}

async function parts(code: ConfigInput = {}, own: Partial<AdminSources> = {}): Promise<Parts> {
  const config = await resolveConfig({
    env: {},
    cwd: import.meta.dirname,
    code: { service: 'wallet', ...code, admin: { port: 0, ...Object(code.admin) } },
  })
  const metrics = new Registry()
  const health = new Health({ now: () => 0 })
  const faults: unknown[] = []
  const admin = new Admin({
    config,
    boxmanVersion: '0.1.0',
    expose: (wanted) => expose(metrics, wanted),
    health,
    uptimeMs: () => 3_725_000,
    onFault: (error) => faults.push(error),
    ...own,
  })
  closing.push(() => admin.close(100))
  return { admin, metrics, health, faults }
}

async function serving(code: ConfigInput = {}, own: Partial<AdminSources> = {}): Promise<Parts & { url: string }> {
  const made = await parts(code, own)
  await made.admin.listen()
  return { ...made, url: made.admin.url ?? '' }
}

/** A host application's server. */
async function hosting(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('endpoints', () => {
  it('/metrics is the registry’s page', async () => {
    const { url, metrics } = await serving()
    metrics.counter({ name: 'rolls_total', help: 'Rolls.', labelNames: ['table'] }).inc({ table: 'T"7' }, 3)
    const response = await fetch(`${url}/metrics`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(await response.text()).toBe(
      '# HELP rolls_total Rolls.\n# TYPE rolls_total counter\nrolls_total{table="T\\"7"} 3\n',
    )
  })

  it.each([
    [undefined, 'text/plain; version=0.0.4; charset=utf-8', /^# HELP rolls_total Rolls\.\n/],
    ['application/openmetrics-text', 'application/openmetrics-text; version=1.0.0; charset=utf-8', /# EOF\n$/],
    [
      'text/plain;q=0.5,application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6',
      'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited',
      /rolls_total/,
    ],
  ])('S3: /metrics comes in the format that %s likes best, in gzip where that is taken', async (accept, type, page) => {
    const { url, metrics } = await serving()
    metrics.counter({ name: 'rolls_total', help: 'Rolls.' }).inc()
    for (const encoding of ['identity', 'gzip']) {
      const headers = { ...(accept === undefined ? {} : { accept }), 'accept-encoding': encoding }
      const response = await fetch(`${url}/metrics`, { headers })
      expect(response.headers.get('content-type')).toBe(type)
      expect(response.headers.get('content-encoding')).toBe(encoding === 'gzip' ? 'gzip' : null)
      expect(response.headers.get('vary')).toMatch(/accept, accept-encoding/i)
      expect(await response.text()).toMatch(page)
    }
  })

  it('/metrics streams a large page whole, to many at once', async () => {
    const { url, metrics } = await serving()
    for (let m = 0; m < 20; m++) {
      const gauge = metrics.gauge({ name: `g${m}`, help: 'x'.repeat(100), labelNames: ['i'] })
      for (let i = 0; i < 1000; i++) gauge.set({ i }, i)
    }
    const pages = await Promise.all(Array.from({ length: 5 }, async () => (await fetch(`${url}/metrics`)).text()))
    for (const page of pages) expect(page.match(/^g\d+\{/gm)).toHaveLength(20_000)
  })

  it.each([
    ['pass', false, () => {}, 200],
    ['warn', false, () => Promise.reject(new Error('slow <b>')), 200],
    ['fail', true, () => Promise.reject(new Error('slow <b>')), 503],
  ] as const)('O8: /ready says %s', async (status, critical, run, code) => {
    const { url, health } = await serving()
    health.check({ name: 'db', critical, run })
    await health.settled()
    const ready = await fetch(`${url}/ready`)
    expect([ready.status, ready.headers.get('content-type')]).toEqual([code, 'application/health+json'])
    expect(await ready.json()).toMatchObject({ status, checks: { db: [{ status }] } })
    const alive = await fetch(`${url}/health`)
    expect([alive.status, await alive.json()]).toMatchObject([200, { status: 'pass' }])
    const page = await (await fetch(`${url}/endpoints`)).text()
    expect(page).toContain(`<td class="${status}">${status}</td>`)
    expect(page).not.toContain('<b>')
  })

  it('O8: /ready fails while draining, /health does not', async () => {
    const { url, health } = await serving()
    health.setDraining()
    expect([(await fetch(`${url}/ready`)).status, (await fetch(`${url}/health`)).status]).toEqual([503, 200])
  })

  it('/config says what is in force, and why', async () => {
    const { url } = await serving()
    expect(await (await fetch(`${url}/config`)).json()).toMatchObject({
      values: { service: 'wallet', admin: { host: '127.0.0.1' } },
      provenance: { service: 'code', 'admin.host': 'default' },
    })
  })

  it('/endpoints is a page without anything inline', async () => {
    const { url } = await serving({ service: '<script>x', version: '2.1' })
    const response = await fetch(`${url}/endpoints`)
    const page = await response.text()
    expect(response.headers.get('content-type')).toMatch(/^text\/html/)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'; style-src 'self'")
    expect(page).toContain('&lt;script&gt;x')
    expect(page).toContain('<td>1h2m5s</td>')
    expect(page).not.toMatch(/<script|<style|\sstyle=|\son\w+=/)
    const links = [...page.matchAll(/href="([^"]*)"/g)].map(([, link = '']) => link)
    expect(links.toSorted()).toEqual([
      './config',
      './diagnostics/circuit-breakers',
      './health',
      './metrics',
      './ready',
      './readyz?verbose',
      './style.css',
    ])
    for (const link of links) expect((await fetch(new URL(link, `${url}/endpoints`))).status).toBe(200)
  })

  it('/ is the console: its policy lets only its own scripts run, and its files are there', async () => {
    const { url } = await serving()
    const response = await fetch(`${url}/`)
    const page = await response.text()
    expect(response.headers.get('content-security-policy')).toBe(PAGE_POLICY)
    expect(page).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/)
    const files = [...page.matchAll(/(?:href|src)="(\.\/assets\/[^"]*)"/g)].map(([, file = '']) => file)
    expect(files.length).toBeGreaterThan(2)
    for (const file of files) {
      const asset = await fetch(new URL(file, `${url}/`), { headers: { 'accept-encoding': 'br' } })
      expect([asset.status, asset.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable'])
      await asset.arrayBuffer()
    }
    for (const file of ['/assets/', '/assets/../index.html', '/assets/%2e%2e/index.html', '/assets/nothing.js']) {
      expect([file, (await fetch(`${url}${file}`)).status]).toEqual([file, 404])
    }
  })

  it.each(['/', '/endpoints', '/style.css', '/metrics', '/health', '/ready', '/config', '/nothing', '/metrics/x'])(
    'HEAD %s answers as GET does, without a body; neither is kept',
    async (path) => {
      const { url } = await serving()
      const get = await fetch(url + path)
      const head = await fetch(url + path, { method: 'HEAD' })
      expect([head.status, head.headers.get('content-type')]).toEqual([get.status, get.headers.get('content-type')])
      expect(await head.text()).toBe('')
      for (const answer of [get, head]) expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(get.status).toBe(path.includes('nothing') || path.includes('x') ? 404 : 200)
    },
  )

  it.each(['POST', 'DELETE', 'PROPFIND', 'TRACE'])('%s is refused', async (method) => {
    const { url } = await serving()
    const status = await new Promise((resolve, reject) => {
      httpRequest(`${url}/metrics`, { method }, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end()
    })
    expect([400, 405]).toContain(status)
  })

  it('handlers are asked before, with any method; what they leave goes on', async () => {
    const asked: string[] = []
    const handler: PathHandler = async ({ method = '' }, response, path) => {
      asked.push(`${method} ${path}`)
      if (!path.startsWith('/api/')) return false
      response.writeHead(202).end('taken')
      return true
    }
    const { url } = await serving({ admin: { basePath: '/ops' } }, { handlers: [handler] })
    const taken = await fetch(`${url}/api/x?y=1`, { method: 'POST', body: 'z' })
    expect([taken.status, await taken.text()]).toEqual([202, 'taken'])
    expect((await fetch(`${url}/health`, { method: 'POST' })).status).toBe(405)
    expect((await fetch(`${url}/health`)).status).toBe(200)
    expect(asked).toEqual(['POST /api/x', 'POST /health', 'GET /health'])
  })

  it('a failure is a 500 and stays here', async () => {
    const broken = (): never => {
      throw new Error('secret detail')
    }
    const health = Object.assign(new Health({ now: () => 0 }), { readiness: broken })
    const { url, faults } = await serving({}, { expose: broken, health })
    for (const path of ['/metrics', '/ready', '/endpoints']) {
      const response = await fetch(url + path)
      expect([response.status, await response.text()]).toEqual([500, 'the endpoint failed; the log says why\n'])
    }
    expect(faults).toHaveLength(3)
    expect((await fetch(`${url}/health`)).status).toBe(200)
  })

  it('a failure before the first piece is a 500; one after it breaks the answer off', async () => {
    const encoder = new TextEncoder()
    async function* pieces(before: number): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < before; i++) yield encoder.encode('x 1\n')
      throw new Error('torn')
    }
    for (const before of [0, 3]) {
      const { url, faults } = await serving({}, { expose: () => ({ contentType: 'text/plain', body: pieces(before) }) })
      const outcome = await fetch(`${url}/metrics`)
        .then(async (response) => `${response.status} ${await response.text()}`)
        .catch(() => 'broken off')
      expect(outcome).toMatch(before === 0 ? /^500 the endpoint failed/ : /^broken off$/)
      expect(faults).toHaveLength(1)
    }
  })

  it('a client that goes in the middle of a page is no failure, and the page ends', async () => {
    let ended = (): void => {}
    const end = new Promise<void>((resolve) => (ended = resolve))
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield new Uint8Array(65_536)
      } finally {
        ended()
      }
    }
    const { url, faults } = await serving({}, { expose: () => ({ contentType: 'text/plain', body: endless() }) })
    const abort = new AbortController()
    const response = await fetch(`${url}/metrics`, { signal: abort.signal })
    expect(response.status).toBe(200)
    abort.abort()
    await end
    expect(faults).toEqual([])
  })

  it('leaves the host’s Request and Response alone', async () => {
    const before = [globalThis.Request, globalThis.Response]
    const { url } = await serving()
    await fetch(url)
    expect([globalThis.Request, globalThis.Response]).toEqual(before)
  })
})

describe('O17: who may ask', () => {
  const PATHS = ['/endpoints', '/metrics', '/config', '/style.css', '/nothing']
  const statusOf = async (url: string, headers: Record<string, string> = {}): Promise<number> =>
    (await fetch(url, { headers })).status

  it.each([
    [{}, 401],
    [{ authorization: 'Bearer first-token' }, 200],
    [{ authorization: 'bearer  second-token ' }, 200],
    [{ authorization: 'Bearer first-tokeN' }, 401],
    [{ authorization: 'Bearer first-token,second-token' }, 401],
    [{ authorization: 'Basic first-token' }, 401],
    [{ authorization: 'first-token' }, 401],
    [{ authorization: 'Bearer' }, 401],
  ])('a token: %o gets %i', async (headers, status) => {
    const { url } = await serving({ admin: { token: ['first-token', 'second-token'] } })
    for (const path of PATHS) {
      expect([path, await statusOf(url + path, headers)]).toEqual([
        path,
        path === '/nothing' && status === 200 ? 404 : status,
      ])
    }
    for (const probe of ['/health', '/healthz', '/ready', '/livez', '/readyz', '/startupz']) {
      expect([probe, await statusOf(url + probe, headers)]).toEqual([probe, 200])
    }
    for (const path of ['/health/db', '/diagnostics/circuit-breakers']) {
      expect([path, await statusOf(url + path, headers)]).toEqual([
        path,
        status === 200 && path === '/health/db' ? 404 : status,
      ])
    }
  })

  it('is told how to come in, and not what the token is', async () => {
    const { url } = await serving({ admin: { token: 'only-token' } })
    const none = await fetch(`${url}/metrics`)
    expect(none.headers.get('www-authenticate')).toBe('Bearer realm="boxman"')
    expect(await none.text()).toBe('credentials are needed\n')
    const wrong = await fetch(`${url}/metrics`, { method: 'POST', headers: { authorization: 'Bearer other-token' } })
    expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="boxman"'])
    const config = await (await fetch(`${url}/config`, { headers: { authorization: 'Bearer only-token' } })).text()
    expect(JSON.parse(config)).toMatchObject({
      values: { admin: { token: '[set, from code]' } },
      provenance: { 'admin.token': 'code' },
    })
    expect(config).not.toContain('only-token')
  })

  it.each([
    [['127.0.0.1'], 200],
    [['10.0.0.0/8', '127.0.0.0/8'], 200],
    [['::ffff:127.0.0.0/104'], 200],
    [['10.0.0.0/8', '::1'], 403],
  ])('addresses: %o gets %i, whatever headers say', async (allow, status) => {
    const { url } = await serving({ admin: { allow } })
    const headers = { 'x-forwarded-for': '10.0.0.1', forwarded: 'for=10.0.0.1' }
    const answer = await fetch(`${url}/metrics`, { headers })
    expect(answer.status).toBe(status)
    expect(await answer.text()).toBe(status === 403 ? 'not from this address\n' : '')
    expect(await statusOf(`${url}/ready`)).toBe(200)
  })

  it('the address goes before the token, and probes are guarded when they shall', async () => {
    const admin = { token: 'only-token', allow: ['10.0.0.0/8'], guardProbes: true }
    const { url } = await serving({ admin })
    const authorization = 'Bearer only-token'
    for (const path of ['/metrics', '/health', '/ready'])
      expect(await statusOf(url + path, { authorization })).toBe(403)
    const tokened = await serving({ admin: { ...admin, allow: undefined } })
    expect([await statusOf(`${tokened.url}/ready`), await statusOf(`${tokened.url}/ready`, { authorization })]).toEqual(
      [401, 200],
    )
  })

  it('holds where the endpoints are mounted too', async () => {
    const { admin } = await parts({ admin: { token: 'only-token' } })
    const origin = await hosting(admin.mount('/ops'))
    expect(await statusOf(`${origin}/ops/metrics`)).toBe(401)
    expect(await statusOf(`${origin}/ops/metrics`, { authorization: 'Bearer only-token' })).toBe(200)
    expect(await statusOf(`${origin}/ops/health`)).toBe(200)
  })

  it.each([
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '10.1.2.4', false],
    ['10.1.2.3/8', '10.255.0.1', true],
    ['10.0.0.0/8', '::ffff:10.0.0.1', true],
    ['10.0.0.0/8', '::ffff:11.0.0.1', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['::1', undefined, false],
    ['::1', 'not an address', false],
  ])('%s has %s: %j', (range, address, has) => {
    expect(new AddressRanges([range]).has(address)).toBe(has)
  })

  it.each(['10.0.0.0/33', '::/129', '10.0.0', 'localhost', '10.0.0.0/', '', 'fe80::1%eth0', '10.0.0.0/8/8'])(
    '%j is no range',
    (range) => {
      expect(isAddressRange(range)).toBe(false)
      expect(() => new AddressRanges([range])).toThrow(/is no address and no range such as/)
    },
  )
})

describe('listening', () => {
  it('refuses a taken port with the mend', async () => {
    const { url } = await serving()
    const port = Number(new URL(url).port)
    const { admin } = await parts({ admin: { port } })
    await expect(admin.listen()).rejects.toThrow(
      `admin: 127.0.0.1:${port} is already in use. Set admin.port, or BOXMAN_ADMIN_PORT; 0 takes a free one.`,
    )
    expect(admin.url).toBeUndefined()
  })

  it('waits for nobody for ever', async () => {
    const { query } = await resolveConfig({ env: {}, cwd: import.meta.dirname })
    const config = await resolveConfig({ env: {}, cwd: import.meta.dirname, code: { admin: { port: 0 } } })
    const handler = (): void => undefined
    const told = { onFault: handler, onRefused: handler }
    const server = await listen({ handler, config, cwd: import.meta.dirname, now: () => 0, ...told })
    closing.push(() => server.close())
    expect(server).toMatchObject({
      headersTimeout: 10_000,
      requestTimeout: 60_000,
      keepAliveTimeout: 65_000,
      timeout: query.timeoutMs + 30_000,
      maxConnections: 100,
      maxHeadersCount: 100,
    })
  })

  it('refuses an address that is not of this machine', async () => {
    const { admin } = await parts({ admin: { host: '192.0.2.1' } })
    await expect(admin.listen()).rejects.toThrow(
      /^admin: 192\.0\.2\.1:0 is no address of this machine\. Set admin\.host/,
    )
  })

  it.each([
    ['0.0.0.0', /^http:\/\/127\.0\.0\.1:\d+\/ops$/],
    ['127.0.0.1', /^http:\/\/127\.0\.0\.1:\d+\/ops$/],
  ])('at %s has a URL that can be opened', async (host, pattern) => {
    const { url } = await serving({ admin: { host, basePath: '/ops' } })
    expect(url).toMatch(pattern)
    expect((await fetch(url)).status).toBe(200)
  })

  it('ends with the requests in flight answered', async () => {
    let release = (): void => {}
    const gate = new Promise<void>((resolve) => (release = resolve))
    let entered = (): void => {}
    const inside = new Promise<void>((resolve) => (entered = resolve))
    const slow: PathHandler = async (_request, response) => {
      entered()
      await gate
      response.end('late')
      return true
    }
    const { url, admin } = await serving({}, { handlers: [slow] })
    const answer = fetch(`${url}/slow`)
    await inside
    const closed = admin.close(10_000)
    release()
    expect((await answer).status).toBe(200)
    await closed
    await expect(fetch(`${url}/slow`)).rejects.toThrow('fetch failed')
  })

  it('ends at the deadline although a client hangs', async () => {
    let entered = (): void => {}
    const inside = new Promise<void>((resolve) => (entered = resolve))
    const stuck: PathHandler = () => {
      entered()
      return new Promise(() => {})
    }
    const { url, admin } = await serving({}, { handlers: [stuck] })
    const answer = fetch(`${url}/stuck`).catch(() => 'cut')
    await inside
    await admin.close(5)
    expect(await answer).toBe('cut')
  })
})

describe('mounted', () => {
  /** How the endpoints under the path, the links to them and the host's own path answer. */
  async function answersOf(origin: string): Promise<unknown> {
    const paths = [
      '',
      '/',
      '/endpoints',
      '/metrics',
      '/health',
      '/ready?verbose=1',
      '/config',
      '/style.css',
      '/nothing',
    ]
    const codes = await Promise.all(paths.map(async (path) => (await fetch(`${origin}/ops/boxman${path}`)).status))
    const page = await (await fetch(`${origin}/ops/boxman/endpoints`)).text()
    return {
      codes,
      link: page.match(/href="([^"]*metrics)"/)?.[1],
      beside: await (await fetch(`${origin}/hello`)).text(),
    }
  }
  const MOUNTED = {
    codes: [200, 200, 200, 200, 200, 200, 200, 200, 404],
    link: './metrics',
    beside: 'the host',
  }

  it('in node:http', async () => {
    const { admin } = await parts()
    const handler = admin.mount('/ops/boxman')
    const origin = await hosting((request, response) => {
      if (request.url?.startsWith('/ops/boxman') === true) handler(request, response)
      else response.end('the host')
    })
    expect(await answersOf(origin)).toEqual(MOUNTED)
  })

  it('by its base path, and not beside it', async () => {
    const { admin } = await parts({ admin: { basePath: '/ops/boxman' } })
    const origin = await hosting(admin.handler)
    expect((await fetch(`${origin}/ops/boxman/health`)).status).toBe(200)
    for (const path of ['/health', '/ops/boxmanhealth', '/ops']) {
      expect([path, (await fetch(origin + path)).status]).toEqual([path, 404])
    }
  })

  it.each(['', '/ops/boxman'])(
    'in a host that strips the path, as Express does, with base path %j',
    async (basePath) => {
      const { admin } = await parts()
      const handler = basePath === '' ? admin.handler : admin.mount(basePath)
      const origin = await hosting((request, response) => {
        const url = request.url ?? '/'
        if (!url.startsWith('/ops/boxman')) {
          response.end('the host')
          return
        }
        const rest = url.slice('/ops/boxman'.length)
        handler(Object.assign(request, { originalUrl: url, url: rest.startsWith('/') ? rest : `/${rest}` }), response)
      })
      expect(await answersOf(origin)).toEqual(MOUNTED)
    },
  )

  it('in Fastify', async () => {
    const { admin } = await parts()
    const handler = admin.mount('/ops/boxman')
    const app = fastify()
    app.get('/hello', async () => 'the host')
    for (const path of ['/ops/boxman', '/ops/boxman/*']) {
      app.all(path, (request, reply) => {
        reply.hijack()
        handler(request.raw, reply.raw)
      })
    }
    closing.push(() => app.close())
    expect(await answersOf(await app.listen({ port: 0, host: '127.0.0.1' }))).toEqual(MOUNTED)
  })
})
