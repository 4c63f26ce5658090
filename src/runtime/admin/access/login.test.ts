import { afterEach, describe, expect, it } from 'vitest'
import { ask, basic, bearer, type Headers, type Told } from '../../../../test/support/ask.ts'
import { type ServedAdmin, serveServer, serveService } from '../../../../test/support/served-admin.ts'
import type { ConfigInput } from '../../index.ts'
import { hashPassword } from './password.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function service(admin: ConfigInput['admin'] & object): Promise<ServedAdmin> {
  const served = await serveService(admin)
  closing.push(() => served.close())
  return served
}

const TOKENS = [
  { name: 'deploy', token: 'operator-token', scopes: ['read' as const, 'operate' as const] },
  { name: 'looker', token: 'reader-token', scopes: ['read' as const] },
  { name: 'prometheus', token: 'scrape-token', scopes: ['metrics' as const] },
]
const JSON_TYPE = { 'content-type': 'application/json' }

function logIn(url: string, body: object, headers: Headers = {}): Promise<Told> {
  const said = { ...JSON_TYPE, origin: new URL(url).origin, ...headers }
  return ask(`${url}/api/console/login`, said, 'POST', JSON.stringify({ path: '/', ...body }))
}

function setBy({ headers }: Told): string {
  const [cookie] = Array.isArray(headers['set-cookie']) ? headers['set-cookie'] : []
  return typeof cookie === 'string' ? cookie : ''
}

/** The header of a request that follows. */
function cookieOf(told: Told): Headers {
  return { cookie: setBy(told).split(';')[0] ?? '' }
}

describe('the way into the console', () => {
  it('is open: the page, and how to log in; nothing else is', async () => {
    const { url } = await service({ tokens: TOKENS, basic: [{ user: 'ann', password: 'pass-word', scopes: ['read'] }] })
    const statuses = []
    for (const path of [
      '/',
      '/assets/nothing.js',
      '/api/console/login',
      '/api/console/facts',
      '/endpoints',
      '/style.css',
    ])
      statuses.push((await ask(url + path)).status)
    expect(statuses).toEqual([200, 404, 200, 401, 401, 401])
    expect((await ask(`${url}/api/console/login`)).text).toBe('{"token":true,"password":true}\n')
    const closed = await service({ token: 'some-token', allow: ['10.0.0.0/8'] })
    expect([(await ask(closed.url)).status, (await logIn(closed.url, { token: 'some-token' })).status]).toEqual([
      403, 403,
    ])
  })

  it.each([
    ['a token', { token: 'reader-token' }, 'looker', ['read']],
    ['a password', { user: 'ann', password: 'pass-word' }, 'ann', ['read', 'operate']],
    ['a password that is stated hashed', { user: 'bob', password: 'word-pass' }, 'bob', ['read']],
  ] as const)('%s is exchanged for a cookie, which does what it may do', async (_, given, name, scopes) => {
    const { url } = await service({
      tokens: TOKENS,
      basic: [
        { user: 'ann', password: 'pass-word', scopes: ['read', 'operate'] },
        { user: 'bob', password: await hashPassword('word-pass'), scopes: ['read'] },
      ],
    })
    const told = await logIn(url, { ...given, path: '/ops/boxman/' })
    expect([told.status, JSON.parse(told.text)]).toEqual([200, { name, scopes }])
    expect(setBy(told)).toMatch(
      /^boxman_[\da-f]{8}=\d\.\d+\.[\w-]{43}; Path=\/ops\/boxman\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    )
    const facts = await ask(`${url}/api/console/facts`, cookieOf(told))
    expect(JSON.parse(facts.text)).toMatchObject({ visitor: { name, scopes, bySession: true } })
    const origin = { ...JSON_TYPE, ...cookieOf(told), origin: url }
    const [scrape, write] = [await ask(`${url}/metrics`, cookieOf(told)), await ask(`${url}/nothing`, origin, 'POST')]
    const mayOperate = (scopes as readonly string[]).includes('operate')
    expect([scrape.status, write.status]).toEqual([403, mayOperate ? 405 : 403])
  })

  it.each([
    [{ token: 'no-token' }, 401],
    [{ user: 'ann', password: 'no-word' }, 401],
    [{ user: 'nobody', password: 'pass-word' }, 401],
    [{ link: 'x' }, 401],
    [{ token: 'scrape-token' }, 403],
    [{}, 400],
    [{ token: 7 }, 400],
    [{ user: 'ann' }, 400],
    [{ token: 'reader-token', path: undefined }, 400],
    [{ token: 'reader-token', path: 'x' }, 400],
    [{ token: 'reader-token', path: '//evil.example/' }, 400],
    [{ token: 'reader-token', path: '/; Domain=evil.example' }, 400],
    [{ token: 'reader-token', path: '/\r\nset-cookie: a=b' }, 400],
  ])('%j gets %i and no cookie', async (given, status) => {
    const { url } = await service({ tokens: TOKENS, basic: [{ user: 'ann', password: 'pass-word', scopes: ['read'] }] })
    const told = await logIn(url, given)
    const challenge = status === 401 ? 'Session realm="boxman"' : undefined
    const { 'set-cookie': cookie, 'www-authenticate': challenged } = told.headers
    expect([told.status, cookie, challenged]).toEqual([status, undefined, challenge])
  })

  it('is no way in for another site, and needs what no form sends', async () => {
    const { url } = await service({ tokens: TOKENS, origins: ['https://grafana.example'] })
    const statuses = []
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'https://grafana.example' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'content-type': 'text/plain' },
    ])
      statuses.push((await logIn(url, { token: 'reader-token' }, headers)).status)
    expect(statuses).toEqual([403, 403, 403, 403, 403])
    const out = await ask(`${url}/api/console/logout`, { ...JSON_TYPE, origin: 'https://evil.example' }, 'POST', '{}')
    expect(out.status).toBe(403)
  })

  it('counts and limits who guesses, as elsewhere', async () => {
    const { url } = await service({ tokens: TOKENS, basic: [{ user: 'ann', password: 'pass-word', scopes: ['read'] }] })
    const statuses = new Map<number, number>()
    for (let i = 0; i < 24; i++) {
      const { status } = await logIn(url, { token: `guess-${i}` })
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
    expect(statuses.get(401)).toBeGreaterThanOrEqual(20)
    expect(statuses.get(429)).toBeGreaterThan(0)
    const word = await logIn(url, { user: 'ann', password: 'pass-word' })
    expect([word.status, word.headers['retry-after']]).toEqual([429, expect.stringMatching(/^[1-3]$/)])
    expect((await ask(`${url}/config`, basic('ann', 'pass-word'))).status).toBe(429)
    const token = await logIn(url, { token: 'reader-token' })
    expect(token.status).toBe(200)
    expect((await ask(`${url}/config`, cookieOf(token))).status).toBe(200)
    const { text } = await ask(`${url}/metrics`, bearer('scrape-token'))
    expect(text).toMatch(/^boxman_admin_refused_total\{reason="credentials"\} 2\d$/m)
  })

  it('has the cookie kept to TLS where the browser sees some', async () => {
    const { url, port } = await service({ tokens: TOKENS })
    const told = await logIn(url, { token: 'reader-token' }, { origin: `https://127.0.0.1:${port}` })
    expect(setBy(told)).toMatch(/; Secure$/)
  })

  it('is left by a log-out', async () => {
    const { url } = await service({ tokens: TOKENS })
    const told = await ask(`${url}/api/console/logout`, JSON_TYPE, 'POST', '{"path":"/ops/"}')
    expect([told.status, setBy(told)]).toEqual([
      200,
      expect.stringMatching(/^boxman_[\da-f]{8}=; Path=\/ops\/; Max-Age=0; HttpOnly; SameSite=Strict$/),
    ])
  })

  it('is for nobody where nobody is asked', async () => {
    const { url } = await service({})
    expect((await ask(`${url}/api/console/login`)).text).toBe('{"token":false,"password":false}\n')
    expect((await logIn(url, { token: 'x' })).status).toBe(400)
  })

  it('is there for `boxman serve`', async () => {
    const served = await serveServer({ BOXMAN_ADMIN_TOKEN: 'some-token' })
    closing.push(() => served.close())
    const told = await logIn(served.url, { token: 'some-token' })
    const { text } = await ask(`${served.url}/api/console/facts`, cookieOf(told))
    expect(JSON.parse(text)).toMatchObject({
      service: 'boxman',
      parts: { store: true, traces: false, logs: false, alerting: false, diagnostics: false },
      visitor: { name: 'a token', bySession: true },
    })
  })
})

describe('a session', () => {
  it('outlives the process, and ends with its credential', async () => {
    const first = await service({ tokens: TOKENS, basic: [{ user: 'ann', password: 'pass-word', scopes: ['read'] }] })
    const [token, word] = [
      await logIn(first.url, { token: 'reader-token' }),
      await logIn(first.url, { user: 'ann', password: 'pass-word' }),
    ]
    const again = await service({ tokens: TOKENS, basic: [{ user: 'ann', password: 'pass-word', scopes: ['read'] }] })
    for (const told of [token, word]) expect((await ask(`${again.url}/config`, cookieOf(told))).status).toBe(200)
    const changed = await service({
      tokens: TOKENS.map((each) => ({ ...each, token: `${each.token}-2` })),
      basic: [{ user: 'ann', password: 'pass-word-2', scopes: ['read'] }],
    })
    for (const told of [token, word]) expect((await ask(`${changed.url}/config`, cookieOf(told))).status).toBe(401)
  })

  it('of a browser that does not say where a write comes from is none', async () => {
    const { url } = await service({ tokens: TOKENS })
    const cookie = cookieOf(await logIn(url, { token: 'operator-token' }))
    const statuses = []
    for (const headers of [
      {},
      { origin: url },
      { origin: url, ...JSON_TYPE },
      { 'sec-fetch-site': 'same-origin', ...JSON_TYPE },
      { origin: 'https://evil.example', ...JSON_TYPE },
    ])
      statuses.push((await ask(`${url}/nothing`, { ...cookie, ...headers }, 'POST')).status)
    expect(statuses).toEqual([401, 403, 405, 405, 403])
  })

  it('is good for nobody else, and no longer than it says', async () => {
    const { url } = await service({ tokens: TOKENS })
    const told = cookieOf(await logIn(url, { token: 'reader-token' }))['cookie'] ?? ''
    const [, name = '', index = '', until = '', proof = ''] = /^(\w+)=(\d+)\.(\d+)\.(.+)$/.exec(told) ?? []
    expect(index).toBe('1')
    const statusOf = async (cookie: string): Promise<number> => (await ask(`${url}/config`, { cookie })).status
    const statuses = []
    for (const cookie of [
      told,
      `other=1; ${told}; more=2`,
      `${name}=0.${until}.${proof}`,
      `${name}=9.${until}.${proof}`,
      `${name}=${index}.${Number(until) + 1}.${proof}`,
      `${name}=${index}.${until}.${'A'.repeat(43)}`,
      `${name}=${index}.1.${proof}`,
      `${name}=${proof}`,
      `x${told}`,
    ])
      statuses.push(await statusOf(cookie))
    expect(statuses).toEqual([200, 200, 401, 401, 401, 401, 401, 401, 401])
    // A second one of the name, from another path, does not hide the one that is right.
    expect(await statusOf(`${name}=${index}.${until}.${'A'.repeat(43)}; ${told}`)).toBe(200)
  })

  it('that is made up counts as a guess; one that is over does not, and the page opens with either', async () => {
    const { url } = await service({ tokens: TOKENS })
    const told = cookieOf(await logIn(url, { token: 'reader-token' }))['cookie'] ?? ''
    const over = told.replace(/\.\d+\./, '.1.')
    const forged = told.replace(/\.[\w-]{43}$/, `.${'A'.repeat(43)}`)
    const ends = async (path: string, cookie: string, times: number): Promise<number> => {
      for (let i = 1; i < times; i++) await ask(url + path, { cookie })
      return (await ask(url + path, { cookie })).status
    }
    expect([await ends('/config', over, 25), await ends('/', forged, 25)]).toEqual([401, 200])
    expect([await ends('/config', forged, 24), await ends('/config', told, 1)]).toEqual([429, 200])
  })

  it('is not asked for with a box of the browser’s own', async () => {
    const { url } = await service({ basic: [{ user: 'ann', password: 'pass-word', scopes: ['read'] }] })
    const challengeTo = async (headers: Headers): Promise<unknown> =>
      (await ask(`${url}/config`, headers)).headers['www-authenticate']
    expect([
      await challengeTo({}),
      await challengeTo({ 'sec-fetch-dest': 'document', 'sec-fetch-site': 'none' }),
      await challengeTo({ 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'same-origin' }),
      await challengeTo({ 'x-requested-with': 'boxman' }),
      await challengeTo({ accept: 'text/event-stream' }),
    ]).toEqual([
      'Basic realm="boxman", charset="UTF-8"',
      'Basic realm="boxman", charset="UTF-8"',
      'Session realm="boxman"',
      'Session realm="boxman"',
      'Session realm="boxman"',
    ])
  })
})
