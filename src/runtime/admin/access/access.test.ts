import { request as httpRequest } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { exchange } from '../../../../test/support/raw-http.ts'
import { remoteWriteBody, type ServedAdmin, serveServer, serveService } from '../../../../test/support/served-admin.ts'
import { type ConfigInput, createBoxman, createServer, readServeOptions } from '../../index.ts'
import { Failures } from './failures.ts'
import { HostNames, nameOf } from './host-name.ts'
import { hashPassword } from './password.ts'
import type { Scope } from './scope.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function service(admin: ConfigInput['admin'] & object = {}): Promise<ServedAdmin> {
  const served = await serveService(admin)
  closing.push(() => served.close())
  return served
}

type Headers = Readonly<Record<string, string>>

/** With any header, those too that `fetch` keeps for itself. */
function ask(
  url: string,
  headers: Headers = {},
  method = 'GET',
  body?: string | Uint8Array,
): Promise<{ status: number; text: string; headers: Readonly<Record<string, unknown>> }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers: { connection: 'close', ...headers } }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => (text += piece))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text, headers: response.headers }))
    })
    request.on('error', reject)
    request.end(body)
  })
}

const statusOf = async (...args: Parameters<typeof ask>): Promise<number> => (await ask(...args)).status
const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` })
const basic = (user: string, password: string): Headers => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
})

describe('O17: a decision before other machines are let in', () => {
  it.each([
    [{ host: '0.0.0.0' }, false],
    [{ host: '::' }, false],
    [{ host: '192.168.1.7' }, false],
    [{ host: 'wallet.internal' }, false],
    [{ host: '0.0.0.0', tls: { cert: 'c', key: 'k' } }, false],
    [{ host: '0.0.0.0', hosts: ['a'], origins: ['https://a.example'], guardProbes: true }, false],
    [{ host: '0.0.0.0', enabled: false }, true],
    [{ host: '0.0.0.0', insecure: true }, true],
    [{ host: '0.0.0.0', token: 'some-token' }, true],
    [{ host: '0.0.0.0', tokens: [{ token: 'some-token', scopes: ['metrics'] }] }, true],
    [{ host: '0.0.0.0', basic: [{ user: 'ann', password: 'pass-word', scopes: ['read'] }] }, true],
    [{ host: '0.0.0.0', allow: ['private'] }, true],
    [{ host: '127.0.0.1' }, true],
    [{ host: 'localhost' }, true],
  ] satisfies readonly (readonly [ConfigInput['admin'] & object, boolean])[])(
    '%j starts: %s',
    async (admin, starts) => {
      const started = createBoxman(
        { store: false, log: false, admin: { port: 0, ...admin } },
        { env: {}, cwd: import.meta.dirname },
      )
      const outcome = await started.then(
        (boxman) => boxman.stop().then(() => ''),
        (error: unknown) => String(error),
      )
      if (starts) expect(outcome).toBe('')
      else {
        expect(outcome).toMatch(
          /^ConfigError: .*\n {2}admin\.host: \S+ lets other machines in, and nothing says who may ask/,
        )
        for (const choice of ['admin.token', 'admin.basic', 'admin.tls', 'admin.allow', 'admin.insecure: true']) {
          expect(outcome).toContain(choice)
        }
      }
    },
  )

  it.each([
    [['--listen', '0.0.0.0:0'], {}, false],
    [['--listen', ':0'], {}, false],
    [['--listen', '[::]:0'], {}, false],
    [['--listen', '0.0.0.0:0', '--insecure'], {}, true],
    [['--listen', '0.0.0.0:0'], { BOXMAN_ADMIN_TOKEN: 'some-token' }, true],
    [['--listen', '0.0.0.0:0'], { BOXMAN_ADMIN_ALLOW: 'private' }, true],
    [['--listen', '0.0.0.0:0'], { BOXMAN_ADMIN_INSECURE: 'true' }, true],
    [['--listen', '127.0.0.1:0'], {}, true],
  ])('boxman serve %j with %j starts: %s', async (args, env, starts) => {
    const outcome = await createServer(readServeOptions(args), { BOXMAN_LOG_LEVEL: 'silent', ...env }).then(
      (server) => server.stop().then(() => ''),
      (error: unknown) => String(error),
    )
    if (starts) expect(outcome).toBe('')
    else expect(outcome).toMatch(/^BoxmanError: --listen \S+ lets other machines in.*BOXMAN_ADMIN_TOKEN.*--insecure/)
  })
})

const OTLP = '{"resourceMetrics":[]}'
const JSON_TYPE = { 'content-type': 'application/json' }
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
/** What a visitor of the scope may do, of these alone. */
const DEEDS: Readonly<
  Record<Scope, readonly (readonly [method: string, path: string, headers?: Headers, body?: string])[]>
> = {
  metrics: [
    ['GET', '/metrics'],
    ['HEAD', '/metrics'],
    ['GET', '/federate?match[]=up'],
  ],
  read: [
    ['GET', '/'],
    ['GET', '/config'],
    ['GET', '/health/db'],
    ['GET', '/diagnostics/circuit-breakers'],
    ['GET', '/api/v1/query?query=1'],
    ['POST', '/api/v1/query', FORM, 'query=1'],
    ['GET', '/api/v1/label/__name__/values'],
    ['GET', '/api/traces?service=wallet'],
    ['GET', '/nothing'],
  ],
  ingest: [['POST', '/api/v1/otlp/v1/metrics', JSON_TYPE, OTLP]],
  operate: [
    ['POST', '/api/v1/admin/tsdb/snapshot'],
    ['PUT', '/nothing'],
    ['DELETE', '/metrics'],
  ],
}

describe('scopes', () => {
  it.each(Object.keys(DEEDS))('%s', async (scope) => {
    const tokens = Object.keys(DEEDS).map((each) => ({ token: `token-of-${each}`, scopes: [each as Scope] }))
    const { url } = await service({ tokens, token: 'token-of-all' })
    for (const [of, deeds] of Object.entries(DEEDS)) {
      for (const [method, path, headers = {}, body] of deeds) {
        const [own, all, none] = [bearer(`token-of-${scope}`), bearer('token-of-all'), {}].map((who) =>
          ask(url + path, { ...headers, ...who }, method, body),
        )
        const refused = [401, 403]
        expect([method, path, refused.includes((await own)?.status ?? 0)]).toEqual([method, path, of !== scope])
        expect([method, path, refused.includes((await all)?.status ?? 0)]).toEqual([method, path, false])
        expect([method, path, (await none)?.status]).toEqual([method, path, 401])
      }
    }
  })

  it.each([
    [{}, 401],
    [bearer('not-the-token'), 401],
    [basic('ann', 'not-the-password'), 401],
    [bearer('metrics-token'), 403],
  ])('who comes with %j learns nothing of what there is', async (who, status) => {
    const tokens = [{ token: 'metrics-token', scopes: ['metrics' as const] }]
    const { url } = await service({
      tokens,
      basic: [{ user: 'ann', password: 'pass-word', scopes: ['read'] }],
      basePath: '/ops',
    })
    const seen = new Set<string>()
    for (const path of [
      '/ops/',
      '/ops/config',
      '/ops/api/v1/query',
      '/ops/nothing',
      '/elsewhere',
      '/',
      '/ops/health/db',
    ]) {
      const { status: told, text, headers } = await ask(url.replace('/ops', '') + path, who)
      const { date: _, ...rest } = headers
      seen.add(JSON.stringify([told, text, rest]))
    }
    expect(seen.size).toBe(1)
    expect([...seen].join()).toContain(`[${status},`)
  })

  it('probes are anybody’s, and tell why to who may read', async () => {
    const { url } = await service({ tokens: [{ token: 'read-token', scopes: ['read'] }] })
    expect((await ask(`${url}/ready`)).text).not.toContain('fine')
    await expect.poll(async () => (await ask(`${url}/ready`, bearer('read-token'))).text).toContain('fine')
    expect(await statusOf(`${url}/livez`, {}, 'POST')).toBe(401)
    const guarded = await service({ tokens: [{ token: 'metrics-token', scopes: ['metrics'] }], guardProbes: true })
    expect([
      await statusOf(`${guarded.url}/livez`),
      await statusOf(`${guarded.url}/livez`, bearer('metrics-token')),
    ]).toEqual([401, 200])
  })

  it('what is refused is counted by reason', async () => {
    const { url } = await service({ token: 'some-token' })
    await ask(`${url}/metrics`)
    await ask(`${url}/metrics`, bearer('wrong-token'))
    await ask(`${url}/metrics`, { ...bearer('some-token'), host: 'evil.example' })
    const { text } = await ask(`${url}/metrics`, bearer('some-token'))
    const counted = [...text.matchAll(/^boxman_admin_refused_total\{reason="([^"]+)"\} (\d+)$/gm)].map(
      ([, reason, count]) => `${reason} ${count}`,
    )
    expect(counted.toSorted()).toEqual([
      'address 0',
      'credentials 1',
      'host 1',
      'malformed 0',
      'no-credentials 1',
      'origin 0',
      'scope 0',
      'throttled 0',
      'tls 0',
    ])
  })
})

describe('admin.basic', () => {
  it.each(['plain', 'hashed'])('a password that is %s', async (kind) => {
    const password = 'pass:wörd'
    const stated = kind === 'plain' ? password : await hashPassword(password)
    const { url } = await service({ basic: [{ user: 'ann', password: stated, scopes: ['read'] }] })
    const statuses = []
    for (const who of [
      basic('ann', password),
      basic('ann', password),
      basic('ann', `${password}x`),
      basic('bob', password),
      { authorization: 'Basic %%%' },
      bearer(password),
    ])
      statuses.push(await statusOf(`${url}/config`, who))
    expect(statuses).toEqual([200, 200, 401, 401, 401, 401])
    expect((await ask(`${url}/config`)).headers['www-authenticate']).toBe('Basic realm="boxman", charset="UTF-8"')
    const { text } = await ask(`${url}/config`, basic('ann', password))
    expect(JSON.parse(text)).toMatchObject({ values: { admin: { basic: [{ user: 'ann', password: '[hidden]' }] } } })
    expect(text).not.toContain(stated)
  })
})

describe('failures', () => {
  it('an address that fails too often waits; what is right goes on', async () => {
    const { url } = await service({
      token: 'some-token',
      basic: [{ user: 'ann', password: 'pass-word', scopes: ['read'] }],
    })
    const statuses: number[] = []
    for (let i = 0; i < 25; i++) statuses.push(await statusOf(`${url}/nothing`, basic('ann', `guess-${i}`)))
    expect(new Set(statuses)).toEqual(new Set([401, 429]))
    expect(statuses.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 401))
    const { status, headers } = await ask(`${url}/config`, bearer('wrong-token'))
    expect([status, Number(headers['retry-after']) > 0]).toEqual([429, true])
    // A password is not even looked at; a token cannot be guessed.
    expect(await statusOf(`${url}/config`, basic('ann', 'pass-word'))).toBe(429)
    expect(await statusOf(`${url}/config`, bearer('some-token'))).toBe(200)
    expect(await statusOf(`${url}/livez`)).toBe(200)
    expect(await statusOf(`${url}/config`)).toBe(401)
  })

  it.each([
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', '10.0.0.2', false],
    ['10.0.0.1', '::ffff:10.0.0.1', true],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.2', false],
    ['2001:db8:0:1::1', '2001:db8:0:1:ffff::2', true],
    ['2001:db8::1', '2001:0db8:0:0:5::', true],
    ['2001:db8:0:1::1', '2001:db8:0:2::1', false],
    ['fe80::1%eth0', 'fe80::2%eth1', true],
    ['::1', '::1', true],
    ['::1', '1::', false],
  ])('%s and %s are one: %s', (one, other, same) => {
    const failures = new Failures(() => 0, { burst: 1 })
    failures.record(one)
    expect(failures.waitMs(other) > 0).toBe(same)
  })

  it('are forgiven one by one, and remembered of so many addresses', () => {
    let now = 0
    const failures = new Failures(() => now, { burst: 2, refillMs: 1000, maxAddresses: 3 })
    failures.record('a')
    expect(failures.waitMs('a')).toBe(0)
    failures.record('a')
    expect(failures.waitMs('a')).toBe(1000)
    now = 400
    expect(failures.waitMs('a')).toBe(600)
    now = 1000
    expect(failures.waitMs('a')).toBe(0)
    for (const address of 'bcdef') failures.record(address)
    expect(failures.size).toBe(3)
  })
})

describe('the host’s name', () => {
  it.each([
    ['127.0.0.1', 200],
    ['127.0.0.1:9090', 200],
    ['localhost', 200],
    ['LOCALHOST.:80', 200],
    ['wallet.localhost:1', 200],
    ['[::1]:9090', 200],
    ['ops.example', 200],
    ['a.svc.example:9090', 200],
    ['svc.example', 421],
    ['evil.example', 421],
    ['127.0.0.1.evil.example', 421],
    ['localhost.evil.example', 421],
    ['10.0.0.1', 421],
    ['0.0.0.0', 421],
    ['2130706433', 421],
    ['user@127.0.0.1', 400],
    ['127.0.0.1:port', 400],
    ['[127.0.0.1]', 400],
    ['a b', 400],
  ])('on the loopback, %j gets %i', async (host, status) => {
    const { url } = await service({ hosts: ['ops.example', '*.svc.example'] })
    const forwarded = { 'x-forwarded-host': '127.0.0.1', forwarded: 'host=127.0.0.1' }
    for (const path of ['/metrics', '/livez']) expect(await statusOf(url + path, { ...forwarded, host })).toBe(status)
  })

  it.each([
    ['GET /livez HTTP/1.1\r\nconnection: close\r\n\r\n', 400],
    ['GET /livez HTTP/1.1\r\nhost:\r\nconnection: close\r\n\r\n', 400],
    ['GET /livez HTTP/1.0\r\n\r\n', 200],
    ['GET /livez HTTP/1.1\r\nhost: localhost\r\nHOST: localhost\r\nconnection: close\r\n\r\n', 400],
    ['GET http://localhost/livez HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n', 200],
    ['GET http://evil.example/livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n', 421],
  ])('%j gets %i', async (text, status) => {
    const { port } = await service()
    expect(await exchange(port, [text])).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  })

  it.each([
    [
      '0.0.0.0',
      undefined,
      false,
      {
        '10.0.0.1': true,
        '[::1]': true,
        wallet: true,
        'wallet.ns.svc': true,
        'a.cluster.local': true,
        'wallet.shop': false,
      },
    ],
    ['0.0.0.0', undefined, true, { '10.0.0.1': true, 'wallet.shop': true }],
    ['0.0.0.0', ['wallet.shop'], true, { '10.0.0.1': true, 'wallet.shop': true, wallet: false, 'evil.example': false }],
    ['wallet.shop', undefined, false, { 'wallet.shop': true, 'evil.example': false }],
    ['127.0.0.1', undefined, true, { '10.0.0.1': false, 'evil.example': false, localhost: true }],
    [undefined, undefined, false, { 'wallet.shop': true }],
    [undefined, ['wallet.shop'], false, { 'wallet.shop': true, 'evil.example': false }],
  ])('bound to %s, of hosts %j, who is asked: %s', (bound, hosts, asksWho, names) => {
    const known = new HostNames({ bound, hosts, asksWho })
    const judged = Object.keys(names).map((name) => [name, known.has(nameOf(name) ?? '')])
    expect(Object.fromEntries(judged)).toEqual(names)
  })
})

describe('pages in a browser', () => {
  const SITE = 'sec-fetch-site'
  const LINK = { [SITE]: 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
  const GRAFANA = 'https://grafana.example'

  it.each([
    ['GET', '/config', {}, 200],
    ['GET', '/config', { origin: 'SELF' }, 200],
    ['GET', '/config', { [SITE]: 'same-origin' }, 200],
    ['GET', '/config', { [SITE]: 'none' }, 200],
    ['GET', '/config', { [SITE]: 'cross-site' }, 403],
    ['GET', '/config', { [SITE]: 'same-site' }, 403],
    ['GET', '/config', { [SITE]: 'same-origin, cross-site' }, 403],
    ['GET', '/livez', { origin: 'https://evil.example' }, 403],
    ['GET', '/config', { origin: 'null' }, 403],
    ['GET', '/config', { origin: 'http://127.0.0.1:1' }, 403],
    ['GET', '/config', { origin: 'https://grafana.example.evil' }, 403],
    ['GET', '/config', { origin: GRAFANA, [SITE]: 'cross-site' }, 200],
    ['GET', '/config', LINK, 200],
    ['GET', '/config', { ...LINK, 'sec-fetch-dest': 'iframe' }, 403],
    ['POST', '/api/v1/query', LINK, 403],
    ['POST', '/api/v1/query', { ...FORM, origin: GRAFANA, [SITE]: 'cross-site' }, 400],
    ['POST', '/api/v1/query', { ...FORM, origin: 'SELF' }, 400],
    // Writes: curl and senders as they come, pages of this origin in a way that no form has.
    ['POST', '/-/reload', {}, 200],
    ['POST', '/-/reload', FORM, 200],
    ['POST', '/-/reload', { origin: 'https://evil.example', ...JSON_TYPE }, 403],
    ['POST', '/-/reload', { origin: GRAFANA, ...JSON_TYPE }, 403],
    ['POST', '/-/reload', { [SITE]: 'cross-site', ...JSON_TYPE }, 403],
    ['POST', '/-/reload', { origin: 'SELF' }, 403],
    ['POST', '/-/reload', { origin: 'SELF', ...FORM }, 403],
    ['POST', '/-/reload', { origin: 'SELF', 'content-type': 'text/plain; charset=utf-8' }, 403],
    ['POST', '/-/reload', { origin: 'SELF', 'content-type': 'multipart/form-data; boundary=x' }, 403],
    ['POST', '/-/reload', { origin: 'SELF', ...JSON_TYPE }, 200],
    ['POST', '/-/reload', { [SITE]: 'same-origin', 'x-requested-with': 'fetch' }, 200],
    ['POST', '/api/v1/write', { origin: 'https://evil.example', 'content-type': 'application/x-protobuf' }, 403],
    ['OPTIONS', '/config', { origin: GRAFANA, 'access-control-request-method': 'GET' }, 204],
    ['OPTIONS', '/config', { origin: 'https://evil.example', 'access-control-request-method': 'GET' }, 403],
  ])('%s %s with %j gets %i', async (method, path, given, status) => {
    const served = await serveServer({ BOXMAN_ADMIN_ORIGINS: GRAFANA })
    closing.push(() => served.close())
    const headers = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, value === 'SELF' ? served.url : value]),
    )
    const { status: told, headers: answered } = await ask(served.url + path, headers, method)
    expect(told).toBe(status)
    const readable = headers['origin'] === GRAFANA && told !== 403
    expect(answered['access-control-allow-origin']).toBe(readable ? GRAFANA : undefined)
  })

  it('a preflight is answered without a token, and what follows is not', async () => {
    const { url } = await service({ token: 'some-token', origins: [GRAFANA] })
    const preflight = await ask(
      `${url}/api/v1/query`,
      { origin: GRAFANA, 'access-control-request-method': 'POST' },
      'OPTIONS',
    )
    expect([preflight.status, preflight.headers['access-control-allow-headers']]).toEqual([
      204,
      'Accept, Authorization, Content-Type',
    ])
    expect(await statusOf(`${url}/api/v1/query`, { origin: GRAFANA })).toBe(401)
    expect(await statusOf(`${url}/api/v1/query?query=1`, { origin: GRAFANA, ...bearer('some-token') })).toBe(200)
  })

  it('remote write and OTLP go on', async () => {
    const { url } = await service({ tokens: [{ token: 'ingest-token', scopes: ['ingest'] }] })
    const write = await remoteWriteBody(Date.now())
    expect(
      await statusOf(`${url}/api/v1/write`, { 'content-encoding': 'snappy', ...bearer('ingest-token') }, 'POST', write),
    ).toBe(204)
    expect(
      await statusOf(`${url}/api/v1/otlp/v1/metrics`, { ...JSON_TYPE, ...bearer('ingest-token') }, 'POST', OTLP),
    ).toBe(200)
  })
})
