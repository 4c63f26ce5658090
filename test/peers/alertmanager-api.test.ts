import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, it } from 'vitest'
import { serveAlertingApi } from '../support/alerting-api.ts'
import { type AlertingSpec, alertmanagerConfig } from '../support/alerting-config.ts'
import { Alertmanager } from '../support/alertmanager.ts'
import { needPeer } from '../support/peer.ts'

const SPEC: AlertingSpec = {
  route: {
    wait: 0.1,
    interval: 60,
    groupBy: ['alertname'],
    routes: [
      { receiver: 'deep', matchers: ['team="a"'], continue: true },
      { receiver: 'deep.x', matchers: ['team=~"a|b"'] },
    ],
  },
  inhibit: [{ source: ['severity="critical"'], target: ['severity="warning"'], equal: ['dc'] }],
}

/** One of the two servers, with what differs between them taken out of its answers. */
class Side {
  readonly url: string
  /** Of silences, in the order in which they were named. */
  readonly ids: string[] = []

  constructor(url: string) {
    this.url = url
  }

  async ask({ method, path, body, type = 'application/json' }: Asked): Promise<string> {
    const response = await fetch(this.url + this.#known(path), {
      method,
      ...(body === undefined ? {} : { body: this.#known(body), headers: { 'content-type': type } }),
    })
    return `${response.status} ${this.normal(await response.text())}`
  }

  /** `$0` is the first silence. */
  #known(text: string): string {
    return text.replaceAll(/\$(\d)/g, (_, n: string) => this.ids[Number(n)] ?? 'none')
  }

  normal(text: string): string {
    return (
      sorted(text)
        .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => {
          if (!this.ids.includes(id)) this.ids.push(id)
          return `$${this.ids.indexOf(id)}`
        })
        .replaceAll(/20\d\d-\d\d-\d\d[T ][\d:]{8}(?:\.\d+)?(?:Z|[+-]\d\d:\d\d| UTC)/g, (time) => {
          const at = Date.parse(time.replace(' UTC', 'Z'))
          const minutes = Math.round((at - Date.now()) / 60_000)
          return Math.abs(minutes) > 500 ? new Date(at).toISOString() : `now+${minutes}m`
        })
        .replaceAll(/(failed, because|error parsing regexp: missing closing \)).*/g, '$1')
        // Ids are random, and so is their order.
        .replaceAll(/"silencedBy":\[(.*?)\]/g, (_, ids: string) => `"silencedBy":[${ids.split(',').sort().join(',')}]`)
        .replaceAll(/but \[(.*?)\] are/g, (_, methods: string) => `but ${methods.split(',').sort().join(' and ')} are`)
        .trimEnd()
    )
  }
}

/** What later versions have besides, as the description of the API says. */
const LATER = new Set(['mutedBy', 'routeLabels'])

/** JSON with its keys in order. */
function sorted(text: string): string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return text
  }
  return JSON.stringify(value, (key: string, each: unknown) => {
    if (LATER.has(key)) return undefined
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return each
    const own = Object.entries(each).filter(([name]) => name !== 'annotations' || !('createdBy' in each))
    return Object.fromEntries(own.sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

interface Asked {
  readonly method: string
  readonly path: string
  readonly body?: string
  readonly type?: string
}

function get(path: string): Asked {
  return { method: 'GET', path: `/api/v2${path}` }
}

function post(path: string, body: unknown): Asked {
  return { method: 'POST', path: `/api/v2${path}`, body: typeof body === 'string' ? body : JSON.stringify(body) }
}

function remove(path: string): Asked {
  return { method: 'DELETE', path: `/api/v2${path}` }
}

const FILTERS = [
  '',
  'filter=alertname%3DA',
  'filter=alertname%3D%22A%22&filter=n!%3D1',
  'filter=alertname%3D~%22A|S%22',
  'filter=team%3D%22%22',
  'filter=n%3D2',
  'filter=n!~%221|2|%22',
  'filter=n%3D~2',
  'filter=team!%3D',
  'filter=absent!~%22.%2B%22',
  'filter=a',
  'filter=%7Balertname%3D%22A%22%7D',
  'filter=alertname%3D~%22(%22',
  'filter=',
  'active=false',
  'active=x',
  'active=&silenced=yes&inhibited=FALSE',
  'silenced=false',
  'silenced=0&inhibited=off&active=T',
  'inhibited=false',
  'receiver=deep',
  'receiver=deep.*',
  'receiver=(',
  'receiver=none',
  'receiver=',
  'nonsense=1',
]
const FAR = '2037-01-01T00:00:00.123Z'
const MATCHERS = [{ name: 'n', value: '2', isRegex: false }]
const SILENCE = {
  matchers: MATCHERS,
  startsAt: '2026-01-01T00:00:00Z',
  endsAt: FAR,
  createdBy: 'ann',
  comment: 'upgrade',
}
const over = (hoursAgo: number): string => new Date(Date.now() - hoursAgo * 3_600_000).toISOString()

const STEPS: readonly Asked[] = [
  get('/alerts'),
  get('/alerts/groups'),
  get('/silences'),
  get('/receivers'),
  post('/alerts', [
    { labels: { alertname: 'A', team: 'a', n: '1', empty: '' }, annotations: { x: 'y' }, generatorURL: 'http://x/' },
    { labels: { alertname: 'A', team: 'b', n: '2' }, startsAt: '2026-01-01T00:00:00.5+01:00', endsAt: FAR },
    { labels: { alertname: 'A', job: 'z', instance: 'i', n: '3' }, endsAt: '0001-01-01T00:00:00Z' },
    { labels: { alertname: 'A', job: 'b' }, generatorURL: '/graph' },
    { labels: { alertname: 'S', severity: 'critical', dc: '1' } },
    { labels: { alertname: 'T', severity: 'warning', dc: '1' } },
    { labels: { alertname: 'T', severity: 'warning', dc: '2', odd: 'Q"uo\\te\n\tñ😀' } },
    { labels: { alertname: 'Gone' }, startsAt: over(2), endsAt: over(1) },
    { labels: { other: 'no name' } },
  ]),
  post('/silences', SILENCE),
  post('/silences', {
    ...SILENCE,
    matchers: [{ name: 'dc', value: '[12]', isRegex: true, isEqual: true }],
    endsAt: '2038-01-01T00:00:00Z',
    comment: '',
  }),
  post('/silences', {
    ...SILENCE,
    matchers: [{ name: 'n', value: '1|2|', isRegex: true, isEqual: false }],
    endsAt: '2037-02-01T00:00:00+02:00',
  }),
  post('/silences', { ...SILENCE, startsAt: '2036-01-01T00:00:00Z' }),
  ...FILTERS.flatMap((query) => ['/alerts', '/alerts/groups'].map((path) => get(`${path}?${query}`))),
  // That version does not look at states here.
  ...FILTERS.filter((query) => !query.includes('active')).map((query) => get(`/silences?${query}`)),

  post('/alerts', '{'),
  post('/alerts', '{}'),
  post('/alerts', 'null'),
  post('/alerts', '[]'),
  post('/alerts', ''),
  post('/alerts', [{}]),
  post('/alerts', [{ labels: null }]),
  post('/alerts', [{ labels: {} }]),
  post('/alerts', [{ labels: { a: '' } }]),
  post('/alerts', [{ labels: { '': 'x' } }]),
  post('/alerts', [{ labels: { a: 1 } }]),
  post('/alerts', [{ labels: { a: 'b' }, annotations: { '': 'x' } }]),
  post('/alerts', [{ labels: { a: 'b' }, annotations: null, startsAt: null, endsAt: null, generatorURL: null }]),
  post('/alerts', [{ labels: { a: 'b' }, startsAt: 'x' }]),
  post('/alerts', [{ labels: { a: 'b' }, startsAt: 1 }]),
  post('/alerts', [{ labels: { a: 'b' }, generatorURL: 'not a url' }]),
  post('/alerts', [{ labels: { a: 'b' }, generatorURL: '' }]),
  post('/alerts', [{ labels: { a: 'c' }, startsAt: FAR }]),
  post('/alerts', [{ labels: { a: 'd' }, startsAt: FAR, endsAt: '2030-01-01T00:00:00Z' }]),
  post('/alerts', [{ labels: { a: 'e' }, unknown: 1 }, { labels: {} }]),
  post('/alerts', [{ labels: { a: 'f' }, startsAt: '2026-01-01 00:00:00', endsAt: '2037-01-01T00:00:00' }]),
  { ...post('/alerts', '[]'), type: 'text/plain' },
  { ...post('/alerts', '[]'), type: 'application/x-www-form-urlencoded' },
  { ...post('/alerts', '[]'), type: 'application/json; charset=utf-8' },
  { method: 'PUT', path: '/api/v2/alerts' },
  { method: 'OPTIONS', path: '/api/v2/alerts' },
  remove('/silences'),
  remove('/status'),
  get('/nothing'),
  get('/silence/'),
  get('/alerts'),
  get('/alerts/groups'),

  get('/silence/$0'),
  get('/silence/00000000-0000-4000-8000-000000000000'),
  get('/silence/nope'),
  remove('/silence/nope'),
  post('/silence/$0', ''),
  ...['matchers', 'startsAt', 'endsAt', 'createdBy', 'comment'].map((key) =>
    post('/silences', { ...SILENCE, [key]: undefined }),
  ),
  post('/silences', ''),
  post('/silences', '{'),
  post('/silences', '[]'),
  post('/silences', 'null'),
  post('/silences', { ...SILENCE, matchers: [] }),
  post('/silences', { ...SILENCE, matchers: [{ name: '', value: 'x', isRegex: false }] }),
  post('/silences', { ...SILENCE, matchers: [{ name: 'a', value: '(', isRegex: true }] }),
  post('/silences', { ...SILENCE, matchers: [{ name: 'a', value: '', isRegex: false }] }),
  post('/silences', { ...SILENCE, matchers: [{ name: 'a', value: '.*', isRegex: true }] }),
  post('/silences', { ...SILENCE, matchers: [{ name: 'a' }] }),
  post('/silences', { ...SILENCE, matchers: [{ isRegex: true }] }),
  post('/silences', { ...SILENCE, matchers: [{ name: 'a', isRegex: true }] }),
  post('/silences', { ...SILENCE, matchers: 'a=b' }),
  post('/silences', { ...SILENCE, createdBy: 1 }),
  post('/silences', { ...SILENCE, startsAt: '2037-01-01T00:00:00Z', endsAt: '2036-01-01T00:00:00Z' }),
  post('/silences', { ...SILENCE, startsAt: FAR, endsAt: FAR }),
  post('/silences', { ...SILENCE, startsAt: '2021-01-01T00:00:00Z', endsAt: '2022-01-01T00:00:00Z' }),
  post('/silences', { ...SILENCE, startsAt: 'x' }),
  post('/silences', { ...SILENCE, id: '' }),
  post('/silences', { ...SILENCE, id: 'nope' }),
  post('/silences', { ...SILENCE, id: '00000000-0000-4000-8000-000000000000' }),
  // What silenced is not rewritten: it expires, and a new one begins.
  post('/silences', { ...SILENCE, id: '$0', matchers: [{ name: 'n', value: '3', isRegex: false }] }),
  post('/silences', { ...SILENCE, id: '$3', startsAt: '2035-01-01T00:00:00Z', comment: 'earlier' }),
  get('/silences'),
  remove('/silence/$1'),
  remove('/silence/$1'),
  remove('/silence/$3'),
  get('/silence/$1'),
  get('/silence/$3'),
  get('/alerts'),
  get('/alerts/groups'),
]

/** Where we differ, and how. */
const DIFFERENCES: readonly (readonly [Asked, theirs: string, ours: string])[] = [
  // A fault of that version: the description says 404.
  [remove('/silence/00000000-0000-4000-8000-000000000000'), '500 "silence not found"', '404 "silence not found"'],
  // Names are any UTF-8 since Alertmanager 0.27.
  [post('/alerts', [{ labels: { 'a b': 'ñ' } }]), '400 "invalid label set: invalid name \\"a b\\""', '200 '],
]

async function both(
  skip: (reason: string) => never,
  test: (theirs: Side, ours: Side, faults: readonly unknown[]) => Promise<void>,
): Promise<void> {
  const binary = needPeer('prometheus-alertmanager', skip)
  const alertmanager = await Alertmanager.start(binary, alertmanagerConfig(SPEC, 'http://127.0.0.1:1'))
  const own = await serveAlertingApi(SPEC)
  try {
    await test(new Side(alertmanager.url), new Side(own.url.origin), own.faults)
  } finally {
    own.close()
    await alertmanager.stop()
  }
}

describe('the API beside a real Alertmanager', () => {
  it('answers the same', { retry: 1 }, async ({ skip, expect }) => {
    await both(skip, async (theirs, ours, faults) => {
      for (const asked of STEPS) {
        const where = `${asked.method} ${asked.path} ${asked.body ?? ''}`
        const wanted = await theirs.ask(asked)
        expect.soft([where, await ours.ask(asked)]).toEqual([where, wanted])
        // It groups what is posted a moment later.
        if (asked.method === 'POST' && asked.path.endsWith('/alerts')) await sleep(50)
      }
      expect(faults).toEqual([])
    })
  })

  it('but for what is better', async ({ skip, expect }) => {
    await both(skip, async (theirs, ours) => {
      for (const [asked, their, our] of DIFFERENCES) {
        expect([asked, await theirs.ask(asked), await ours.ask(asked)]).toEqual([asked, their, our])
      }
    })
  })
})

describe('amtool', () => {
  it('works as with a real Alertmanager', { retry: 1 }, async ({ skip, expect }) => {
    const amtool = needPeer('amtool', skip)
    const run = async (side: Side, line: string): Promise<string> => {
      const args = line.split(' ').map((arg) => arg.replace(/^\$(\d)$/, (_, n: string) => side.ids[Number(n)] ?? ''))
      const options = [`--alertmanager.url=${side.url}`, '--no-version-check']
      return new Promise((resolve) => {
        execFile(amtool, [...options, ...args], (error, out, err) =>
          resolve(`${error?.code ?? 0} ${side.normal(out)} ${side.normal(err).replaceAll(side.url, '')}`),
        )
      })
    }
    await both(skip, async (theirs, ours, faults) => {
      const outputs: string[] = []
      for (const line of [
        'alert query',
        'alert add alertname=Foo team=a --annotation=summary=y --generator-url=http://x/',
        'alert add Bar severity=critical dc=1',
        'alert add Lag severity=warning dc=1',
        'alert add 1=2=3',
        'alert query -o json',
        'alert query -o extended',
        'alert query Foo',
        'alert query -i',
        'alert query -r deep -o json',
        'alert query -r (',
        'alert query alertname=~F.*',
        'silence add alertname=Foo -a ann -c upgrade -d 1h',
        'silence add alertname=~Ba. dc!=2 -a ann -c more -d 2h',
        'silence add alertname=Foo -a ann -d 1h --require-comment',
        'silence add',
        'silence query',
        'silence query -o json',
        'silence query -o extended alertname=Foo',
        'silence query -q',
        'silence query --within 90m -q',
        'alert query',
        'alert query -s -o json',
        'silence update -d 3h -c longer $0',
        'silence query -o json',
        'silence update -d 3h 00000000-0000-4000-8000-000000000000',
        'silence expire $0',
        'silence query -q',
        'silence query --expired -q',
        'silence expire nope',
        'alert query -o json',
        'config routes show',
        'config routes test team=a',
        'config routes test --verify.receivers=deep.x team=b',
        'config routes test --verify.receivers=deep team=b',
        'cluster show',
      ]) {
        const wanted = await run(theirs, line)
        expect([line, await run(ours, line)]).toEqual([line, wanted])
        outputs.push(wanted)
      }
      // Both did something.
      expect(outputs.filter((output) => output.startsWith('0 ')).length).toBeGreaterThan(25)
      expect(await run(ours, 'config show')).toContain('"receiver":"deep.x"')
      expect(faults).toEqual([])
    })
  })
})
