import { cp, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FaultyFiles } from '../../../test/support/faulty-files.ts'
import { listen, type Receiver } from '../../../test/support/receiver.ts'
import type { PostedAlert } from '../../alerting/index.ts'
import { createLogger } from '../../logging/index.ts'
import { expose, Registry } from '../../metrics/index.ts'
import { LabelSet } from '../../series/index.ts'
import type { Alerting } from './alerting.ts'
import { openAlerting } from './open-alerting.ts'

/** Past what a disk that failed is left alone for. */
const LATER_MS = 6000

interface House {
  readonly alerting: Alerting
  readonly cwd: string
  readonly files: FaultyFiles
  readonly hook: Receiver
  readonly lines: string[]
  readonly health: () => unknown
  readonly metrics: Registry
  /** Lets time pass. */
  readonly later: (ms: number) => void
}

async function open({ from, logBytes }: { from?: string; logBytes?: number } = {}): Promise<House> {
  const cwd = await mkdtemp(path.join(tmpdir(), 'boxman-disk-'))
  if (from !== undefined) {
    const filter = (name: string): boolean => !name.endsWith('lock')
    await cp(path.join(from, 'state'), path.join(cwd, 'state'), { recursive: true, filter })
  }
  const hook = await listen()
  await writeFile(
    path.join(cwd, 'alertmanager.yml'),
    `
route: {receiver: hook, group_by: [alertname], group_wait: 10ms, group_interval: 200ms, repeat_interval: 1h}
receivers: [{name: hook, webhook_configs: [{url: '${hook.url}/hook'}]}]
`,
  )
  const files = new FaultyFiles()
  const lines: string[] = []
  const metrics = new Registry({ now: Date.now, monotonicNow: () => performance.now() })
  let skew = 0
  const { alerting, check } = await openAlerting({
    file: 'alertmanager.yml',
    cwd,
    folder: path.join(cwd, 'state'),
    now: () => performance.now() + skew,
    wallNow: () => Date.now() + skew,
    metrics,
    log: createLogger({
      service: 'test',
      now: Date.now,
      destination: { write: (line: string) => void lines.push(line) },
    }),
    redact: (text) => text,
    onFault: (error) => lines.push(String(error)),
    url: () => '',
    files,
    logBytes,
  })
  onTestFinished(() => {
    Object.assign(files, { room: Infinity, readOnly: false, syncFails: false })
    return alerting.stop()
  })
  await alerting.start()
  const health = (): unknown => check.run(new AbortController().signal)
  return { alerting, cwd, files, hook, lines, health, metrics, later: (ms) => (skew += ms) }
}

const alert = (alertname: string, more = ''): PostedAlert => ({
  labels: LabelSet.of({ alertname }),
  annotations: LabelSet.of({ more }),
})

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) {
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
}

const told = ({ received }: Receiver): string[] =>
  received.map(({ body }) => (JSON.parse(body) as { groupLabels: { alertname: string } }).groupLabels.alertname)

const known = (alerting: Alerting): string[] =>
  alerting
    .alerts()
    .map(({ alert: { labels } }) => labels.get('alertname') ?? '')
    .toSorted()

async function page(metrics: Registry): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of expose(metrics).body) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

const count = (lines: readonly string[], text: string): number => lines.filter((line) => line.includes(text)).length

describe('a disk that fails', () => {
  it.for(['full', 'full at once', 'read only', 'not synced'] as const)(
    '%s: pages go out, it is said, and when it is well again all is kept',
    async (fault) => {
      const { alerting, cwd, files, hook, lines, health, metrics, later } = await open()
      alerting.post([alert('Before')])
      await until(() => alerting.decisions({ verdict: 'sent' }).length === 1)
      expect(health()).toEqual({})
      if (fault === 'full') files.room = 100
      else if (fault === 'full at once') files.room = 0
      else if (fault === 'read only') files.readOnly = true
      else files.syncFails = true
      for (const name of ['A', 'B']) {
        alerting.post([alert(name)])
        await until(() => told(hook).includes(name))
      }
      await until(() => alerting.decisions({ verdict: 'sent' }).length === 3)
      // It is tried again, and still fails.
      later(LATER_MS)
      alerting.tick()
      await new Promise((resolve) => {
        setTimeout(resolve, 50)
      })
      expect(count(lines, 'cannot be written; deliveries go on')).toBe(1)
      expect(health()).toMatchObject({ status: 'fail', output: expect.stringMatching(/ENOSPC|EROFS|EIO/) as string })
      expect(await page(metrics)).toMatch(/boxman_alerting_disk_failures_total [1-9]/)

      Object.assign(files, { room: Infinity, readOnly: false, syncFails: false })
      later(LATER_MS)
      alerting.tick()
      // While it is being written, things happen.
      alerting.post([alert('Meanwhile')])
      await until(() => count(lines, 'is on disk again') === 1)
      expect(health()).toEqual({})
      await until(() => alerting.decisions({ verdict: 'sent' }).length === 4)
      alerting.post([alert('After')])
      await until(() => alerting.decisions({ verdict: 'sent' }).length === 5)

      // As if it were killed now.
      const second = await open({ from: cwd })
      expect(known(second.alerting)).toEqual(['A', 'After', 'B', 'Before', 'Meanwhile'])
      second.alerting.post([alert('A'), alert('Meanwhile'), alert('New')])
      await until(() => told(second.hook).includes('New'))
      expect(told(second.hook)).toEqual(['New'])
      expect(second.lines).toEqual([])
    },
  )

  it('a snapshot that cannot be written costs nothing that is logged, and is tried again', async () => {
    const { alerting, cwd, files, lines, later } = await open({ logBytes: 2000 })
    alerting.post([alert('A', 'x'.repeat(3000))])
    files.room = 300
    alerting.tick()
    await until(() => count(lines, 'cannot be written') === 1)
    files.room = Infinity
    const copy = await open({ from: cwd })
    expect(known(copy.alerting)).toEqual(['A'])
    alerting.post([alert('B')])
    later(LATER_MS)
    alerting.tick()
    await until(() => count(lines, 'is on disk again') === 1)
    expect(known((await open({ from: cwd })).alerting)).toEqual(['A', 'B'])
    expect((await readdir(path.join(cwd, 'state'))).filter((name) => name.startsWith('log-'))).toHaveLength(1)
  })

  it('a line that was being written is left out, and nothing is said', async () => {
    const { alerting, cwd } = await open()
    alerting.post([alert('A')])
    alerting.post([alert('B')])
    const copy = await mkdtemp(path.join(tmpdir(), 'boxman-disk-'))
    await cp(path.join(cwd, 'state'), path.join(copy, 'state'), {
      recursive: true,
      filter: (name) => !name.endsWith('lock'),
    })
    const [log = ''] = (await readdir(path.join(copy, 'state'))).filter((name) => name.startsWith('log-'))
    const file = path.join(copy, 'state', log)
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.slice(0, text.indexOf('"B"') + 2))
    const second = await open({ from: copy })
    expect(known(second.alerting)).toEqual(['A'])
    expect(second.lines).toEqual([])
  })

  it.for<[what: string, damage: (text: string) => string, left: readonly string[]]>([
    [
      'one part is not to be read',
      (text) => text.replace(/(\{"kind":"alert".*?)"alertname":"A"/, '$1"alert'),
      ['B', 'C'],
    ],
    ['a group is missing', (text) => text.replace(/\{"kind":"group".*?\n/, '{"kind":\n'), ['A', 'B', 'C']],
    ['the second half is missing', (text) => text.slice(0, text.indexOf('{"kind":"group"')), ['A', 'B', 'C']],
    ['nothing is there', () => '', []],
  ])('a snapshot of which %s: the rest counts, and it is said', async ([, damage, left]) => {
    const { alerting, cwd, hook } = await open()
    alerting.post([alert('A'), alert('B'), alert('C')])
    await until(() => alerting.decisions({ verdict: 'sent' }).length === 3)
    await alerting.stop()
    const file = path.join(cwd, 'state', 'snapshot.jsonl')
    const text = await readFile(file, 'utf8')
    await writeFile(file, damage(text))
    expect(await readFile(file, 'utf8')).not.toBe(text)
    const second = await open({ from: cwd })
    expect(count(second.lines, 'could not be read')).toBe(1)
    expect(known(second.alerting)).toEqual(left)
    // All that fires is told, and what is known to be told already is not told again.
    second.alerting.post([alert('A'), alert('B'), alert('C'), alert('D')])
    await until(() => told(second.hook).includes('D'))
    await until(() => second.alerting.decisions({ verdict: 'sent' }).length >= 4)
    const names = new Set([...told(hook), ...told(second.hook)])
    expect([...names].toSorted()).toEqual(['A', 'B', 'C', 'D'])
    expect(await readdir(path.join(second.cwd, 'state'))).toContain('snapshot.jsonl.damaged')
  })
})
