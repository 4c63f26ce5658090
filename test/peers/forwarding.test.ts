import { afterEach, describe, expect, it } from 'vitest'
import { Alertmanager } from '../support/alertmanager.ts'
import { askQuery, BoxmanServe, eventually, folderWith } from '../support/boxman-serve.ts'
import { needPeer } from '../support/peer.ts'
import { Prometheus } from '../support/prometheus.ts'
import { listen, type Receiver } from '../support/receiver.ts'
import { freePort } from '../support/server-process.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

const RULES = `
groups:
- name: shop
  interval: 1s
  rules:
  - alert: Slow
    expr: slow{shop!=""} > 0
    labels: {severity: page, own: 'yes'}
    annotations: {summary: '{{ $labels.shop }} is slow: {{ $value }}', where: '{{ $externalLabels.dc }} {{ $externalURL }}'}
  - alert: Later
    expr: later > 0
    for: 1s
`
const prometheusYml = (target: string, alertmanagers: readonly string[], more = ''): string => `
global:
  scrape_interval: 1s
  evaluation_interval: 1s
  external_labels: {dc: north, replica: b, own: 'no'}
rule_files: [rules.yml]
scrape_configs:
- job_name: shop
  static_configs: [{targets: ['${target}']}]
alerting:
  alert_relabel_configs:
  - {action: labeldrop, regex: replica}
  - {source_labels: [severity], target_label: urgency, regex: page, replacement: now}
  alertmanagers:
  - static_configs: [{targets: ${JSON.stringify(alertmanagers)}}]
    timeout: 2s${more}
`
const EXTERNAL = 'https://ops.example/metrics/'

/** What is scraped; `slow` and `later` are what the rules ask for. */
async function shop(): Promise<Receiver & { tell: (slow: number, later: number) => void }> {
  const server = await listen()
  const tell = (slow: number, later: number): void => {
    server.replies = [
      {
        status: 200,
        headers: { 'content-type': 'text/plain; version=0.0.4' },
        body: `slow{shop="a"} ${slow}\nslow{shop="b"} ${slow * 2}\nlater ${later}\n`,
      },
    ]
  }
  tell(0, 0)
  return Object.assign(server, { tell })
}

async function alertmanager(binary: string, hook: string): Promise<Alertmanager> {
  const peer = await Alertmanager.start(binary, {
    route: { receiver: 'hook', group_by: ['...'], group_wait: '0s', group_interval: '1s', repeat_interval: '1h' },
    receivers: [{ name: 'hook', webhook_configs: [{ url: hook }] }],
  })
  closing.push(() => peer.stop())
  return peer
}

interface Posted {
  readonly status: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: string
  readonly endsAt: string
  readonly fingerprint: string
  readonly generatorURL: string
}

/** All alerts that were told of, in an order that is the same for the same alerts. */
function alertsOf({ received }: Receiver): Posted[] {
  return received
    .flatMap(({ body }) => (JSON.parse(body) as { alerts: Posted[] }).alerts)
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}

const keyOf = ({ status, fingerprint }: Posted): string => `${status} ${fingerprint}`
const count =
  (receiver: Receiver): (() => Promise<number>) =>
  async () =>
    alertsOf(receiver).length
const hostOf = (url: string): string => new URL(url).host

describe('forwarding to Alertmanagers', () => {
  it('tells each of them what a Prometheus tells its own: labels, annotations, beginning and end', async ({
    signal,
    skip,
  }) => {
    const [binary, prometheus] = [needPeer('prometheus-alertmanager', skip), needPeer('prometheus', skip)]
    const target = await shop()
    const hooks = [await listen(), await listen(), await listen()] as const
    const peers = await Promise.all(hooks.map(({ url }) => alertmanager(binary, url)))
    const [first, second, third] = peers.map(({ url }) => hostOf(url))
    const ours = await folderWith({
      'rules.yml': RULES,
      'prometheus.yml': prometheusYml(hostOf(target.url), [first ?? '', second ?? '']),
    })
    const theirs = await folderWith({
      'rules.yml': RULES,
      'prometheus.yml': prometheusYml(hostOf(target.url), [third ?? '']),
    })
    const boxman = await BoxmanServe.start(['--prometheus-config', 'prometheus.yml', '--external-url', EXTERNAL], ours)
    closing.push(() => boxman.process.stop())
    const peer = await Prometheus.startIn(prometheus, theirs, [
      `--web.external-url=${EXTERNAL}`,
      '--web.route-prefix=/',
    ])
    closing.push(() => peer.stop())
    for (const { url } of [boxman, peer]) {
      // The series of the rules are those of an evaluation that has found nothing.
      const evaluated = async (): Promise<string> => (await fetch(`${url}/api/v1/rules`)).text()
      await eventually(evaluated, (text) => text.split('"health":"ok"').length > 2, signal)
      await eventually(
        () => askQuery(url, 'count_over_time(later[5s])'),
        (found) => Number(found[0]?.value[1]) > 1,
        signal,
      )
    }
    target.tell(1, 0)
    for (const hook of hooks) await eventually(count(hook), (found) => found >= 2, signal)
    target.tell(0, 0)
    for (const hook of hooks) await eventually(count(hook), (found) => found >= 4, signal)
    const told = hooks.map(alertsOf)
    const plain = told.map((alerts) => alerts.map((each) => ({ ...each, startsAt: '', endsAt: '' })))
    expect(plain[0]).toEqual(plain[2])
    expect(plain[1]).toEqual(plain[2])
    expect(plain[0]?.[0]).toMatchObject({
      status: 'firing',
      labels: { alertname: 'Slow', dc: 'north', severity: 'page', urgency: 'now', own: 'yes' },
    })
    const [own = [], , others = []] = told
    for (const [i, alert] of own.entries()) {
      for (const name of ['startsAt', 'endsAt'] as const) {
        const [at, other] = [Date.parse(alert[name]), Date.parse(others[i]?.[name] ?? '')]
        expect([name, at, Math.abs(at - other) <= 3000 ? at : other]).toEqual([name, at, at])
      }
    }
  }, 90_000)

  it('one that is killed keeps none waiting, and is told when it is there again', async ({ signal, skip }) => {
    const binary = needPeer('prometheus-alertmanager', skip)
    const target = await shop()
    const hooks = [await listen(), await listen()] as const
    const [one, other] = [await alertmanager(binary, hooks[0].url), await alertmanager(binary, hooks[1].url)]
    const folder = await folderWith({
      'rules.yml': RULES,
      'prometheus.yml': prometheusYml(hostOf(target.url), [hostOf(one.url)]),
    })
    const boxman = await BoxmanServe.start(
      ['--prometheus-config', 'prometheus.yml', '--alertmanager-url', other.url],
      folder,
    )
    closing.push(() => boxman.process.stop())
    await other.kill()
    target.tell(1, 0)
    await eventually(count(hooks[0]), (found) => found === 2, signal)
    await other.revive()
    await eventually(count(hooks[1]), (found) => found === 2, signal)
    await other.kill()
    target.tell(1, 1)
    await eventually(count(hooks[0]), (found) => found === 3, signal)
    await other.revive()
    await eventually(count(hooks[1]), (found) => found >= 3, signal)
    expect(alertsOf(hooks[1]).map(({ labels }) => labels['alertname'])).toContain('Later')
    const page = await (await fetch(`${boxman.url}/metrics`)).text()
    const metric = (name: string, peer: Alertmanager): number =>
      Number(new RegExp(`^boxman_alerting_forward_${name}\\{peer="${peer.url}"\\} (\\S+)$`, 'm').exec(page)?.[1])
    expect(metric('failures_total', one)).toBe(0)
    expect(metric('failures_total', other)).toBeGreaterThan(0)
    expect([metric('sent_total', one) >= 3, metric('sent_total', other) >= 3]).toEqual([true, true])
    expect([metric('queue', one), metric('queue', other)]).toEqual([0, 0])
  }, 90_000)
})

describe('a Prometheus whose Alertmanager is boxman serve', () => {
  it('what it posts is told, once, over a kill -9 of ours, and that it is over too', async ({ signal, skip }) => {
    const prometheus = needPeer('prometheus', skip)
    const target = await shop()
    const hook = await listen()
    const port = await freePort()
    const folder = await folderWith({
      'alertmanager.yml': `
route: {receiver: hook, group_by: [alertname], group_wait: 200ms, group_interval: 1s, repeat_interval: 1h}
receivers:
- name: hook
  webhook_configs: [{url: '${hook.url}'}]
`,
    })
    const start = async (): Promise<BoxmanServe> => {
      const args = ['--listen', `127.0.0.1:${port}`, '--data', 'data', '--alertmanager-config', 'alertmanager.yml']
      const server = await BoxmanServe.start(args, folder)
      closing.push(() => server.process.stop())
      return server
    }
    const first = await start()
    const theirs = await folderWith({
      'rules.yml': RULES,
      'prometheus.yml': prometheusYml(hostOf(target.url), [`127.0.0.1:${port}`]),
    })
    const peer = await Prometheus.startIn(prometheus, theirs, ['--rules.alert.resend-delay=1s'])
    closing.push(() => peer.stop())
    target.tell(1, 0)
    await eventually(count(hook), (found) => found >= 2, signal)
    await first.process.stop('SIGKILL')
    await start()
    target.tell(1, 1)
    await eventually(count(hook), (found) => found >= 3, signal)
    target.tell(0, 0)
    const over = async (): Promise<number> => alertsOf(hook).filter(({ status }) => status === 'resolved').length
    await eventually(over, (found) => found >= 3, signal)
    const bodies = hook.received.map(({ body }) => JSON.parse(body) as { status: string; groupLabels: object })
    expect(bodies.filter(({ status }) => status === 'firing').map(({ groupLabels }) => groupLabels)).toEqual([
      { alertname: 'Slow' },
      { alertname: 'Later' },
    ])
    const ended = alertsOf(hook).filter(({ status }) => status === 'resolved')
    expect(ended.map(({ labels }) => [labels['alertname'], labels['dc'], labels['urgency']])).toEqual(
      expect.arrayContaining([
        ['Slow', 'north', 'now'],
        ['Later', 'north', undefined],
      ]),
    )
    expect(ended.every(({ generatorURL }) => generatorURL.includes('/graph?g0.expr='))).toBe(true)
  }, 90_000)
})
