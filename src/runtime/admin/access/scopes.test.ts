import { afterEach, describe, expect, it } from 'vitest'
import { ask, basic, bearer, type Headers, statusOf } from '../../../../test/support/ask.ts'
import { type ServedAdmin, serveService } from '../../../../test/support/served-admin.ts'
import type { ConfigInput } from '../../index.ts'
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
    ['GET', '/endpoints'],
    ['GET', '/api/console/facts'],
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
      '/ops/endpoints',
      '/ops/api/console/facts',
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
    expect(JSON.parse(text)).toMatchObject({
      values: { admin: { basic: [{ user: 'ann', password: '[set, from code]' }] } },
    })
    expect(text).not.toContain(stated)
  })
})
