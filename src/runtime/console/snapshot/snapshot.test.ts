import { mkdtempSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { serveServer } from '../../../../test/support/served-admin.ts'
import { defineAlerting } from '../../../alerting/index.ts'
import type { Panel } from '../../../packs/index.ts'
import { LabelSet, Matcher } from '../../../series/index.ts'
import { type Boxman, type BoxmanInput, createBoxman } from '../../index.ts'
import { fileNameOf } from './snapshot-api.ts'

const EVIL = '</script><img src=x onerror=alert(1)>'
const SECRET = 'hunter2hunter2'
const MINUTE = 60_000

async function service(input: BoxmanInput = {}): Promise<Boxman> {
  const cwd = mkdtempSync(path.join(tmpdir(), 'boxman-snapshot-'))
  const options = { service: 'wallet', version: '1.2.3', admin: { port: 0 }, ...input }
  const boxman = await createBoxman(options, { env: {}, cwd, logDestination: { write: () => true } })
  onTestFinished(() => boxman.stop())
  return boxman
}

function ask(boxman: Pick<Boxman, 'admin'>, query = '', init: RequestInit = {}): Promise<Response> {
  return fetch(`${boxman.admin.url}/api/console/snapshot${query}`, init)
}

/** A part of the file, by its id. */
function part(file: string, id: string): string {
  return file.split(`<section id="${id}"`)[1]?.split('</section>')[0] ?? ''
}

function store(boxman: Boxman, labels: Record<string, string>, from: number, to: number): void {
  const series = LabelSet.of(labels)
  for (let at = from; at <= to; at += 15_000) boxman.store?.append(series, at, 1)
}

describe('a snapshot of a service', () => {
  it('has everything of the range, as text and without secrets', async () => {
    const nobody = defineAlerting({ route: { receiver: 'nobody' }, receivers: [{ name: 'nobody' }] })
    const boxman = await service({ alerting: { config: nobody }, redact: { emails: true } })
    const now = Date.now()
    store(boxman, { __name__: 'ALERTS', alertname: 'Slow', alertstate: 'firing', why: EVIL }, now - 5 * MINUTE, now)
    store(boxman, { __name__: 'ALERTS', alertname: 'Later', alertstate: 'pending' }, now - 5 * MINUTE, now - 3 * MINUTE)
    boxman.alerting?.post([
      {
        labels: LabelSet.of({ alertname: 'Slow', why: EVIL }),
        annotations: LabelSet.of({ summary: `slow, password=${SECRET}`, runbook: 'docs/slow.md' }),
        startsAt: now - 5 * MINUTE,
        endsAt: undefined,
      },
    ])
    boxman.alerting?.setSilence({
      matchers: [new Matcher('alertname', '=', 'Slow')],
      startsAt: now,
      endsAt: now + MINUTE,
      createdBy: 'ann@example.com',
      comment: `upgrade ${EVIL}`,
    })
    boxman.logger('bets').warn({ token: SECRET, table: EVIL }, `no proof ${EVIL}`)
    boxman.logger('bets').info('all is well')
    boxman.request({ route: '/bets/:id', method: 'POST' }, (scope) => {
      scope.setStatus(500)
    })
    boxman.node.errors.record(new Error(`cannot pay ${EVIL} password=${SECRET}`))
    boxman.health.check({ name: 'db', run: () => ({ status: 'warn', output: `slow ${EVIL}` }) })
    await boxman.reconfigure({ log: { level: 'debug' } })
    await expect.poll(() => boxman.health.result('db')?.outcome).toBe('warn')

    const response = await ask(boxman, '?zone=Asia/Kolkata')
    const file = await response.text()
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="boxman-wallet-\d{4}-\d\d-\d\dT\d\d-\d\dZ\.html"$/,
    )
    expect(file).not.toContain(SECRET)
    expect(file).not.toContain('ann@example.com')
    expect(/<(?:script|img|link|iframe|object|base|form)|<[^>]*\s(?:src|style|on\w+)=|href="[^#]/.exec(file)).toBeNull()
    expect(file).toContain(`http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-`)
    expect(/could not be made|undefined|NaN|\[object/.exec(file)).toBeNull()
    for (const text of ['wallet', '1.2.3', hostname(), 'Asia/Kolkata (UTC+05:30)', boxman.config.service]) {
      expect(file.split('<main>')[0]).toContain(text)
    }
    const alerts = part(file, 'alerts')
    expect(alerts).toContain('&lt;/script&gt;&lt;img')
    expect(alerts).toContain('password=[redacted]')
    expect(alerts).toContain('docs/slow.md')
    expect(alerts).toContain('upgrade')
    expect(alerts).toMatch(/Later[\s\S]*pending<\/span>/)
    expect(alerts.indexOf('Slow')).toBeLessThan(alerts.indexOf('Later'))
    expect(part(file, 'charts-overview')).toContain('Event loop lag')
    expect(part(file, 'traces')).toContain('POST /bets/:id')
    expect(part(file, 'logs')).toMatch(/no proof &lt;\/script&gt;[\s\S]*Other lines[\s\S]*all is well/)
    expect(part(file, 'errors')).toContain('cannot pay &lt;/script&gt;')
    expect(part(file, 'health')).toContain('slow &lt;/script&gt;')
    expect(part(file, 'configuration')).toMatch(/log\.level<\/code>[\s\S]*info[\s\S]*debug/)
    expect(file).toMatch(/[1-9]\d* texts? had something taken out/)
  })

  it('has what was in its range alone, and says what is not kept', async () => {
    const boxman = await service({ log: { tail: { enabled: false } }, tracing: { enabled: false } })
    const now = Date.now()
    store(boxman, { __name__: 'ALERTS', alertname: 'Now', alertstate: 'firing' }, now - MINUTE, now)
    store(
      boxman,
      { __name__: 'ALERTS', alertname: 'Before', alertstate: 'firing' },
      now - 30 * MINUTE,
      now - 20 * MINUTE,
    )
    boxman.node.errors.record(new Error('of now'))
    const [start, end] = [(now - 40 * MINUTE) / 1000, (now - 10 * MINUTE) / 1000]
    const file = await (await ask(boxman, `?start=${start}&end=${end}`)).text()
    expect(part(file, 'alerts')).toContain('Before')
    expect(part(file, 'alerts')).not.toContain('<h3>Now</h3>')
    expect(part(file, 'errors')).toContain('No error was recorded')
    expect(part(file, 'traces')).toContain('Traces are not kept here')
    expect(part(file, 'logs')).toContain('Lines are not kept here')
  })

  it('draws the panels of a dashboard, each as its kind is', async () => {
    const boxman = await service()
    const query = (expr: string) => [{ expr, legend: '{{room}}' }]
    const panels: readonly Panel[] = [
      { kind: 'time-series', title: 'Lines', unit: 'bytes', queries: query('rolls{room=~"$room"}') },
      { kind: 'time-series', title: 'Stacked', stacked: true, queries: query('rolls') },
      { kind: 'stat', title: 'Stat', unit: 'seconds', queries: query('sum(rolls)') },
      { kind: 'bars', title: 'Bars', queries: query('rolls') },
      { kind: 'table', title: 'Table', labels: ['room'], queries: [{ column: 'Rolls', expr: 'rolls' }] },
      { kind: 'heatmap', title: 'Heat', expr: 'sum by (le) (took)' },
      { kind: 'time-series', title: 'Nothing', queries: query('nothing_of_the_kind') },
      { kind: 'time-series', title: 'Wrong', queries: query('rolls +') },
    ]
    const variables = [{ name: 'room', title: 'Room', metric: 'rolls', label: 'room' }]
    boxman.use({
      name: 'house',
      install: () => undefined,
      dashboards: [{ id: 'house', title: 'House', variables, rows: [{ title: 'All', panels }] }],
    })
    const now = Date.now()
    for (const room of ['blue', 'red', EVIL]) store(boxman, { __name__: 'rolls', room }, now - 5 * MINUTE, now)
    for (const le of ['0.1', '1', '+Inf']) store(boxman, { __name__: 'took', le }, now - 5 * MINUTE, now)
    const file = await (await ask(boxman, '?dashboard=house&var-room=blue')).text()
    const cards = part(file, 'charts-house').split('<div class="card ').slice(1)
    const shown = (title: string): string => cards.find((card) => card.includes(`<h4>${title}</h4>`)) ?? ''
    expect(shown('Lines')).toMatch(/>1 B<[\s\S]*<path\s+class="l s1"\s+d="M\d+ \d+h0L/)
    expect(shown('Lines')).toContain('blue')
    expect(shown('Lines')).not.toContain('red')
    expect(shown('Stacked').match(/<path\s+class="a f\d"\s+d="M/g)).toHaveLength(3)
    expect(shown('Stacked')).toContain('&lt;/script&gt;')
    expect(shown('Stat')).toMatch(/<b>3 s<\/b>[\s\S]*class="spark"[\s\S]*mean 3 s, max 3 s/)
    expect(shown('Bars').match(/<rect\s+class="b"\s+width="100.0%"/g)).toHaveLength(3)
    expect(shown('Table')).toMatch(/<td>blue<\/td><td class="n">1<\/td>/)
    expect(shown('Heat')).toMatch(/<path\s+class="h8"\s+d="M\d+ 0h\d+V600h-\d+z/)
    expect(shown('Nothing')).toContain('No values in this range')
    expect(shown('Wrong')).toMatch(/class="failed">[^<]*parse error|class="failed">[^<]*unexpected/)
    expect(part(file, 'charts-house')).toContain('Room: blue')
  })

  it('counts what is left out', async () => {
    const boxman = await service()
    for (let i = 0; i < 305; i++) boxman.log.warn({ i }, 'again')
    const file = await (await ask(boxman)).text()
    expect(part(file, 'logs')).toMatch(/300 of \d+ lines are shown/)
    expect(part(file, 'logs')).not.toContain('i=0<')
  })

  it('stands without a store: its charts say why they are not there', async () => {
    const boxman = await service({ store: { enabled: false } })
    const file = await (await ask(boxman)).text()
    expect(part(file, 'charts-overview')).toContain('there is no store')
    expect(part(file, 'logs')).toContain('Logs')
  })

  it.each([
    ['?end=never', /never/],
    ['?start=2&end=1', /start: expected a time before the end/],
    ['?start=0&end=1e9', /366 days/],
    ['?zone=Mars/Base', /zone: expected a name such as Europe\/Paris, given "Mars\/Base"/],
    ['?dashboard=nothing', /dashboard: expected one of overview, given "nothing"/],
    ['?from=1', /from: unknown; known here: start, end, zone/],
  ])('%s is refused', async (query, why) => {
    const response = await ask(await service(), query)
    expect(response.status).toBe(400)
    const { errors } = (await response.json()) as { readonly errors: readonly string[] }
    expect(errors[0]).toMatch(why)
  })

  it('is made one at a time, by GET', async () => {
    const boxman = await service()
    const both = await Promise.all([ask(boxman), ask(boxman)])
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 503])
    await Promise.all(both.map((each) => each.text()))
    const head = await ask(boxman, '', { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect((await ask(boxman, '', { method: 'POST' })).status).toBe(405)
  })
})

it('`boxman serve` has one, of what it has', async () => {
  const served = await serveServer()
  onTestFinished(() => served.close())
  const file = await (await fetch(`${served.url}/api/console/snapshot`)).text()
  expect(part(file, 'charts-overview')).toContain('Samples a round')
  expect(part(file, 'traces')).toContain('Traces are not kept here')
  expect(file).not.toContain('could not be made')
})

it.each([
  ['wallet', 'boxman-wallet-2026-11-22T06-30Z.html'],
  ['../../etc/pass"wd\r\n', 'boxman-etc-pass-wd-2026-11-22T06-30Z.html'],
  ['日本', 'boxman-service-2026-11-22T06-30Z.html'],
])('the file of %j is %s', (name, file) => {
  expect(fileNameOf(name, Date.UTC(2026, 10, 22, 6, 30, 59))).toBe(file)
})
