import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FaultyFiles } from '../../../../test/support/faulty-files.ts'
import { listen, type Receiver, type Reply } from '../../../../test/support/receiver.ts'
import type { RuleGroupStatus } from '../../../alerting/index.ts'
import { createLogger } from '../../../logging/index.ts'
import { expose, Registry } from '../../../metrics/index.ts'
import { LabelSet } from '../../../series/index.ts'
import { createBoxman } from '../../boxman.ts'
import { Alerting } from '../alerting.ts'
import { EvaluationWatch } from './evaluation-fault.ts'
import { Heartbeat, type HeartbeatTarget } from './heartbeat.ts'

const logOf = (lines: string[]): ReturnType<typeof createLogger> =>
  createLogger({ service: 'test', now: Date.now, destination: { write: (line: string) => void lines.push(line) } })

interface Beating {
  readonly heartbeat: Heartbeat
  readonly lines: string[]
  /** Steps at a moment, in ms, until what it began is over. */
  readonly at: (ms: number, fault?: string) => Promise<void>
  readonly counts: () => Promise<string>
}

function beating(target: HeartbeatTarget): Beating {
  const lines: string[] = []
  const metrics = new Registry({ now: Date.now, monotonicNow: () => performance.now() })
  let fault: string | undefined
  const heartbeat = new Heartbeat({
    target,
    service: 'wallet',
    metrics,
    log: logOf(lines),
    now: () => 5000,
    fault: async () => {
      if (fault === 'throws') throw new Error('broken')
      return fault
    },
  })
  const counts = async (): Promise<string> => {
    const pieces: Uint8Array[] = []
    for await (const piece of expose(metrics).body) pieces.push(piece)
    const page = Buffer.concat(pieces).toString()
    const count = (outcome: string): string =>
      new RegExp(`heartbeats_total\\{outcome="${outcome}"\\} (\\d+)`).exec(page)?.[1] ?? '?'
    return ['sent', 'failed', 'withheld'].map((outcome) => `${outcome} ${count(outcome)}`).join(', ')
  }
  onTestFinished(() => heartbeat.stop())
  return {
    heartbeat,
    lines,
    counts,
    at: async (ms, why) => {
      fault = why
      heartbeat.step(ms)
      await heartbeat.settled()
    },
  }
}

describe('a heartbeat', () => {
  it('is sent once an interval, and says who it is from', async () => {
    const peer = await listen()
    const { at, counts } = beating({ url: `${peer.url}/ping/abc?x=1`, intervalMs: 60_000 })
    for (const ms of [1000, 2000, 60_999, 61_000, 62_000]) await at(ms)
    expect(peer.received.map(({ method, path: to, body }) => [method, to, body])).toEqual(
      ['1970-01-01T00:00:01.000Z', '1970-01-01T00:01:01.000Z'].map((when) => [
        'POST',
        '/ping/abc?x=1',
        JSON.stringify({ service: 'wallet', status: 'alive', at: when }),
      ]),
    )
    expect(peer.received[0]?.headers['content-type']).toBe('application/json')
    expect(await counts()).toBe('sent 2, failed 0, withheld 0')
    // A clock that was set back.
    await at(500)
    expect(peer.received).toHaveLength(3)
  })

  it.each<readonly [HeartbeatTarget, readonly [string, string, string | undefined]]>([
    [{ url: '', method: 'GET' }, ['GET', '', undefined]],
    [{ url: '', method: 'HEAD' }, ['HEAD', '', undefined]],
    [{ url: '', body: 'fine', headers: { authorization: 'GenieKey k' } }, ['POST', 'fine', 'GenieKey k']],
  ])('as %j', async (target, wanted) => {
    const peer = await listen()
    const { at } = beating({ ...target, url: peer.url })
    await at(1000)
    expect(peer.received.map(({ method, body, headers }) => [method, body, headers.authorization])).toEqual([wanted])
  })

  it.each<Reply>([{ status: 500 }, { status: 302, headers: { location: '/x' } }, 'reset'])(
    'one that fails (%j) is counted, said once, and tried again sooner',
    async (reply) => {
      const peer = await listen([reply, reply, { status: 200 }])
      const { at, counts, lines } = beating({ url: peer.url, intervalMs: 60_000 })
      for (const ms of [1000, 1500, 2000, 3000, 4000, 5000]) await at(ms)
      expect(peer.received).toHaveLength(3)
      expect(await counts()).toBe('sent 1, failed 2, withheld 0')
      expect(lines.filter((line) => line.includes('does not get through'))).toHaveLength(1)
      expect(lines.join('')).not.toContain(new URL(peer.url).host)
    },
  )

  it.each(['the disk is full', 'throws'])('is withheld while something is wrong: %s', async (fault) => {
    const peer = await listen()
    const { at, counts, lines } = beating({ url: peer.url, intervalMs: 60_000 })
    for (const ms of [1000, 7000]) await at(ms, fault)
    expect(peer.received).toEqual([])
    expect(lines.filter((line) => line.includes('is withheld'))).toHaveLength(1)
    await at(13_000)
    expect(await counts()).toBe('sent 1, failed 0, withheld 2')
    expect(lines.join('')).toContain('goes on')
  })
})

const group = (lastEvaluation: number | undefined, ...health: readonly ('ok' | 'err')[]): RuleGroupStatus => ({
  name: 'g',
  file: 'f',
  intervalMs: 60_000,
  limit: 0,
  evaluationMs: 0,
  lastEvaluation,
  rules: health.map((each) => ({
    kind: 'recording',
    name: 'r',
    query: 'up',
    labels: LabelSet.EMPTY,
    health: each,
    lastError: each === 'err' ? 'query timed out' : undefined,
    evaluationMs: 0,
    lastEvaluation,
    samples: 0,
  })),
})

describe('whether rules are evaluated', () => {
  it.each([
    [[], 1e6, undefined],
    [[group(0, 'ok')], 134_000, undefined],
    [[group(0, 'ok')], 136_000, 'the rules of group "g" have not been evaluated for 136 s'],
    [[group(100_000, 'ok'), group(0, 'ok')], 136_000, 'the rules of group "g" have not been evaluated for 136 s'],
    [[group(0, 'ok', 'err')], 1000, undefined],
    [[group(0, 'err', 'err')], 1000, 'all rules of group "g" fail: query timed out'],
    [[group(0)], 1000, undefined],
  ])('%j at %i: %s', (groups, at, fault) => {
    expect(new EvaluationWatch().fault(groups, at)).toBe(fault)
  })

  it('a group that is never evaluated is given as long as one that is', () => {
    const watch = new EvaluationWatch()
    expect(watch.fault([group(undefined, 'ok')], 1_000_000)).toBeUndefined()
    expect(watch.fault([group(undefined, 'ok')], 1_130_000)).toBeUndefined()
    expect(watch.fault([group(undefined, 'ok')], 1_136_000)).toMatch(/not been evaluated for 136 s/)
    expect(watch.fault([group(1_130_000, 'ok')], 1_136_000)).toBeUndefined()
  })
})

const config = (url: string): string => `
route: {receiver: hook, group_by: [alertname], group_wait: 10ms, group_interval: 200ms, repeat_interval: 1h}
receivers:
- name: hook
  webhook_configs: [{url: '${url}/hook'}]
`

async function folderOf(text: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'boxman-heartbeat-'))
  await writeFile(path.join(folder, 'alertmanager.yml'), text)
  return folder
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) {
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
}

const alert = (name: string): { labels: LabelSet; annotations: LabelSet } => ({
  labels: LabelSet.of({ alertname: name }),
  annotations: LabelSet.EMPTY,
})

async function untilAlive(alerting: Alerting): Promise<void> {
  while ((await alerting.pulse()) !== undefined) {
    await new Promise((resolve) => {
      setTimeout(resolve, 20)
    })
    alerting.tick()
  }
}

describe('whether alerts find their way', () => {
  async function opened(
    hook: Receiver,
    files = new FaultyFiles(),
  ): Promise<{ alerting: Alerting; pass: (ms: number) => void }> {
    const cwd = await folderOf(config(hook.url))
    let passed = 0
    const alerting = await Alerting.open({
      file: 'alertmanager.yml',
      cwd,
      folder: path.join(cwd, 'state'),
      files,
      now: () => performance.now() + passed,
      wallNow: Date.now,
      metrics: new Registry({ now: Date.now, monotonicNow: () => performance.now() }),
      log: logOf([]),
      redact: (text) => text,
      onFault: () => undefined,
      url: () => '',
    })
    onTestFinished(() => alerting.stop())
    return { alerting, pass: (ms) => void (passed += ms) }
  }

  it('not before it runs, and not after', async () => {
    const { alerting } = await opened(await listen())
    expect(await alerting.pulse()).toBe('alerting does not run')
    await alerting.start()
    expect(await alerting.pulse()).toBeUndefined()
    await alerting.stop()
    expect(await alerting.pulse()).toBe('alerting does not run')
  })

  it.each(['room', 'syncFails'] as const)(
    'not with a disk that fails (%s), and again with one that works',
    async (fault) => {
      const files = new FaultyFiles()
      const { alerting, pass } = await opened(await listen(), files)
      await alerting.start()
      Object.assign(files, { [fault]: fault === 'room' ? 10 : true })
      expect(await alerting.pulse()).toMatch(/^the state of alerting cannot be kept: /)
      Object.assign(files, { [fault]: fault === 'room' ? Infinity : false })
      pass(10_000)
      alerting.tick()
      await untilAlive(alerting)
    },
  )

  it('not when it hangs', async () => {
    const { alerting, pass } = await opened(await listen())
    await alerting.start()
    pass(30_000)
    expect(await alerting.pulse()).toBe('alerting has not done its work for 30 s')
    alerting.tick()
    expect(await alerting.pulse()).toBeUndefined()
  })

  it('not when nothing of what is tried is delivered, for ten minutes', async () => {
    const hook = await listen([{ status: 500 }])
    const { alerting, pass } = await opened(hook)
    await alerting.start()
    alerting.post([alert('A')])
    await until(() => hook.received.length > 0)
    pass(590_000)
    alerting.tick()
    expect(await alerting.pulse()).toBeUndefined()
    pass(20_000)
    alerting.tick()
    expect(await alerting.pulse()).toBe('no message has been delivered for 10 min, and some were tried')
    hook.replies = [{ status: 200 }]
    alerting.post([alert('B')])
    await untilAlive(alerting)
  })
})

it('of a service: beats while its rules are evaluated; an address that is none is named', async () => {
  const [hook, peer] = [await listen(), await listen()]
  const cwd = await folderOf(config(hook.url))
  const settings = {
    service: 'wallet',
    admin: { port: 0 },
    log: false,
    alerting: { config: 'alertmanager.yml', heartbeat: { url: `${peer.url}/ping`, intervalMs: 1000 } },
  } as const
  const boxman = await createBoxman(settings, { cwd, env: {} })
  onTestFinished(() => boxman.stop())
  await boxman.rules?.define('own', [{ name: 'g', interval: '1s', rules: [{ alert: 'Always', expr: 'vector(1)' }] }])
  await until(() => peer.received.length >= 2)
  expect(JSON.parse(peer.received[0]?.body ?? '')).toMatchObject({ service: 'wallet', status: 'alive' })
  await expect(
    createBoxman({ ...settings, alerting: { heartbeat: { url: 'ftp://a' } } }, { cwd, env: {} }),
  ).rejects.toThrow(/alerting\.heartbeat: expected such as/)
})
