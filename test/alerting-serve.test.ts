import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { BoxmanServe, eventually, folderWith } from './support/boxman-serve.ts'
import { listen, type Receiver } from './support/receiver.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const config = (url: string): string => `
route: {receiver: hook, group_by: [alertname], group_wait: 200ms, group_interval: 1s, repeat_interval: 1h}
receivers:
- name: hook
  webhook_configs: [{url: '${url}/hook'}]
`

const ARGS = ['--data', 'data', '--alertmanager-config', 'alertmanager.yml']

async function boxman(folder: string): Promise<BoxmanServe> {
  const server = await BoxmanServe.start(ARGS, folder)
  closing.push(() => server.process.stop())
  return server
}

async function post(url: string, name: string): Promise<number> {
  const response = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ labels: { alertname: name }, annotations: { summary: `${name} is on` } }]),
  })
  return response.status
}

interface Told {
  readonly id: string
  readonly status: string
  readonly name: string
}

function told({ received }: Receiver): Told[] {
  return received.map(({ body }) => {
    const { status, groupLabels, boxman } = JSON.parse(body) as {
      status: string
      groupLabels: { alertname: string }
      boxman: { id: string }
    }
    return { id: boxman.id, status, name: groupLabels.alertname }
  })
}

async function kill(server: BoxmanServe): Promise<void> {
  const gone = new Promise((resolve) => {
    server.process.child.once('exit', resolve)
  })
  server.process.child.kill('SIGKILL')
  await gone
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms)
  })

describe('boxman serve --alertmanager-config', () => {
  it('kill -9 while messages are on their way: each is delivered, under the id that it had', async ({ signal }) => {
    const hook = await listen(['silence'])
    const folder = await folderWith({ 'alertmanager.yml': config(hook.url) })
    const first = await boxman(folder)
    for (const name of ['A', 'B', 'C']) expect(await post(first.url, name)).toBe(200)
    await eventually(
      async () => hook.received.length,
      (count) => count >= 3,
      signal,
    )
    expect(await post(first.url, 'D')).toBe(200)
    await kill(first)
    const before = told(hook)
    hook.replies = [{ status: 200 }]
    await boxman(folder)
    const after = (): Told[] => told(hook).slice(before.length)
    await eventually(
      async () => new Set(after().map(({ name }) => name)).size,
      (count) => count === 4,
      signal,
    )
    for (const { name, id } of before) expect(after().find((each) => each.name === name)?.id).toBe(id)
    // Nothing comes twice after it was taken.
    await pause(1500)
    expect(
      after()
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(['A', 'B', 'C', 'D'])
  })

  it.for(['SIGTERM', 'SIGKILL'] as const)(
    '%s after it was told: a restart repeats nothing',
    async (how, { signal }) => {
      const hook = await listen()
      const folder = await folderWith({ 'alertmanager.yml': config(hook.url) })
      const first = await boxman(folder)
      await post(first.url, 'A')
      const decisions = async (url: string): Promise<string> =>
        (await fetch(`${url}/api/alerting/decisions?verdict=sent`)).text()
      await eventually(
        () => decisions(first.url),
        (text) => text.includes('"sent"'),
        signal,
      )
      if (how === 'SIGKILL') await kill(first)
      else await first.process.stop()
      const second = await boxman(folder)
      await post(second.url, 'A')
      expect(await decisions(second.url)).toContain('"sent"')
      await post(second.url, 'B')
      await eventually(
        async () => hook.received.length,
        (count) => count >= 2,
        signal,
      )
      await pause(1500)
      expect(told(hook).map(({ name }) => name)).toEqual(['A', 'B'])
    },
  )

  it('SIGHUP: takes another configuration, and refuses a wrong one', async ({ signal }) => {
    const [hook, other] = [await listen(), await listen()]
    const folder = await folderWith({ 'alertmanager.yml': config(hook.url) })
    const server = await boxman(folder)
    const file = path.join(folder, 'alertmanager.yml')
    await writeFile(file, 'route: {receiver: nobody}\nreceivers: []\n')
    server.process.child.kill('SIGHUP')
    await server.process.printed(/configuration was refused/, 10_000)
    await post(server.url, 'A')
    await eventually(
      async () => hook.received.length,
      (count) => count === 1,
      signal,
    )
    await writeFile(file, config(other.url))
    server.process.child.kill('SIGHUP')
    await server.process.printed(/The configuration was loaded/, 10_000)
    await post(server.url, 'B')
    await eventually(
      async () => other.received.length,
      (count) => count > 0,
      signal,
    )
    expect(told(hook).map(({ name }) => name)).toEqual(['A'])
    expect(told(other).map(({ name }) => name)).toContain('B')
  })

  it('counts by the names of an Alertmanager, and is told to reload without a flag', async ({ signal }) => {
    const hook = await listen()
    const folder = await folderWith({ 'alertmanager.yml': config(hook.url) })
    const { url } = await boxman(folder)
    const metrics = async (): Promise<readonly string[]> => (await (await fetch(`${url}/metrics`)).text()).split('\n')
    const zero = 'alertmanager_notifications_failed_total{integration="webhook"} 0'
    expect(await metrics()).toEqual(expect.arrayContaining([zero, 'alertmanager_alerts{state="active"} 0']))
    await post(url, 'A')
    const sent = 'alertmanager_notifications_total{integration="webhook"} 1'
    await eventually(metrics, (lines) => lines.includes(sent), signal)
    expect(await metrics()).toEqual(
      expect.arrayContaining([
        zero,
        'alertmanager_notification_requests_total{integration="webhook"} 1',
        'alertmanager_alerts_received_total{status="firing",version="v2"} 1',
        'alertmanager_alerts{state="active"} 1',
        'alertmanager_silences{state="active"} 0',
        'alertmanager_config_last_reload_successful 1',
      ]),
    )
    await writeFile(path.join(folder, 'alertmanager.yml'), 'route: {')
    const told = async (what: string): Promise<number> => (await fetch(`${url}/-/${what}`, { method: 'POST' })).status
    expect([await told('reload'), await told('quit')]).toEqual([500, 403])
    expect(await metrics()).toContain('alertmanager_config_last_reload_successful 0')
  })

  it('a folder that cannot be made is named, and ends it', async () => {
    const folder = await folderWith({ 'alertmanager.yml': 'route: {receiver: r}\nreceivers: [{name: r}]\n', file: '' })
    for (const data of ['file/data', ...(process.platform === 'linux' ? ['/proc/none/data'] : [])]) {
      const args = ['--listen', '127.0.0.1:0', '--data', data, '--alertmanager-config', 'alertmanager.yml']
      const ended = BoxmanServe.run(args, folder)
      expect(await ended.exited).toBe(1)
      expect(ended.output).toContain(`--data ${data}: `)
      expect(ended.output).toContain('Make it a folder that this user may read and write.')
    }
  })

  it('says what is wrong with the configuration, and ends', async () => {
    const folder = await folderWith({ 'alertmanager.yml': 'route: {receiver: nobody}\nreceivers: []\n' })
    const process = BoxmanServe.run(['--listen', '127.0.0.1:0', ...ARGS], folder)
    expect(await process.exited).toBe(1)
    expect(process.output).toMatch(/alertmanager\.yml:1:.*nobody/)
  })
})
