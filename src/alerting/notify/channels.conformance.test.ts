import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it, onTestFinished } from 'vitest'
import { makeCertificates } from '../../../test/support/certificates.ts'
import { hostOf, notificationOf } from '../../../test/support/notifications.ts'
import { portOf } from '../../../test/support/port-of.ts'
import { listen, type Reply } from '../../../test/support/receiver.ts'
import type { Outcome } from '../dispatch-types.ts'
import { type ChannelHost, createChannel, DEFAULT_RATES, MessageTemplates, signingKey } from '../index.ts'

type Options = Readonly<Record<string, unknown>>

interface Subject {
  /** The options that send to this address. */
  readonly options: (url: string) => Options
  readonly path: string
  readonly success: Reply
  /** Statuses by which it is no more. */
  readonly gone: readonly number[]
}

const BOT = { ok: true, ts: '1.2', channel: 'C1' }
const SUBJECTS: Readonly<Record<string, Subject>> = {
  pagerduty: {
    options: (url) => ({ routing_key: 'k'.repeat(32), url: `${url}/v2/enqueue` }),
    path: '/v2/enqueue',
    success: { status: 202, body: '{"status":"success","message":"Event processed","dedup_key":"x"}' },
    gone: [],
  },
  slack: {
    options: (url) => ({ api_url: `${url}/services/T0/B0/secretsecretsecret`, channel: '#a' }),
    path: '/services/T0/B0/secretsecretsecret',
    success: { status: 200, body: 'ok' },
    gone: [404, 410],
  },
  'slack bot': {
    options: (url) => ({ bot_token: 'xoxb-secret', app_url: `${url}/api/`, channel: '#a' }),
    path: '/api/chat.postMessage',
    success: { status: 200, body: JSON.stringify(BOT) },
    gone: [404, 410],
  },
  msteams: {
    options: (url) => ({ webhook_url: `${url}/workflows/1?sig=secretsecretsecret` }),
    path: '/workflows/1?sig=secretsecretsecret',
    success: { status: 202 },
    gone: [404, 410],
  },
  sms: {
    options: (url) => ({ account_sid: 'AC1', auth_token: 'secret', from: '+15550001', to: '+15550002', api_url: url }),
    path: '/2010-04-01/Accounts/AC1/Messages.json',
    success: { status: 201, body: '{"sid":"SM00000000000000000000000000000000","status":"queued"}' },
    gone: [],
  },
  webhook: {
    options: (url) => ({ url: `${url}/hook/secretsecretsecret` }),
    path: '/hook/secretsecretsecret',
    success: { status: 204 },
    gone: [410],
  },
  discord: {
    options: (url) => ({ webhook_url: `${url}/api/webhooks/1/secretsecretsecret` }),
    path: '/api/webhooks/1/secretsecretsecret',
    success: { status: 204 },
    gone: [404],
  },
  telegram: {
    options: (url) => ({ bot_token: '1:secret', chat_id: 5, api_url: url }),
    path: '/bot1:secret/sendMessage',
    success: { status: 200, body: '{"ok":true,"result":{"message_id":7}}' },
    gone: [403],
  },
  ntfy: {
    options: (url) => ({ url: `${url}/alerts`, token: 'tk_secret' }),
    path: '/',
    success: { status: 200, body: '{"id":"1"}' },
    gone: [],
  },
}

function send(
  kind: string,
  options: Options,
  {
    host = hostOf(),
    signal = new AbortController().signal,
    ...own
  }: Partial<Parameters<typeof notificationOf>[0]> & {
    host?: ChannelHost
    signal?: AbortSignal
  } = {},
): Promise<Outcome> {
  const [name = ''] = kind.split(' ')
  return createChannel({ kind: name, key: `r/${name}[0]`, sendResolved: true, options }, host).send(
    notificationOf(own),
    signal,
  )
}

const subjects = Object.entries(SUBJECTS)

describe.each(subjects)('%s', (kind, { options, path, success, gone }) => {
  it('delivers', async () => {
    const receiver = await listen([success])
    expect(await send(kind, options(receiver.url))).toMatchObject({ kind: 'delivered' })
    expect(receiver.received).toHaveLength(1)
    expect(receiver.received[0]).toMatchObject({ method: 'POST', path })
  })

  it.each([
    [400, 'permanent'],
    [401, 'permanent'],
    [403, 'permanent'],
    [404, 'permanent'],
    [408, 'temporary'],
    [410, 'permanent'],
    [413, 'permanent'],
    [429, 'temporary'],
    [500, 'temporary'],
    [502, 'temporary'],
    [503, 'temporary'],
    [504, 'temporary'],
  ] as const)('HTTP %i', async (status, otherwise) => {
    const receiver = await listen([{ status, body: 'some trouble' }])
    const outcome = await send(kind, options(receiver.url))
    expect(outcome).toMatchObject({ kind: gone.includes(status) ? 'gone' : otherwise })
    expect(outcome.kind === 'delivered' ? '' : outcome.reason).toContain(`HTTP ${status}: some trouble`)
    expect(receiver.received).toHaveLength(1)
  })

  it('waits as it is told', async () => {
    const date = new Date(hostOf().now() + 90_000).toUTCString()
    for (const [text, afterMs] of [
      ['7', 7000],
      [date, 90_000],
      ['99999999', 3_600_000],
      ['soon', undefined],
    ] as const) {
      const receiver = await listen([{ status: 429, headers: { 'retry-after': text } }])
      const outcome = await send(kind, options(receiver.url))
      expect(outcome).toMatchObject({ kind: 'temporary' })
      expect(outcome.kind === 'temporary' ? outcome.afterMs : -1).toBe(afterMs)
    }
  })

  it('follows no redirect', async () => {
    const other = await listen([success])
    const receiver = await listen([{ status: 307, headers: { location: `${other.url}/elsewhere` } }])
    expect(await send(kind, options(receiver.url))).toMatchObject({ kind: 'permanent' })
    expect(other.received).toEqual([])
  })

  it.each(['reset', 'silence'] as const)('%s is temporary', async (reply) => {
    const receiver = await listen([reply])
    expect(await send(kind, { ...options(receiver.url), timeout: 200 })).toMatchObject({ kind: 'temporary' })
  })

  it('a body that never ends, or has no end, is cut off', async () => {
    const receiver = await listen([
      { status: 500, body: 'x'.repeat(10_000_000) },
      { status: 503, stalls: true, body: 'no' },
    ])
    for (const status of [500, 503]) {
      const outcome = await send(kind, { ...options(receiver.url), timeout: 500 })
      expect(outcome).toMatchObject({ kind: 'temporary' })
      expect(outcome.kind === 'temporary' ? outcome.reason : '').toContain(`HTTP ${status}`)
      expect(outcome.kind === 'temporary' ? outcome.reason.length : 0).toBeLessThanOrEqual(200)
    }
  })

  it('nobody listens', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const port = portOf(server)
    await new Promise((resolve) => {
      server.close(resolve)
    })
    expect(await send(kind, options(`http://127.0.0.1:${port}`))).toMatchObject({ kind: 'temporary' })
  })

  it('stops when it is to', async () => {
    const receiver = await listen(['silence'])
    const stop = new AbortController()
    const sent = send(kind, options(receiver.url), { signal: stop.signal })
    while (receiver.received.length === 0) await new Promise((resolve) => setImmediate(resolve))
    stop.abort()
    expect(await sent).toEqual({ kind: 'temporary', reason: 'stopped' })
    const before = await send(kind, options(receiver.url), { signal: AbortSignal.abort() })
    expect(before).toEqual({ kind: 'temporary', reason: 'stopped' })
    expect(receiver.received).toHaveLength(1)
  })

  it('refuses addresses of metadata, by name as well', async () => {
    const host = hostOf({
      lookup: (_, __, callback) =>
        callback(null, [
          { address: '127.0.0.1', family: 4 },
          { address: '169.254.169.254', family: 4 },
        ]),
    })
    for (const url of [
      'http://169.254.169.254',
      'http://[::ffff:169.254.169.254]',
      'http://0.0.0.0',
      'http://receiver.test',
    ]) {
      const outcome = await send(kind, options(url), { host })
      expect(outcome).toMatchObject({ kind: 'permanent' })
      expect(outcome.kind === 'permanent' ? outcome.reason : '').toMatch(/(link-local|unspecified) address/)
    }
  })

  it('tells an unknown option by its name', () => {
    const make = (): unknown => send(kind, { ...options('http://127.0.0.1:1'), colour: 'red' })
    expect(make).toThrow(/colour is no option of this channel/)
  })

  it('a fault of a template costs nothing but the text', async () => {
    const [name = ''] = kind.split(' ')
    const templates = new MessageTemplates({
      typed: {
        [name]: () => {
          throw new Error('no such region')
        },
      },
    })
    const receiver = await listen([success])
    const outcome = await send(kind, options(receiver.url), { host: hostOf({ templates }) })
    const body = decodeURIComponent(receiver.received[0]?.body.replaceAll('+', ' ') ?? '')
    if (name === 'webhook') return
    expect(body).toContain('no such region')
    expect(body).toContain('HighLatency')
    expect(outcome).toMatchObject({ kind: 'delivered', note: { templateFault: 'no such region' } })
  })

  it('has a rate', () => {
    expect(DEFAULT_RATES[kind.split(' ')[0] ?? '']).toMatchObject({ burst: expect.any(Number) })
  })
})

describe('secrets', () => {
  it.each(subjects)('of %s are in no outcome', { timeout: 60_000 }, async (kind, { options }) => {
    const receiver = await listen()
    const letters = fc.string({ unit: fc.constantFrom(...'abcdefXYZ0189-_'.split('')), minLength: 16, maxLength: 40 })
    const status = fc.constantFrom(200, 202, 400, 401, 404, 410, 429, 503)
    const around = fc.string({ maxLength: 220 })
    await fc.assert(
      fc.asyncProperty(letters, status, around, async (secret, code, text) => {
        const given = JSON.stringify(options(receiver.url)).replaceAll(/k{32}|secretsecretsecret|secret\b/g, secret)
        const basic = Buffer.from(`AC1:${secret}`).toString('base64')
        const body = `${text}${secret} "${encodeURIComponent(secret)}" ${basic} ${given}`
        receiver.received.length = 0
        receiver.replies = [{ status: code, body }]
        const outcome = await send(kind, JSON.parse(given) as Options)
        expect(JSON.stringify(outcome)).not.toContain(secret)
        expect(kind === 'sms' && JSON.stringify(outcome).includes(basic)).toBe(false)
      }),
      { numRuns: 25 },
    )
  })
})

describe('certificates and credentials', () => {
  it('are as http_config says', async ({ skip }) => {
    const files = makeCertificates(skip)
    const [cert, key, ca] = [files.cert, files.key, files.ca].map((file) => readFileSync(file, 'utf8'))
    const receiver = await listen([{ status: 200 }], { cert: cert ?? '', key: key ?? '' })
    const options = (http_config: Options): Options => ({ url: `${receiver.url}/hook`, http_config })
    expect(await send('webhook', options({}))).toMatchObject({
      kind: 'temporary',
      reason: expect.stringMatching(/certificate/),
    })
    const basic = { username: 'ann', password_file: '/run/password' }
    const host = hostOf({ readFile: (file) => Promise.resolve(file === '/run/password' ? 'hunter2\n' : (ca ?? '')) })
    const trusted = options({
      tls_config: { ca_file: '/run/ca.pem' },
      basic_auth: basic,
      http_headers: { 'X-A': { values: ['1'] } },
    })
    expect(await send('webhook', trusted, { host })).toEqual({ kind: 'delivered' })
    expect(receiver.received[0]?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('ann:hunter2').toString('base64')}`,
      'x-a': '1',
    })
    const careless = options({ tls_config: { insecure_skip_verify: true }, authorization: { credentials: 'tok' } })
    expect(await send('webhook', careless)).toEqual({ kind: 'delivered' })
    expect(receiver.received[1]?.headers.authorization).toBe('Bearer tok')
  })

  it.each([
    [{ proxy_url: 'http://p' }, /proxyUrl is not supported/],
    [{ oauth2: {} }, /oauth2 is not supported/],
    [{ nope: 1 }, /nope is no option/],
    [{ bearer_token: 'a', authorization: { credentials: 'b' } }, /one of basic_auth/],
  ])('%j is refused', (http_config, why) => {
    expect(() => send('webhook', { url: 'http://127.0.0.1:1', http_config })).toThrow(why)
  })

  it('options that are wrong in a file are told when it is read', async () => {
    const host = hostOf({ readFile: () => Promise.resolve('ftp://nowhere') })
    expect(await send('webhook', { url_file: '/run/url' }, { host })).toMatchObject({
      kind: 'permanent',
      reason: expect.stringContaining('url must be an http or https address'),
    })
  })

  it('a file that cannot be read is told', async () => {
    const outcome = await send('webhook', { url_file: '/run/none' })
    expect(outcome).toEqual({ kind: 'temporary', reason: 'no file /run/none' })
  })
})

describe('webhook', () => {
  const [one, two] = [1, 2].map((byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`)

  it('signs so that either secret verifies while one replaces the other', async () => {
    const receiver = await listen()
    const now = Date.now()
    const host = hostOf({ now: () => now })
    await send('webhook', { url: receiver.url, secrets: [one, two] }, { host })
    await send('webhook', { url: receiver.url, secrets: [two] }, { host })
    const [first, second] = receiver.received
    for (const secret of [one, two]) {
      const verified = new Webhook(secret ?? '').verify(first?.body ?? '', first?.headers as Record<string, string>)
      expect(verified).toMatchObject({ version: '4', receiver: 'team' })
    }
    expect(() => new Webhook(one ?? '').verify(second?.body ?? '', second?.headers as Record<string, string>)).toThrow(
      'No matching signature found',
    )
    expect(second?.headers['webhook-id']).toBe('n-0001')
  })

  it('has the times of Alertmanager, and cuts to max_alerts', async () => {
    const receiver = await listen()
    await send('webhook', { url: receiver.url, max_alerts: 1 })
    const body = JSON.parse(receiver.received[0]?.body ?? '{}') as Record<string, unknown>
    expect(body).toMatchObject({
      truncatedAlerts: 1,
      alerts: [{ startsAt: '2026-03-01T10:18:00.000Z', endsAt: '0001-01-01T00:00:00Z' }],
    })
  })

  it('whatever its id, it verifies', async () => {
    const receiver = await listen()
    const now = Date.now()
    for (const id of ['ü\n', '', 'x'.repeat(500)]) {
      await send('webhook', { url: receiver.url, secret: one }, { host: hostOf({ now: () => now }), id })
      const { body = '', headers } = receiver.received.at(-1) ?? {}
      expect(new Webhook(one ?? '').verify(body, headers as Record<string, string>)).toMatchObject({ boxman: { id } })
    }
  })

  it('credentials in the address become a header', async () => {
    const receiver = await listen()
    await send('webhook', { url: receiver.url.replace('//', '//ann:p%40ss@') })
    expect(receiver.received[0]?.headers.authorization).toBe(`Basic ${Buffer.from('ann:p@ss').toString('base64')}`)
  })

  it.each(['whsec_', 'whsec_short', `whsec_${'A'.repeat(400)}`, '€'])('%s is no secret', (secret) => {
    expect(signingKey(secret)).toBeUndefined()
    expect(() => send('webhook', { url: 'http://127.0.0.1:1', secret })).toThrow(/secret must be whsec_/)
    expect(() => send('webhook', { url: 'http://127.0.0.1:1', signingSecret: `${secret}!` })).toThrow(/whsec_/)
  })
})

describe('slack', () => {
  const bot = (url: string): Options => ({ bot_token: 'xoxb-1', app_url: url, channel: '#a', update_message: true })
  const previous = { ts: '1.2', channel: 'C1' }
  const ok: Reply = { status: 200, body: JSON.stringify(BOT) }
  const failed = (error: string): Reply => ({ status: 200, body: JSON.stringify({ ok: false, error }) })

  it.each([
    ['first', [ok], ['chat.postMessage']],
    ['all-resolved', [ok], ['chat.update']],
    ['some-resolved', [ok], ['chat.update']],
    ['more-firing', [ok, ok], ['chat.postMessage', 'chat.update']],
    ['all-resolved', [failed('message_not_found'), ok], ['chat.update', 'chat.postMessage']],
    ['repeat', [ok, failed('edit_window_closed')], ['chat.postMessage', 'chat.update']],
  ] as const)('by bot, %s', async (reason, replies, methods) => {
    const receiver = await listen(replies)
    const outcome = await send('slack', bot(receiver.url), { reason, previous })
    expect(outcome).toEqual({ kind: 'delivered', note: previous })
    expect(receiver.received.map(({ path }) => path.slice(1))).toEqual(methods)
    const [first] = receiver.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>)
    expect(first?.['thread_ts']).toBe(reason === 'more-firing' || reason === 'repeat' ? '1.2' : undefined)
    expect(receiver.received[0]?.headers.authorization).toBe('Bearer xoxb-1')
  })

  it.each([
    ['channel_not_found', 'gone'],
    ['token_revoked', 'gone'],
    ['internal_error', 'temporary'],
    ['ratelimited', 'temporary'],
    ['invalid_blocks', 'permanent'],
  ])('a status of success that says %s is %s', async (error, kind) => {
    const receiver = await listen([failed(error)])
    expect(await send('slack', bot(receiver.url))).toMatchObject({ kind })
    receiver.replies = [{ status: 200, body: error }]
    expect(await send('slack', { api_url: receiver.url })).toMatchObject({ kind })
  })

  it.each(['', '<html>login</html>'])('%j is not the answer of Slack', async (body) => {
    const receiver = await listen([{ status: 200, body }])
    const outcome = await send('slack', bot(receiver.url))
    expect(outcome).toMatchObject({ kind: 'temporary' })
  })

  it.each(['slack', 'discord'])('%s says in its body how long to wait', async (kind) => {
    const receiver = await listen([{ status: 429, body: '{"retry_after":1.5}' }])
    const options = SUBJECTS[kind]?.options(receiver.url) ?? {}
    expect(await send(kind, options)).toMatchObject({ kind: 'temporary', afterMs: 1500 })
  })
})

describe('telegram', () => {
  const options = (url: string): Options => ({
    bot_token: '1:s',
    chat_id: -5,
    api_url: url,
    message: '<b>{{ .Status }}',
  })

  it('sends again without marks what it cannot read', async () => {
    const receiver = await listen([
      { status: 400, body: '{"ok":false,"description":"Bad Request: can\'t parse entities"}' },
      { status: 200, body: '{"ok":true,"result":{"message_id":7}}' },
    ])
    expect(await send('telegram', options(receiver.url))).toEqual({ kind: 'delivered', note: { messageId: '7' } })
    const [marked, plain] = receiver.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>)
    expect(marked).toMatchObject({ text: '<b>firing', parse_mode: 'HTML', chat_id: -5 })
    expect(plain).toMatchObject({ text: 'firing', chat_id: -5 })
    expect(plain).not.toHaveProperty('parse_mode')
  })

  it('says in its body how long to wait', async () => {
    const receiver = await listen([{ status: 429, body: '{"ok":false,"parameters":{"retry_after":4}}' }])
    expect(await send('telegram', options(receiver.url))).toMatchObject({ kind: 'temporary', afterMs: 4000 })
  })
})

describe('sms', () => {
  it.each([
    [400, 20429, 'temporary'],
    [400, 21211, 'permanent'],
    [400, 21610, 'permanent'],
    [429, 20429, 'temporary'],
  ])('HTTP %i with code %i is %s', async (status, code, kind) => {
    const receiver = await listen([{ status, body: JSON.stringify({ code, message: 'no', status }) }])
    expect(await send('sms', SUBJECTS['sms']?.options(receiver.url) ?? {})).toMatchObject({ kind })
  })
})

const httpConfig = { followRedirects: false }
/** As an alertmanager.yml gives them, with what it leaves to its defaults. */
const STATED: Readonly<Record<string, Options>> = {
  webhook: {
    httpConfig,
    maxAlerts: 0,
    url: 'http://x',
    timeoutMs: 5000,
    signingSecret: `whsec_${'A'.repeat(32)} whsec_${'B'.repeat(32)}`,
  },
  slack: {
    httpConfig: {
      ...httpConfig,
      basicAuth: { username: 'a', usernameFile: undefined, password: undefined, passwordFile: '/run/p' },
      tlsConfig: { insecureSkipVerify: false, minVersion: 'TLSv1.2', maxVersion: undefined, caFile: undefined },
      httpHeaders: { x_own: { values: ['1'], secrets: undefined, files: ['/run/h'] } },
    },
    apiUrl: 'https://hooks.slack.com/services/x',
    appUrl: 'https://slack.com/api/chat.postMessage',
    updateMessage: false,
    fields: [{ title: 'a', value: 'b', short: undefined }],
    shortFields: false,
    linkNames: false,
    mrkdwnIn: ['fallback', 'pretext', 'text'],
    actions: [{ type: 'button', text: 'a', url: 'http://x', confirm: { text: 'sure' } }],
    messageText: '{{ .Status }}',
    callbackId: 'x',
    thumbUrl: 'http://x',
  },
  pagerduty: {
    httpConfig,
    url: 'https://events.pagerduty.com/v2/enqueue',
    routingKey: 'k',
    details: { firing: '{{ template "pagerduty.default.instances" .Alerts.Firing }}' },
    images: [{ src: 'https://x', alt: 'a' }],
    links: [{ href: 'https://x', text: undefined }],
  },
  msteams: { httpConfig, webhookUrl: 'https://x', summary: 'x', title: '{{ template "msteamsv2.default.title" . }}' },
  email: {
    hello: 'localhost',
    requireTls: true,
    implicitTls: false,
    headers: { Subject: 'x' },
    threading: true,
    to: 'a@b',
    from: 'c@d',
    smarthost: 'mail:25',
    authIdentity: 'x',
    tlsConfig: { insecureSkipVerify: false },
  },
  discord: { httpConfig, webhookUrl: 'https://x', message: 'x' },
  telegram: {
    httpConfig,
    apiUrl: 'https://api.telegram.org',
    botToken: '1:a',
    chatId: '@ops',
    disableNotifications: false,
    parseMode: '',
  },
  twilio: {
    httpConfig,
    apiUrl: 'https://api.twilio.com',
    validityPeriodMs: 14_400_000,
    accountSid: 'AC1',
    apiKeySid: 'SK1',
    apiKeySecret: 's',
    messagingServiceSid: 'MG1',
    to: ['+15551', '+15552'],
    body: '{{ .Status }}',
  },
  ntfy: {
    httpConfig,
    url: 'https://ntfy.sh',
    topic: 't',
    tags: [],
    priority: '{{ if eq .Status "firing" }}5{{ else }}1{{ end }}',
  },
  command: { env: {}, timeoutMs: 30_000, maxAlerts: 0, command: ['true'] },
}

describe('options of an alertmanager.yml', () => {
  it.each(Object.entries(STATED))('of %s are taken', async (kind, options) => {
    const host = hostOf({ readFile: () => Promise.resolve('text') })
    const channel = createChannel({ kind, key: `r/${kind}[0]`, sendResolved: true, options }, host)
    const { body, fault } = await channel.preview(notificationOf())
    expect(fault).toBeUndefined()
    expect(body).not.toBe('')
  })

  it('headers come from files too', async () => {
    const receiver = await listen([{ status: 200, body: 'ok' }])
    const host = hostOf({ readFile: (file) => Promise.resolve(`of ${file}\n`) })
    await send('slack', { ...STATED['slack'], apiUrl: receiver.url }, { host })
    expect(receiver.received[0]?.headers).toMatchObject({ x_own: '1, of /run/h' })
    expect(JSON.parse(receiver.received[0]?.body ?? '{}')).toMatchObject({ text: 'firing' })
  })

  it('several numbers are told once each, however often it takes', async () => {
    const receiver = await listen([
      { status: 201, body: '{"sid":"SM1"}' },
      { status: 503 },
      { status: 400, body: '{"code":21610}' },
    ])
    const options = { ...STATED['twilio'], apiUrl: receiver.url }
    const channel = createChannel({ kind: 'twilio', key: 'r/twilio[0]', sendResolved: true, options }, hostOf())
    const { signal } = new AbortController()
    expect(await channel.send(notificationOf(), signal)).toMatchObject({ kind: 'temporary' })
    expect(await channel.send(notificationOf(), signal)).toMatchObject({
      kind: 'delivered',
      note: { refused: expect.stringContaining('21610') },
    })
    const told = receiver.received.map(({ body }) => new URLSearchParams(body).get('To'))
    expect(told).toEqual(['+15551', '+15552', '+15552'])
  })
})

describe('options', () => {
  it.each([
    ['slack', {}, /apiUrl or botToken is missing/],
    ['slack', { bot_token: 'x' }, /channel is missing/],
    ['slack', { bot_token: 'x', channel: 'c', app_url: 'ftp://x' }, /appUrl must be an http/],
    ['slack', { api_url: 'ftp://x' }, /apiUrl must be an http or https address/],
    ['slack', { api_url: 'http://x', update_message: true }, /needs a botToken/],
    ['pagerduty', { service_key: 'x' }, /service_key is of an API that is no more/],
    ['pagerduty', {}, /routingKey is missing/],
    ['sms', { account_sid: 'a', auth_token: 'b', to: '0151', from: 'x' }, /to must be numbers/],
    ['ntfy', { url: 'http://x' }, /topic must be/],
    ['telegram', { bot_token: 'x', chat_id: 1, parse_mode: 'RTF' }, /parseMode must be one of/],
    ['webhook', { url: 'http://x', timeout: '1y' }, /timeout must be a duration/],
    ['webhook', { url: 'http://x', allow_addresses: ['nowhere'] }, /allowAddresses: "nowhere" is neither/],
    ['pigeon', {}, /no channel "pigeon"/],
  ])('%s %j', (kind, options, why) => {
    expect(() => createChannel({ kind, key: `r/${kind}[0]`, sendResolved: true, options }, hostOf())).toThrow(why)
  })

  it('an address that is allowed is used', async () => {
    const receiver = await listen()
    const host = hostOf({ lookup: (_, __, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]) })
    const url = receiver.url.replace('127.0.0.1', 'inside.test')
    expect(await send('webhook', { url }, { host })).toEqual({ kind: 'delivered' })
    expect(receiver.received[0]?.headers.host).toContain('inside.test')
    const everywhere = receiver.url.replace('127.0.0.1', '0.0.0.0')
    expect(await send('webhook', { url: everywhere })).toMatchObject({ kind: 'permanent' })
    expect(await send('webhook', { url: everywhere, allow_addresses: ['0.0.0.0/32'] })).toEqual({ kind: 'delivered' })
  })

  it('half-open connections end with the time-out', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined))
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    onTestFinished(() => void server.close())
    const outcome = await send('webhook', { url: `http://127.0.0.1:${portOf(server)}`, timeout: 100 })
    expect(outcome).toEqual({ kind: 'temporary', reason: 'no answer within 100 ms' })
  })
})
