import { afterEach, expect, it } from 'vitest'
import { readAlertingConfig, type RuleGroupStatus } from '../../../alerting/index.ts'
import { MachineDoor } from '../../../../test/support/machine-door.ts'
import { serve } from '../../../../test/support/serve.ts'
import { isWithin } from '../../../alerting/index.ts'
import { LabelSet } from '../../../series/index.ts'
import { alertingHandler } from './paths.ts'

const START = Date.parse('2026-03-02T12:00:00Z')
const CONFIG = `
boxman:
  escalations: [{name: ladder, steps: [{after: 10m, receiver: boss}], repeats: 1}]
  schedules: [{name: week, rotations: [{people: [ann, bob], starts_at: 2026-03-02, shift: 1w}]}]
route: {receiver: ops, group_wait: 1s, boxman: {escalation: ladder}, routes: [{receiver: boss, matchers: ['team="a"']}]}
receivers:
- {name: ops, boxman: {schedule: week}, webhook_configs: [{url: 'http://127.0.0.1:1/secret'}]}
- {name: boss, webhook_configs: [{url: 'http://127.0.0.1:1/secret'}]}
`
const status = { health: 'ok', lastError: undefined, evaluationMs: 1, lastEvaluation: START, samples: 1 } as const
const RULES: RuleGroupStatus[] = [
  {
    name: 'g',
    file: 'f',
    intervalMs: 1000,
    limit: 0,
    evaluationMs: 1,
    lastEvaluation: START,
    rules: [rule('Slow', { team: 'a' }), rule('Lag', { team: '{{ $labels.team }}' }), rule('Down', { team: 'b' })],
  },
]

function rule(name: string, labels: Readonly<Record<string, string>>): RuleGroupStatus['rules'][number] {
  const own = { name, query: 'up == 0', labels: LabelSet.of(labels), annotations: LabelSet.EMPTY }
  return { ...status, ...own, kind: 'alerting', state: 'inactive', forMs: 0, keepFiringForMs: 0, alerts: [] }
}

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function opened() {
  const read = readAlertingConfig(CONFIG, '/')
  if (!read.ok) throw new Error(JSON.stringify(read.faults))
  let at = START
  const now = (): number => at
  const door = new MachineDoor({ alerting: read.config, isWithin, externalURL: '' }, '', now)
  const faults: unknown[] = []
  const handle = alertingHandler({ door, now, version: '1', ruleGroups: () => RULES, onFault: (e) => faults.push(e) })
  const { url, close } = await serve((request, response) => {
    void handle(request, response, (request.url ?? '').split('?', 1)[0] ?? '')
  })
  closing.push(close, () => expect(faults).toEqual([]))
  const ask = async (path: string, body?: unknown) => {
    const init = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    const response = await fetch(`${url.origin}/api/alerting/${path}`, body === undefined ? {} : init)
    const text = await response.text()
    return {
      status: response.status,
      text,
      headers: response.headers,
      json: JSON.parse(text) as Record<string, unknown>,
    }
  }
  door.post(
    ['a', 'b'].map((team) => ({
      labels: LabelSet.of({ alertname: 'Slow', team }),
      annotations: LabelSet.EMPTY,
      endsAt: START + 86_400_000,
    })),
  )
  return { ask, door, pass: (ms: number) => void (at += ms) }
}

it('tells how far ladders are climbed, who acknowledged, and who is on call', async () => {
  const { ask, door, pass } = await opened()
  pass(2000)
  door.tick()
  const { json } = await ask('escalations')
  expect(json).toMatchObject({
    groups: [
      { receiver: 'boss', escalation: { policy: 'ladder', taken: 0, steps: 2, nextReceiver: 'boss' } },
      {
        receiver: 'ops',
        acknowledged: null,
        escalation: { taken: 0, nextAt: '2026-03-02T12:10:02.000Z', nextReceiver: 'boss' },
      },
    ],
    schedules: [
      {
        name: 'week',
        receivers: ['ops'],
        shifts: [
          { people: ['ann'], until: '2026-03-09T00:00:00.000Z' },
          { people: ['bob'] },
          { people: ['ann'] },
          { people: ['bob'] },
        ],
      },
    ],
  })
  pass(600_000)
  door.tick()
  door.acknowledge('{}:{}', 'ann', START + 3_600_000)
  const { json: after } = await ask('escalations')
  expect(after['groups']).toContainEqual(
    expect.objectContaining({
      groupKey: '{}:{}',
      acknowledged: { by: 'ann', at: '2026-03-02T12:10:02.000Z', until: '2026-03-02T13:00:00.000Z' },
      escalation: { policy: 'ladder', taken: 1, steps: 2, nextAt: null, nextReceiver: null },
    }),
  )
})

it('tells of receivers and channels without secrets', async () => {
  const { ask } = await opened()
  const { json, text } = await ask('channels')
  expect(json).toMatchObject({
    receivers: [
      { name: 'ops', schedule: 'week', integrations: [{ integration: 'ops/webhook[0]', kind: 'webhook', gone: null }] },
      { name: 'boss', schedule: null },
    ],
  })
  expect(text).not.toContain('secret')
})

it('says who would be told', async () => {
  const { ask } = await opened()
  expect((await ask('route', { labels: { team: 'a' } })).json).toMatchObject({ receivers: ['boss'] })
  expect((await ask('route', {})).text).toContain('labels: expected')
})

it('previews what a silence mutes: what is there, and what rules may give', async () => {
  const { ask } = await opened()
  const matchers = [{ name: 'team', value: 'a', isRegex: false }]
  expect((await ask('silence-preview', { matchers })).json).toMatchObject({
    total: 1,
    alerts: [{ labels: { alertname: 'Slow', team: 'a' }, state: 'firing', receivers: ['boss'] }],
    rules: [
      { rule: 'Slow', mutes: 'all' },
      { rule: 'Lag', mutes: 'some' },
    ],
  })
  expect((await ask('silence-preview', { matchers: [] })).status).toBe(422)
  const open = [{ name: 'team', value: '.*', isRegex: true }]
  expect((await ask('silence-preview', { matchers: open })).text).toContain('must not match the empty string')
  const bad = [{ name: 'team', value: '(', isRegex: true }]
  expect((await ask('silence-preview', { matchers: bad })).text).toContain('invalid regular expression')
})

it('tests channels, a few a minute', async () => {
  const { ask, pass } = await opened()
  expect((await ask('test-channel', { receiver: 'nobody' })).text).toContain('there are ops, boss')
  expect((await ask('test-channel', { receiver: 'ops', integration: 'x' })).status).toBe(404)
  for (let i = 0; i < 4; i++) {
    expect((await ask('test-channel', { receiver: 'ops' })).json['tested']).toEqual([
      { integration: 'ops/webhook[0]', kind: 'delivered', told: 'the beginning was delivered' },
    ])
  }
  const refused = await ask('test-channel', { receiver: 'ops' })
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '10'])
  pass(10_000)
  expect((await ask('test-channel', { receiver: 'ops' })).status).toBe(200)
})

it('decisions are searched by text, and paged', async () => {
  const { ask, door, pass } = await opened()
  pass(2000)
  door.tick()
  const all = (await ask('decisions')).json['decisions'] as unknown[]
  expect((await ask('decisions?offset=1&limit=1')).json['decisions']).toEqual(all.slice(1, 2))
  const found = (await ask('decisions?text=BOSS')).json['decisions'] as { receiver: string }[]
  expect(new Set(found.map(({ receiver }) => receiver))).toEqual(new Set(['boss']))
  expect((await ask('decisions?offset=-1')).status).toBe(400)
})
