import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import ajvFormats from 'ajv-formats'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { dispatchConfig } from '../../../../test/support/alerting-config.ts'
import { MachineDoor } from '../../../../test/support/machine-door.ts'
import { root } from '../../../../test/support/peer.ts'
import { serve } from '../../../../test/support/serve.ts'
import { AckTokens } from './ack-token.ts'
import { ALERTING_PATHS, alertingHandler } from './paths.ts'

const START = Date.parse('2026-03-01T12:00:00Z')
const tokens = new AckTokens(Buffer.from('a secret of sixteen'))

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

interface Answered {
  readonly status: number
  readonly text: string
  readonly headers: Headers
  readonly json: unknown
}

class Asker {
  now = START
  readonly faults: unknown[] = []
  #url = ''

  async open(): Promise<this> {
    const spec = {
      route: { groupBy: ['alertname'], wait: 1, routes: [{ receiver: 'deep', matchers: ['team="a"'], wait: 1 }] },
      inhibit: [{ source: ['severity="critical"'], target: ['severity="warning"'], equal: ['dc'] }],
    }
    const door = new MachineDoor(dispatchConfig(spec), 'route: {receiver: hook}', () => this.now)
    const handle = alertingHandler({
      door,
      now: () => this.now,
      version: '1.2.3',
      readToken: (token, now) => tokens.read(token, now),
      onFault: (error) => this.faults.push(error),
    })
    const { url, close } = await serve((request, response) => {
      const pathname = (request.url ?? '').split('?', 1)[0] ?? ''
      void handle(request, response, pathname).then((isTaken) => isTaken || response.writeHead(404).end('elsewhere'))
    })
    this.#url = url.origin
    closing.push(close)
    return this
  }

  async ask(method: string, where: string, body?: unknown, type = 'application/json'): Promise<Answered> {
    const response = await fetch(this.#url + where, {
      method,
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body), headers: { 'content-type': type } }),
    })
    const text = await response.text()
    return { status: response.status, text, headers: response.headers, json: jsonOf(text) }
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const opened = (): Promise<Asker> => new Asker().open()
const ALERTS = [
  { labels: { alertname: 'Slow', team: 'a', dc: '1' }, annotations: { summary: 's' }, generatorURL: 'http://x/g' },
  { labels: { alertname: 'Down', severity: 'critical', dc: '1' } },
  { labels: { alertname: 'Lag', severity: 'warning', dc: '1' } },
]
const SILENCE = {
  matchers: [{ name: 'alertname', value: 'Slow', isRegex: false }],
  startsAt: '2026-03-01T12:00:00Z',
  endsAt: '2026-03-01T14:00:00Z',
  createdBy: 'ann',
  comment: 'upgrade',
}

interface Operation {
  readonly responses: Readonly<Record<string, { readonly schema?: object; readonly $ref?: string }>>
}
interface Contract {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly definitions: object
  readonly responses: Readonly<Record<string, { readonly schema?: object }>>
}

const file = path.join(
  process.env['BOXMAN_SHARED'] ?? path.join(root, '..', 'shared'),
  'contracts',
  'alertmanager-v2.openapi2.yaml',
)

describe.skipIf(!existsSync(file))('answers are those of the contract', () => {
  const contract = existsSync(file) ? (parse(readFileSync(file, 'utf8')) as Contract) : undefined
  const ajv = new Ajv({ strict: false })
  ajvFormats.default(ajv)

  function validator(method: string, where: string, status: number): ValidateFunction | undefined {
    const said = contract?.paths[where]?.[method.toLowerCase()]?.responses[String(status)]
    if (said === undefined) throw new Error(`the contract has no ${status} of ${method} ${where}`)
    const named = said.$ref?.split('/').at(-1)
    const { schema } = named === undefined ? said : (contract?.responses[named] ?? {})
    return schema === undefined ? undefined : ajv.compile({ ...schema, definitions: contract?.definitions })
  }

  it('of each path and status', async () => {
    const asker = await opened()
    const uuid = '00000000-0000-4000-8000-000000000000'
    const set = async (): Promise<string> => {
      const { json } = await asker.ask('POST', '/api/v2/silences', SILENCE)
      return (json as { silenceID: string }).silenceID
    }
    for (const [method, where, status, body, suffix = ''] of [
      ['POST', '/alerts', 200, ALERTS],
      ['POST', '/alerts', 400, [{ labels: {} }]],
      ['GET', '/alerts', 200],
      ['GET', '/alerts', 400, undefined, '?filter=a'],
      ['GET', '/alerts/groups', 200],
      ['GET', '/alerts/groups', 400, undefined, '?receiver=('],
      ['POST', '/silences', 200, SILENCE],
      ['POST', '/silences', 400, { ...SILENCE, endsAt: '2020-01-01T00:00:00Z' }],
      ['POST', '/silences', 404, { ...SILENCE, id: uuid }],
      ['GET', '/silences', 200],
      ['GET', '/silences', 400, undefined, '?filter=a'],
      ['GET', '/silence/{silenceID}', 200],
      ['GET', '/silence/{silenceID}', 404],
      ['DELETE', '/silence/{silenceID}', 200],
      ['DELETE', '/silence/{silenceID}', 404],
      ['GET', '/receivers', 200],
      ['GET', '/receivers', 400, undefined, '?receiver_matchers=a'],
      ['GET', '/status', 200],
    ] as const) {
      const target = where.replace('{silenceID}', status === 404 ? uuid : await set())
      const answer = await asker.ask(method, `/api/v2${target}${suffix}`, body)
      const what = `${method} ${where}${suffix}: ${answer.status} ${answer.text}`
      expect([what, answer.status]).toEqual([what, status])
      const validate = validator(method, where, status)
      if (validate === undefined) continue
      expect([what, validate(answer.json), validate.errors]).toEqual([what, true, null])
    }
    expect(asker.faults).toEqual([])
  })
})

describe('alerts', () => {
  const names = (json: unknown): string[] =>
    (json as { labels: { alertname: string } }[]).map(({ labels }) => labels.alertname).sort()

  it.each([
    ['', ['Down', 'Lag', 'Slow']],
    ['?inhibited=false', ['Down', 'Slow']],
    ['?silenced=no', ['Down', 'Lag']],
    ['?active=false', ['Lag', 'Slow']],
    ['?active=false&silenced=0', ['Lag']],
    ['?active=', ['Down', 'Lag', 'Slow']],
    ['?receiver=deep', ['Slow']],
    ['?receiver=dee', []],
    ['?receiver=.*e.*', ['Slow']],
    ['?receiver_matchers=owner%3D%22x%22', []],
    ['?receiver_matchers=owner!%3D%22x%22', ['Down', 'Lag', 'Slow']],
    ['?filter=alertname%3D~%22S.*|Lag%22', ['Lag', 'Slow']],
    ['?filter=dc%3D%221%22&filter=severity!%3D%22%22', ['Down', 'Lag']],
    ['?filter=dc%3D2', []],
    ['?unprocessed=false', ['Down', 'Lag', 'Slow']],
  ])('GET %s', async (query, wanted) => {
    const asker = await opened()
    await asker.ask('POST', '/api/v2/alerts', ALERTS)
    await asker.ask('POST', '/api/v2/silences', SILENCE)
    asker.now += 2000
    expect(names((await asker.ask('GET', `/api/v2/alerts${query}`)).json)).toEqual(wanted)
    const groups = (await asker.ask('GET', `/api/v2/alerts/groups${query}`)).json as { alerts: unknown[] }[]
    expect(groups.flatMap(({ alerts }) => names(alerts)).sort()).toEqual(wanted)
  })

  it('those that are over are shown no more', async () => {
    const asker = await opened()
    await asker.ask('POST', '/api/v2/alerts', ALERTS)
    asker.now += 300_000
    expect((await asker.ask('GET', '/api/v2/alerts')).json).toEqual([])
    expect((await asker.ask('GET', '/api/v2/alerts/groups')).json).toEqual([])
  })

  it('are in the order of Alertmanager: the fewer labels first, then who lacks the first name that another has', async () => {
    const asker = await opened()
    const labels = [{ a: 'b', c: 'd' }, { a: 'c' }, { a: 'b' }, { other: 'x' }, { z: 'x', job: 'j' }]
    await asker.ask(
      'POST',
      '/api/v2/alerts',
      labels.map((each) => ({ labels: each })),
    )
    const groups = (await asker.ask('GET', '/api/v2/alerts/groups')).json as { alerts: { labels: object }[] }[]
    expect(groups.flatMap(({ alerts }) => alerts.map((alert) => alert.labels))).toEqual([
      { job: 'j', z: 'x' },
      { other: 'x' },
      { a: 'b' },
      { a: 'c' },
      { a: 'b', c: 'd' },
    ])
  })

  it('annotations without a value are kept', async () => {
    const asker = await opened()
    await asker.ask('POST', '/api/v2/alerts', [{ labels: { a: '1', b: '' }, annotations: { note: '', sum: 's' } }])
    const { json } = await asker.ask('GET', '/api/v2/alerts')
    expect(json).toMatchObject([{ labels: { a: '1' }, annotations: { note: '', sum: 's' } }])
  })

  it('the good of a batch are taken, whatever is wrong with the others', async () => {
    const asker = await opened()
    const bad = [{ labels: {} }, { labels: { '': 'x' } }, { labels: { a: '1' }, annotations: { '': 'x' } }]
    const late = { labels: { a: '1' }, startsAt: '2026-03-02T00:00:00Z', endsAt: '2026-03-01T00:00:00Z' }
    const same = { labels: { '\ud800': '1', '\ud801': '2' } }
    const { status, json } = await asker.ask('POST', '/api/v2/alerts', [...bad, late, ...ALERTS, same])
    expect(status).toBe(400)
    expect(json).toBe(
      'at least one label pair required; invalid label set: invalid name ""; invalid annotations: invalid name ""; ' +
        'start time must be before end time; invalid label set: label "\ufffd" comes twice',
    )
    expect(names((await asker.ask('GET', '/api/v2/alerts')).json)).toEqual(['Down', 'Lag', 'Slow'])
  })
})

it('silences are listed by what comes next', async () => {
  const asker = await opened()
  const hours = (n: number): string => new Date(START + n * 3_600_000).toISOString()
  for (const [comment, from, to] of [
    ['b', 0, 5],
    ['d', 4, 5],
    ['a', 0, 4],
    ['c', 3, 6],
    ['f', 0, 1],
    ['e', 0, 2],
  ] as const) {
    await asker.ask('POST', '/api/v2/silences', { ...SILENCE, comment, startsAt: hours(from), endsAt: hours(to) })
  }
  asker.now += 2 * 3_600_000
  const listed = async (query: string): Promise<string> =>
    ((await asker.ask('GET', `/api/v2/silences${query}`)).json as { comment: string }[])
      .map(({ comment }) => comment)
      .join('')
  expect(await listed('')).toBe('abcdef')
  expect(await listed('?expired=false')).toBe('abcd')
  expect(await listed('?active=false&pending=false')).toBe('ef')
  expect(await listed('?filter=alertname%3D%22Slow%22')).toBe('abcdef')
  expect(await listed('?filter=alertname%3D~%22Slow%22')).toBe('')
  expect(await listed('?filter=other%3D%22x%22')).toBe('')
})

describe('maintenance', () => {
  const body = { matchers: ['team="a"', 'dc!="2"'], for: '2h', by: 'ann', reason: 'upgrade' }

  it('hides what it is of for so long, as a silence', async () => {
    const asker = await opened()
    const said = await asker.ask('POST', '/api/alerting/maintenance', body)
    const { silenceID } = said.json as { silenceID: string }
    expect(said.json).toEqual({ status: 'success', silenceID, endsAt: '2026-03-01T14:00:00.000Z' })
    await asker.ask('POST', '/api/v2/alerts', ALERTS)
    asker.now += 2000
    expect((await asker.ask('GET', `/api/v2/silence/${silenceID}`)).json).toMatchObject({
      status: { state: 'active' },
      createdBy: 'ann',
      comment: 'upgrade',
      boxman: { maintenance: { window: null } },
    })
    const { decisions } = (await asker.ask('GET', '/api/alerting/decisions?verdict=maintenance')).json as {
      readonly decisions: readonly { readonly reason: string }[]
    }
    expect(decisions.map(({ reason }) => reason)).toEqual([
      `maintenance ${silenceID} until 2026-03-01T14:00:00.000Z of ann: "upgrade"`,
    ])
    expect((await asker.ask('DELETE', `/api/v2/silence/${silenceID}`)).status).toBe(200)
  })

  it.each([
    [{ ...body, by: ' ' }, 'maintenance needs who it is of: by'],
    [{ ...body, reason: undefined }, 'maintenance needs a reason: reason'],
    [{ ...body, for: undefined }, 'for: expected how long'],
    [{ ...body, matchers: undefined }, 'matchers: expected what is worked on'],
    [{ ...body, matchers: ['team=~"("'] }, 'matchers.0: '],
    [{ ...body, matchers: [] }, 'a silence needs a matcher'],
    [{ ...body, why: 'x' }, 'why: unknown'],
  ])('%j is refused', async (wrong, text) => {
    const asker = await opened()
    const answer = await asker.ask('POST', '/api/alerting/maintenance', wrong)
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(text)])
    expect((await asker.ask('GET', '/api/v2/silences')).json).toEqual([])
  })
})

describe('acknowledging', () => {
  const key = '{}/{team="a"}:{alertname="Slow"}'

  async function firing(): Promise<Asker> {
    const asker = await opened()
    await asker.ask('POST', '/api/v2/alerts', ALERTS)
    asker.now += 2000
    return asker
  }
  const reasons = async (asker: Asker): Promise<string[]> =>
    (
      (await asker.ask('GET', `/api/alerting/decisions?verdict=acknowledged`)).json as {
        decisions: { reason: string }[]
      }
    ).decisions.map(({ reason }) => reason)

  it('by JSON, for a time, and taken back', async () => {
    const asker = await firing()
    const said = await asker.ask('POST', '/api/alerting/acknowledge', { groupKey: key, by: 'ann', for: '2h' })
    expect(said.json).toEqual({
      status: 'success',
      groupKey: key,
      acknowledged: true,
      by: 'ann',
      until: '2026-03-01T14:00:02.000Z',
    })
    expect(await reasons(asker)).toEqual(['acknowledged by ann until 2026-03-01T14:00:02.000Z'])
    const back = await asker.ask('POST', '/api/alerting/acknowledge', { groupKey: key, acknowledged: false })
    expect([back.status, back.json]).toEqual([200, { status: 'success', groupKey: key, acknowledged: false }])
  })

  it('by the fingerprint of an alert', async () => {
    const asker = await firing()
    const alerts = (await asker.ask('GET', '/api/v2/alerts?filter=team%3Da')).json as readonly { fingerprint: string }[]
    const fingerprint = alerts[0]?.fingerprint ?? ''
    const said = await asker.ask('POST', '/api/alerting/acknowledge', { fingerprint, by: 'ann' })
    expect(said.json).toEqual({ status: 'success', fingerprint, acknowledged: true, by: 'ann', until: null })
    const { decisions } = (await asker.ask('GET', '/api/alerting/decisions?verdict=acknowledged')).json as {
      readonly decisions: readonly { readonly groupKey: string }[]
    }
    expect(decisions.map(({ groupKey }) => groupKey)).toEqual([key])
    const back = await asker.ask('POST', '/api/alerting/acknowledge', { fingerprint, acknowledged: false })
    expect([back.status, back.json]).toEqual([200, { status: 'success', fingerprint, acknowledged: false }])
  })

  it.each([
    [404, { fingerprint: '0123456789abcdef', by: 'ann' }, 'no alert fires with the fingerprint 0123456789abcdef'],
    [400, { fingerprint: 'x', by: 'ann' }, '16 hex digits'],
    [400, { fingerprint: '0123456789abcdef', groupKey: key, by: 'ann' }, 'only one'],
    [404, { groupKey: 'x', by: 'ann' }, 'nothing fires in a group x'],
    [400, { groupKey: key }, 'by: expected'],
    [400, { by: 'ann' }, 'groupKey: expected'],
    [400, { groupKey: key, by: 'ann', fro: '2h' }, 'fro: unknown'],
    [400, { groupKey: key, by: 'ann', for: '-2h' }, 'for: expected a duration'],
    [400, { groupKey: key, by: 'ann', for: '2h', until: '2026-04-01T00:00:00Z' }, 'only one'],
    [400, { groupKey: key, by: 'ann', until: '2026-01-01T00:00:00Z' }, 'has passed'],
    [400, '[', 'parsing'],
    [422, '', 'required'],
    [413, 'x'.repeat(20_000), 'over'],
  ])('%i %j', async (status, body, text) => {
    const asker = await firing()
    const answer = await asker.ask('POST', '/api/alerting/acknowledge', body)
    expect(answer.status).toBe(status)
    expect(answer.text).toContain(text)
    expect(await reasons(asker)).toEqual([])
  })

  it('by a signed link: the page only asks, its button acknowledges', async () => {
    const asker = await firing()
    const link = `/alerting/ack?token=${tokens.sign({ groupKey: key, receiver: 'deep' }, asker.now + 1000)}`
    const shown = await asker.ask('GET', link)
    expect(shown.status).toBe(200)
    expect(shown.text).toContain('<form method="post">')
    expect(shown.text).toContain('{alertname=&#34;Slow&#34;}')
    expect(shown.headers.get('content-security-policy')).toContain("form-action 'self'")
    expect(await reasons(asker)).toEqual([])
    const form = 'application/x-www-form-urlencoded'
    expect((await asker.ask('POST', link, 'by=Ann+%3Cb%3E', form)).status).toBe(200)
    expect(await reasons(asker)).toEqual(['acknowledged by Ann <b>, by the link sent to deep'])
    expect((await asker.ask('GET', link)).text).toContain('Acknowledged already: Ann &#60;b&#62;')
    asker.now += 1000
    for (const method of ['GET', 'POST']) expect((await asker.ask(method, link)).status).toBe(410)
  })

  it('a link of what is over, or of nothing, says so', async () => {
    const asker = await firing()
    const other = tokens.sign({ groupKey: 'other', receiver: 'deep' }, asker.now + 1000)
    expect((await asker.ask('POST', `/alerting/ack?token=${other}`)).status).toBe(404)
    expect((await asker.ask('POST', '/alerting/ack')).status).toBe(403)
    expect(await reasons(asker)).toEqual([])
  })
})

describe('tokens', () => {
  it('hold for what they were signed for, until they expire; any other text is none', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(), fc.nat(), fc.string(), (groupKey, receiver, until, at, noise) => {
        const token = tokens.sign({ groupKey, receiver }, until)
        const wanted = at < until ? { ok: true, claim: { groupKey, receiver } } : { ok: false, reason: 'expired' }
        expect(tokens.read(token, at)).toEqual(wanted)
        for (const other of [noise, `${noise}x${token}`, token.slice(1), token.slice(0, -2), `${token}.`]) {
          expect(tokens.read(other, at)).toEqual({ ok: false, reason: 'invalid' })
        }
      }),
    )
  })

  it('another secret, or a weak one', () => {
    const other = new AckTokens(Buffer.from('b secret of sixteen'))
    const token = other.sign({ groupKey: 'a', receiver: 'b' }, 1)
    expect(tokens.read(token, 0)).toEqual({ ok: false, reason: 'invalid' })
    expect(() => new AckTokens(Buffer.from('short'))).toThrow('secret: 5 bytes; at least 16 are needed')
  })
})

it.each([
  ['?limit=0', 'limit: expected'],
  ['?verdict=nope', 'verdict: expected'],
  ['?from=x', 'from'],
  ['?form=1', 'form: unknown'],
])('decisions%s', async (query, text) => {
  const asker = await opened()
  const answer = await asker.ask('GET', `/api/alerting/decisions${query}`)
  expect(answer.status).toBe(400)
  expect(answer.text).toContain(text)
})

it('decisions are found by alert, receiver and time, the latest first', async () => {
  const asker = await opened()
  await asker.ask('POST', '/api/v2/alerts', ALERTS)
  asker.now += 2000
  const found = async (query: string): Promise<string[]> =>
    (
      (await asker.ask('GET', `/api/alerting/decisions?${query}`)).json as {
        decisions: { verdict: string; receiver: string }[]
      }
    ).decisions.map(({ verdict, receiver }) => `${receiver} ${verdict}`)
  expect(await found('receiver=deep')).toEqual(['deep sent', 'deep waiting'])
  expect(await found('receiver=deep&limit=1')).toEqual(['deep sent'])
  expect(await found('receiver=deep&to=2026-03-01T12:00:01Z')).toEqual(['deep waiting'])
  const [alert] = (await asker.ask('GET', '/api/v2/alerts?filter=alertname%3DLag')).json as { fingerprint: string }[]
  expect(await found(`fingerprint=${alert?.fingerprint}`)).toEqual(['hook inhibited', 'hook waiting'])
})

it('every path answers every method, and what is not there stays here', async () => {
  const asker = await opened()
  for (const each of ALERTING_PATHS) {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const { status } = await asker.ask(method, each.replace('*', '%00x'))
      expect([each, method, status < 500 && status !== 404]).toEqual([each, method, true])
    }
  }
  expect((await asker.ask('GET', '/api/v2/nothing')).json).toEqual({
    code: 404,
    message: 'path /api/v2/nothing was not found',
  })
  expect((await asker.ask('GET', '/api/v2/silence/%ff')).status).toBe(400)
  expect((await asker.ask('GET', '/api/v1/query')).text).toBe('elsewhere')
  expect(asker.faults).toEqual([])
})

it.each([
  ['[', ']'],
  ['{"labels":', '}'],
  ['[{"labels":', '}]'],
])('a body that is deep is refused: %s', async (open, close) => {
  const asker = await opened()
  for (const where of ['/api/v2/alerts', '/api/v2/silences', '/api/alerting/acknowledge']) {
    const depth = where.endsWith('/acknowledge') ? 1000 : 10_000
    const { status } = await asker.ask('POST', where, `${open.repeat(depth)}1${close.repeat(depth)}`)
    expect([400, 422]).toContain(status)
  }
  expect(asker.faults).toEqual([])
})

it('no body makes it fail', async () => {
  const asker = await opened()
  const where = fc.constantFrom('/api/v2/alerts', '/api/v2/silences', '/api/alerting/acknowledge')
  const odd = fc.oneof(fc.jsonValue(), fc.constant(undefined))
  const alert = fc.record({ labels: odd, annotations: odd, startsAt: odd, endsAt: odd, generatorURL: odd })
  const silence = fc.record({
    id: odd,
    matchers: fc.oneof(odd, fc.array(fc.record({ name: fc.string(), value: fc.string(), isRegex: fc.boolean() }))),
    startsAt: fc.constant('2026-03-01T12:00:00Z'),
    endsAt: fc.constant('2026-03-01T14:00:00Z'),
    createdBy: fc.string(),
    comment: odd,
  })
  await fc.assert(
    fc.asyncProperty(where, fc.oneof(odd, fc.array(alert), silence), async (path, body) => {
      expect((await asker.ask('POST', path, JSON.stringify(body) ?? '')).status).toBeLessThan(500)
    }),
  )
  expect(asker.faults).toEqual([])
})
