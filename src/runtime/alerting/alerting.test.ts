import { cp, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FaultyFiles } from '../../../test/support/faulty-files.ts'
import { listen, type Receiver } from '../../../test/support/receiver.ts'
import type { PostedAlert } from '../../alerting/index.ts'
import { createLogger, createRedactor } from '../../logging/index.ts'
import { expose, Registry } from '../../metrics/index.ts'
import { LabelSet, Matcher } from '../../series/index.ts'
import type { Files } from '../../tsdb/index.ts'
import { createBoxman } from '../boxman.ts'
import { Alerting } from './alerting.ts'

interface House {
  readonly alerting: Alerting
  readonly lines: readonly string[]
  readonly faults: unknown[]
  readonly metric: (name: string) => Promise<number>
}

const config = (url: string, more = ''): string => `
route: {receiver: hook, group_by: [alertname], group_wait: 10ms, group_interval: 200ms, repeat_interval: 1h}
receivers:
- name: hook
  webhook_configs: [{url: '${url}/hook'}]
${more}`

async function folderOf(text: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'boxman-alerting-'))
  await writeFile(path.join(folder, 'alertmanager.yml'), text)
  return folder
}

async function open(cwd: string, { files, isKept = true }: { files?: Files; isKept?: boolean } = {}): Promise<House> {
  const lines: string[] = []
  const faults: unknown[] = []
  const metrics = new Registry({ now: Date.now, monotonicNow: () => performance.now() })
  const redactor = createRedactor()
  const log = createLogger({
    service: 'test',
    now: Date.now,
    destination: { write: (line: string) => void lines.push(line) },
  })
  const alerting = await Alerting.open({
    file: 'alertmanager.yml',
    cwd,
    folder: isKept ? path.join(cwd, 'state') : undefined,
    now: () => performance.now(),
    wallNow: Date.now,
    metrics,
    log,
    redact: (text) => redactor.text(text),
    onFault: (error) => faults.push(error),
    url: () => 'http://boxman.example',
    ...(files === undefined ? {} : { files }),
  })
  onTestFinished(() => alerting.stop())
  await alerting.start()
  return {
    alerting,
    lines,
    faults,
    metric: async (name) => {
      const pieces: Uint8Array[] = []
      for await (const piece of expose(metrics).body) pieces.push(piece)
      const page = Buffer.concat(pieces).toString()
      return Number(new RegExp(`^${name.replaceAll(/[{}]/g, '\\$&')} (\\S+)$`, 'm').exec(page)?.[1])
    },
  }
}

const alert = (name: string, annotations: Readonly<Record<string, string>> = {}): PostedAlert => ({
  labels: LabelSet.of({ alertname: name }),
  annotations: LabelSet.of(annotations),
})

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) {
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
}

const names = ({ received }: Receiver): string[] =>
  received.map(({ body }) => (JSON.parse(body) as { groupLabels: { alertname: string } }).groupLabels.alertname)

describe('a house of alerting', () => {
  it.for([true, false])('tells of what is posted, with a link to acknowledge; kept on disk: %s', async (isKept) => {
    const hook = await listen()
    const { alerting, metric } = await open(await folderOf(config(hook.url)), { isKept })
    expect(alerting.post([alert('A')])).toEqual([])
    await until(() => alerting.decisions({ verdict: 'sent' }).length === 1)
    const { boxman } = JSON.parse(hook.received[0]?.body ?? '') as { boxman: { links: { acknowledge: string } } }
    const token = new URL(boxman.links.acknowledge).searchParams.get('token') ?? ''
    const [group] = alerting.groups()
    expect(alerting.tokens.read(token, Date.now())).toEqual({
      ok: true,
      claim: { groupKey: group?.groupKey, receiver: 'hook' },
    })
    expect(alerting.acknowledge(group?.groupKey ?? '', 'ann')).toBe(true)
    expect(alerting.groups()).toMatchObject([{ receiver: 'hook', acknowledged: { by: 'ann' } }])
    expect(alerting.acknowledge('{}:{alertname="Other"}', 'ann')).toBe(false)
    expect(await metric('boxman_alerting_notifications_total{integration="webhook",outcome="delivered"}')).toBe(1)
    expect(await metric('boxman_alerting_alerts')).toBe(1)
    expect(await metric('boxman_alerting_queue')).toBe(0)
  })

  it('O18: no secret that an alert or a silence has is told, kept or answered', async () => {
    const hook = await listen()
    const cwd = await folderOf(config(hook.url))
    const { alerting, lines } = await open(cwd)
    const secret = ['sk', 'live', 'Zx81kQm2Vb90LpTr47'].join('_')
    const labels = LabelSet.of({ alertname: 'A', url: `https://db.example/?token=${secret}` })
    const annotations = LabelSet.of({ summary: `Authorization: Bearer ${secret}`, description: `password=${secret}` })
    alerting.post([{ labels, annotations, generatorURL: `http://ann:${secret}@prometheus.example/graph` }])
    const now = Date.now()
    alerting.setSilence({
      matchers: [new Matcher('alertname', '=', 'B')],
      startsAt: now,
      endsAt: now + 3_600_000,
      createdBy: 'ann',
      comment: `token=${secret}`,
    })
    await until(() => alerting.decisions({ verdict: 'sent' }).length === 1)
    const seen = [
      hook.received[0]?.body,
      lines,
      alerting.alerts(),
      alerting.groups(),
      alerting.silences(),
      alerting.decisions({}),
    ]
    expect(JSON.stringify(seen)).not.toContain(secret)
    expect(hook.received[0]?.body).toContain('[redacted]')
    await alerting.stop()
    const files = (await readdir(path.join(cwd, 'state'), { withFileTypes: true })).filter((each) => each.isFile())
    expect(files.length).toBeGreaterThan(1)
    for (const { name } of files) expect((await readFile(path.join(cwd, 'state', name))).includes(secret)).toBe(false)
  })

  it('silences, and what they hide, outlive it; so do strange labels', async () => {
    const hook = await listen()
    const cwd = await folderOf(config(hook.url))
    const first = await open(cwd)
    const now = Date.now()
    const set = first.alerting.setSilence({
      matchers: [new Matcher('alertname', '=', 'A')],
      startsAt: now,
      endsAt: now + 3_600_000,
      createdBy: 'ann',
      comment: 'upgrade',
    })
    expect(set).toMatchObject({ ok: true })
    const id = set.ok ? set.id : ''
    first.alerting.post([alert('A', { $labels: 'x', $object: 'y' }), alert('B')])
    await until(() => first.alerting.decisions({ verdict: 'silenced' }).length > 0 && hook.received.length > 0)
    await expect(open(cwd)).rejects.toThrow(/in use by process/)
    await first.alerting.stop()
    expect(() => first.alerting.post([alert('C')])).toThrow(/stopped/)
    const { alerting, faults } = await open(cwd)
    expect(alerting.silences()).toMatchObject([{ id, state: 'active', createdBy: 'ann' }])
    const hidden = alerting.alerts().find(({ alert: { labels } }) => labels.get('alertname') === 'A')
    expect(hidden).toMatchObject({ status: { state: 'suppressed', silencedBy: [id] }, receivers: ['hook'] })
    expect(hidden?.alert.annotations.get('$labels')).toBe('x')
    expect(alerting.decisions({ verdict: 'silenced' })).toHaveLength(1)
    expect(alerting.expireSilence(id)).toBe(true)
    expect(alerting.expireSilence(id)).toBe(false)
    await until(() => names(hook).includes('A'))
    expect(names(hook)).toEqual(['B', 'A'])
    expect(faults).toEqual([])
  })

  it.for(['room', 'readOnly', 'syncFails'] as const)(
    'a disk with a fault (%s): delivers on, says so once, and keeps its state again afterwards',
    async (fault) => {
      const hook = await listen()
      const cwd = await folderOf(config(hook.url))
      const files = new FaultyFiles()
      const first = await open(cwd, { files })
      Object.assign(files, { [fault]: fault === 'room' ? 10 : true })
      for (const name of ['A', 'B']) {
        first.alerting.post([alert(name)])
        await until(() => names(hook).includes(name))
      }
      await until(() => first.alerting.decisions({ verdict: 'sent' }).length === 2)
      expect(await first.metric('boxman_alerting_disk_failures_total')).toBeGreaterThan(0)
      expect(first.lines.filter((line) => line.includes('cannot be written; deliveries go on'))).toHaveLength(1)
      Object.assign(files, { [fault]: fault === 'room' ? Infinity : false })
      await first.alerting.stop()
      const second = await open(cwd, { files })
      second.alerting.post([alert('A'), alert('B'), alert('C')])
      await until(() => names(hook).includes('C'))
      expect(names(hook)).toEqual(['A', 'B', 'C'])
    },
  )

  it('a reload changes receivers; a wrong one changes nothing and names the receiver', async () => {
    const [hook, other] = [await listen(), await listen()]
    const cwd = await folderOf(config(hook.url))
    const { alerting } = await open(cwd)
    const file = path.join(cwd, 'alertmanager.yml')
    await writeFile(file, config(other.url).replace('webhook_configs: [{', 'webhook_configs: [{boxman: {secret: x}, '))
    await expect(alerting.reload()).rejects.toThrow(/alertmanager\.yml: receiver "hook": .*secret/)
    expect(alerting.configText).toContain('hook')
    await writeFile(file, config(other.url))
    await alerting.reload()
    alerting.post([alert('A')])
    await until(() => other.received.length === 1)
    expect(hook.received).toEqual([])
    expect(alerting.configText).not.toContain(other.url)
    expect(alerting.config.receivers[0]?.integrations[0]?.rate).toEqual({ burst: 20, perMinute: 600 })
  })

  it('what is logged makes the state that was, over a reload too: a copy taken at any moment goes on from there', async () => {
    const hook = await listen()
    const cwd = await folderOf(config(hook.url))
    const { alerting } = await open(cwd)
    alerting.post([alert('A'), alert('B')])
    await until(() => alerting.decisions({ verdict: 'sent' }).length === 2)
    const changed = config(hook.url).replace('[alertname]', '[alertname, team]')
    await writeFile(path.join(cwd, 'alertmanager.yml'), changed)
    await alerting.reload()
    alerting.post([alert('C')])
    await until(() => alerting.decisions({ verdict: 'sent' }).length >= 3)
    alerting.acknowledge('{}:{alertname="C"}', 'ann')
    const copy = await folderOf(changed)
    await cp(path.join(cwd, 'state'), path.join(copy, 'state'), {
      recursive: true,
      filter: (file) => !file.endsWith('lock'),
    })
    const groups: unknown = JSON.parse(JSON.stringify(alerting.groups()))
    const told = names(hook)
    await alerting.stop()
    const second = await open(copy)
    expect(JSON.parse(JSON.stringify(second.alerting.groups()))).toEqual(groups)
    expect(second.lines.join('')).not.toContain('could not be read')
    second.alerting.post([alert('D')])
    await until(() => names(hook).includes('D'))
    expect(names(hook)).toEqual([...told, 'D'])
  })

  it('says who is on call', async () => {
    const hook = await listen()
    const schedules = `boxman:
  schedules:
  - {name: ops, location: UTC, rotations: [{people: [ann], starts_at: '2026-01-01T00:00:00Z', shift: 24h}]}
`
    const text = config(hook.url, schedules).replace('- name: hook', '- name: hook\n  boxman: {schedule: ops}')
    const { alerting } = await open(await folderOf(text))
    alerting.post([alert('A')])
    await until(() => hook.received.length === 1)
    expect(JSON.parse(hook.received[0]?.body ?? '')).toMatchObject({ boxman: { onCall: ['ann'] } })
  })

  it('of a service: tells of the alerts of its rules, and answers for them', async () => {
    const hook = await listen()
    const cwd = await folderOf(config(hook.url))
    const settings = { service: 'wallet', admin: { port: 0 }, alerting: { config: 'alertmanager.yml' }, log: false }
    const boxman = await createBoxman(settings, { cwd, env: {} })
    onTestFinished(() => boxman.stop())
    await boxman.rules?.define('own', [{ name: 'g', interval: '1s', rules: [{ alert: 'Always', expr: 'vector(1)' }] }])
    await until(() => hook.received.length === 1)
    expect(names(hook)).toEqual(['Always'])
    const listed: unknown = await (await fetch(`${boxman.admin.url}/api/v2/alerts`)).json()
    expect(listed).toMatchObject([{ labels: { alertname: 'Always' }, status: { state: 'active' } }])
    await writeFile(path.join(cwd, 'wrong.yml'), 'route: {receiver: nobody}\nreceivers: []\n')
    await expect(createBoxman({ ...settings, alerting: { config: 'wrong.yml' } }, { cwd, env: {} })).rejects.toThrow(
      /wrong\.yml:1:.*nobody/,
    )
  })

  it('a torn log and a damaged snapshot: what can be read counts, and the rest is set aside', async () => {
    const hook = await listen()
    const cwd = await folderOf(config(hook.url))
    const first = await open(cwd)
    await first.alerting.stop()
    const state = path.join(cwd, 'state')
    await writeFile(path.join(state, 'snapshot.jsonl'), '7\n{"at": ')
    const { alerting, lines } = await open(cwd)
    expect(lines.join('')).toContain('could not be read')
    expect(await readdir(state)).toContain('snapshot.jsonl.damaged')
    alerting.post([alert('A')])
    await until(() => hook.received.length === 1)
  })
})
