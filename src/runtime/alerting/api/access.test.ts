import { afterEach, describe, expect, it } from 'vitest'
import { dispatchConfig } from '../../../../test/support/alerting-config.ts'
import { ask, bearer, type Headers } from '../../../../test/support/ask.ts'
import { MachineDoor } from '../../../../test/support/machine-door.ts'
import { Health } from '../../../health/index.ts'
import { expose, Registry } from '../../../metrics/index.ts'
import { LabelSet } from '../../../series/index.ts'
import { Admin } from '../../admin/admin.ts'
import { type ConfigInput, resolveConfig } from '../../index.ts'
import { AckTokens } from './ack-token.ts'
import { alertingHandler } from './paths.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const NOW = Date.parse('2026-03-01T12:00:00Z')
const KEY = '{}:{}'
const tokens = new AckTokens(Buffer.from('a secret of sixteen'))
const LINK = `/alerting/ack?token=${tokens.sign({ groupKey: KEY, receiver: 'hook' }, NOW + 1)}`
const SCOPES = ['read', 'operate', 'ingest', 'metrics'] as const
const JSON_TYPE = { 'content-type': 'application/json' }
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const ALERTS = '[{"labels": {"alertname": "Slow"}}]'
const ACKNOWLEDGE = JSON.stringify({ groupKey: KEY, by: 'ann' })
const SILENCE = JSON.stringify({
  matchers: [{ name: 'a', value: 'b', isRegex: false }],
  startsAt: '2026-03-01T12:00:00Z',
  endsAt: '2026-03-01T14:00:00Z',
  createdBy: 'ann',
  comment: 'upgrade',
})

/** A service whose endpoints are guarded, with an alert that fires. */
async function guarded(own: ConfigInput['admin'] & object = {}): Promise<string> {
  const door = new MachineDoor(dispatchConfig({ route: {} }), '', () => NOW)
  door.post([{ labels: LabelSet.of({ alertname: 'Slow' }), annotations: LabelSet.EMPTY }])
  const faults: unknown[] = []
  const onFault = (error: unknown): unknown => faults.push(error)
  const config = await resolveConfig({
    env: {},
    cwd: import.meta.dirname,
    code: {
      admin: { port: 0, tokens: SCOPES.map((scope) => ({ token: `token-of-${scope}`, scopes: [scope] })), ...own },
    },
  })
  const metrics = new Registry()
  const readToken = (token: string, now: number): ReturnType<AckTokens['read']> => tokens.read(token, now)
  const admin = new Admin({
    config,
    boxmanVersion: '0.1.0',
    expose: (wanted) => expose(metrics, wanted),
    health: new Health({ now: () => 0 }),
    uptimeMs: () => 0,
    handlers: [alertingHandler({ door, now: () => NOW, version: '0.1.0', readToken, onFault })],
    onFault,
  })
  closing.push(
    () => admin.close(100),
    () => expect(faults).toEqual([]),
  )
  await admin.listen()
  return admin.url ?? ''
}

describe('who may', () => {
  it.each([
    ['GET', '/api/v2/alerts', 'read', ''],
    ['GET', '/api/v2/alerts/groups', 'read', ''],
    ['POST', '/api/v2/alerts', 'ingest', ALERTS],
    ['GET', '/api/v2/silences', 'read', ''],
    ['POST', '/api/v2/silences', 'operate', SILENCE],
    ['DELETE', '/api/v2/silence/00000000-0000-4000-8000-000000000000', 'operate', ''],
    ['GET', '/api/v2/status', 'read', ''],
    ['GET', '/api/v2/receivers', 'read', ''],
    ['POST', '/api/alerting/acknowledge', 'operate', ACKNOWLEDGE],
    ['GET', '/api/alerting/decisions', 'read', ''],
  ] as const)('%s %s: %s alone', async (method, path, scope, body) => {
    const url = await guarded()
    const sent = body === '' ? undefined : body
    const asked = async (who: Headers): Promise<number> =>
      (await ask(url + path, { ...JSON_TYPE, ...who }, method, sent)).status
    for (const other of SCOPES) {
      const status = await asked(bearer(`token-of-${other}`))
      expect([other, status === 403]).toEqual([other, other !== scope])
      expect(status).not.toBe(401)
    }
    expect(await asked({})).toBe(401)
  })
})

describe('who it was', () => {
  const USERS = [{ user: 'ann', password: 'pass-word', scopes: ['read', 'operate'] as const }]
  const TOKENS = [{ token: 'token-of-robot', name: 'robot', scopes: ['read', 'operate'] as const }]
  const own = { tokens: TOKENS, basic: USERS, token: 'the-only-token' }
  const ann = { authorization: `Basic ${Buffer.from('ann:pass-word').toString('base64')}` }
  const robot = bearer('token-of-robot')
  const acknowledge = (by: string): string => JSON.stringify({ groupKey: KEY, ...(by === '' ? {} : { by }) })

  const asked = async (url: string, headers: Headers, body?: string): Promise<string> =>
    (await ask(url, headers, body === undefined ? 'GET' : 'POST', body)).text

  it.each([
    [ann, 'ann', 'ann'],
    [ann, '', 'ann'],
    [ann, 'bob', 'ann (as "bob")'],
    [robot, 'ann', 'robot (as "ann")'],
    [robot, 'robot (as "ann")', 'robot (as "ann")'],
    [ann, 'robot (as "ann")', 'ann (as "robot (as \\"ann\\")")'],
    [bearer('the-only-token'), 'ann', 'a token (as "ann")'],
  ])('%j says that they are %j: %s', async (who, stated, told) => {
    const url = await guarded(own)
    const headers = { ...JSON_TYPE, ...who }
    const answer = await asked(`${url}/api/alerting/acknowledge`, headers, acknowledge(stated))
    expect(JSON.parse(answer)).toMatchObject({ by: told })
    const body = JSON.stringify({ ...(JSON.parse(SILENCE) as object), createdBy: stated })
    await asked(`${url}/api/v2/silences`, headers, body)
    const silences: unknown = JSON.parse(await asked(`${url}/api/v2/silences`, headers))
    expect(silences).toMatchObject([{ createdBy: told }])
  })

  it('is what is said where nobody asks, and must be said then', async () => {
    const url = await guarded({ tokens: undefined })
    const acknowledged = (by: string): Promise<string> =>
      asked(`${url}/api/alerting/acknowledge`, JSON_TYPE, acknowledge(by))
    expect(await acknowledged('ann')).toContain('"by":"ann"')
    expect(await acknowledged('')).toContain('by: expected who it is')
  })

  it('by a link: the name that was given, and whom the link was sent to', async () => {
    const url = await guarded(own)
    await ask(url + LINK, FORM, 'POST', 'by=ann')
    expect(await asked(url + LINK, {})).toContain('Acknowledged already: ann, by the link sent to hook')
  })
})

describe('a signed link', () => {
  const SELF = 'SELF'
  const CLICKED = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }

  it.each([
    ['GET', LINK, {}, 200],
    ['GET', LINK, CLICKED, 200],
    ['GET', LINK, { ...CLICKED, 'sec-fetch-dest': 'iframe' }, 403],
    ['GET', LINK, { origin: 'https://evil.example' }, 403],
    ['POST', LINK, FORM, 200],
    ['POST', LINK, { ...FORM, origin: SELF, 'sec-fetch-site': 'same-origin' }, 200],
    ['POST', LINK, { ...FORM, origin: SELF }, 200],
    ['POST', LINK, { ...FORM, origin: 'https://evil.example' }, 403],
    ['POST', LINK, { ...FORM, 'sec-fetch-site': 'cross-site' }, 403],
    ['POST', LINK, { ...FORM, origin: 'null' }, 403],
    ['POST', `${LINK}x`, FORM, 403],
    ['POST', '/alerting/ack', FORM, 403],
    ['POST', '/alerting/ack/', FORM, 401],
  ] as const)('%s %s with %j gets %i, without other credentials', async (method, path, given, status) => {
    for (const guardProbes of [false, true]) {
      const url = await guarded({ guardProbes })
      const headers = Object.fromEntries(Object.entries(given).map(([name, of]) => [name, of === SELF ? url : of]))
      expect((await ask(url + path, headers, method, method === 'POST' ? 'by=ann' : undefined)).status).toBe(status)
    }
  })

  it('is for the addresses that may ask, as all else', async () => {
    const url = await guarded({ allow: ['10.0.0.0/8'] })
    expect((await ask(url + LINK, {})).status).toBe(403)
  })

  it('shows a form that may be sent to its own page, and whose browser says so', async () => {
    const { headers } = await ask((await guarded()) + LINK, {})
    expect(headers['content-security-policy']).toContain("form-action 'self'")
    expect(headers['referrer-policy']).toBe('same-origin')
    expect(headers['x-frame-options']).toBe('DENY')
  })
})
