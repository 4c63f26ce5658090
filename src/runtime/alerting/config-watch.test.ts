import { mkdir, mkdtemp, rename, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { listen } from '../../../test/support/receiver.ts'
import { LabelSet } from '../../series/index.ts'
import { type Boxman, createBoxman } from '../boxman.ts'

const config = (url: string, more = ''): string => `
route: {receiver: hook, group_by: [alertname], group_wait: 10ms, group_interval: 200ms, repeat_interval: 1h}
receivers:
- name: hook
  webhook_configs: [{url: '${url}/hook'}]
${more}`

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) {
    await new Promise((resolve) => {
      setTimeout(resolve, 20)
    })
  }
}

async function opened(
  cwd: string,
  file: string,
  own: object = {},
): Promise<{ boxman: Boxman; page: (at: string) => Promise<string> }> {
  const boxman = await createBoxman(
    { service: 'wallet', admin: { port: 0 }, store: false, log: false, alerting: { config: file }, ...own },
    { cwd, env: {} },
  )
  onTestFinished(() => boxman.stop())
  return { boxman, page: async (at) => (await fetch(`${boxman.admin.url}${at}`)).text() }
}

const isGood = (page: string): boolean => /^boxman_alerting_config_last_reload_successful 1$/m.test(page)
const waitOf = ({ alerting }: Boxman): number | undefined => alerting?.config.route.repeatIntervalMs

describe('the alertmanager.yml of a service', () => {
  it('is read again when it changes; a bad one changes nothing, and is told of', async () => {
    const hook = await listen()
    const cwd = await mkdtemp(path.join(tmpdir(), 'boxman-watch-'))
    const file = path.join(cwd, 'alertmanager.yml')
    await writeFile(file, config(hook.url))
    const { boxman, page } = await opened(cwd, 'alertmanager.yml')
    expect(isGood(await page('/metrics'))).toBe(true)
    await writeFile(file, 'route: {receiver: nobody}\nreceivers: []\n')
    await until(async () => !isGood(await page('/metrics')))
    expect(waitOf(boxman)).toBe(3_600_000)
    await until(async () => (await page('/ready')).includes('the alertmanager.yml was refused'))
    expect(boxman.health.readiness().status).not.toBe('fail')
    await writeFile(file, config(hook.url).replace('1h', '2h'))
    await until(() => waitOf(boxman) === 7_200_000)
    expect(isGood(await page('/metrics'))).toBe(true)
  })

  it('in a ConfigMap, whose link is turned elsewhere, with its templates', async () => {
    const hook = await listen()
    const cwd = await mkdtemp(path.join(tmpdir(), 'boxman-watch-'))
    const put = async (name: string, title: string, wait: string): Promise<void> => {
      await mkdir(path.join(cwd, name))
      const text = config(hook.url, 'templates: [own-*.tmpl]\n').replace('1h', wait)
      await writeFile(path.join(cwd, name, 'alertmanager.yml'), text)
      await writeFile(path.join(cwd, name, 'own-a.tmpl'), `{{ define "own" }}${title}{{ end }}`)
      await symlink(name, path.join(cwd, '..data.next'))
      await rename(path.join(cwd, '..data.next'), path.join(cwd, '..data'))
    }
    await put('..one', 'a', '1h')
    for (const name of ['alertmanager.yml', 'own-a.tmpl']) await symlink(`..data/${name}`, path.join(cwd, name))
    const { boxman, page } = await opened(cwd, 'alertmanager.yml')
    await put('..two', 'b', '3h')
    await until(() => waitOf(boxman) === 10_800_000)
    const loadedAt = async (): Promise<number> =>
      Number(/^boxman_alerting_config_last_reload_success_timestamp_seconds (\S+)$/m.exec(await page('/metrics'))?.[1])
    const before = await loadedAt()
    await writeFile(path.join(cwd, 'own-b.tmpl'), '{{ define "other" }}c{{ end }}')
    await until(async () => (await loadedAt()) > before)
    await writeFile(path.join(cwd, 'own-b.tmpl'), '{{ define "other" }}{{ nonsense')
    await until(async () => !isGood(await page('/metrics')))
    expect(await loadedAt()).toBeGreaterThan(before)
  })
})

it('allow_addresses of a file lets messages to what is refused otherwise, e-mail too', async () => {
  const cwd = await mkdtemp(path.join(tmpdir(), 'boxman-watch-'))
  const text = (block: string): string => `
route: {receiver: r, group_wait: 10ms, group_interval: 1h, repeat_interval: 1h}
receivers:
- name: r
  webhook_configs: [{url: 'http://0.0.0.0:1/hook'${block}}]
  email_configs: [{smarthost: '0.0.0.0:1', from: a@example.org, to: b@example.org, require_tls: false${block}}]
`
  for (const [block, reason] of [
    ['', 'unspecified address; allowAddresses may name it'],
    [', boxman: {allow_addresses: [0.0.0.0/32]}', 'ECONNREFUSED'],
  ] as const) {
    const name = `${reason.length}.yml`
    await writeFile(path.join(cwd, name), text(block))
    const { boxman } = await opened(cwd, name)
    const { alerting } = boxman
    alerting?.post([{ labels: LabelSet.of({ alertname: 'A' }), annotations: LabelSet.EMPTY }])
    const said = (kind: string): boolean =>
      alerting
        ?.decisions({})
        .some(({ integration, reason: why }) => integration === `r/${kind}[0]` && why.includes(reason)) === true
    await until(() => said('webhook') && said('email'))
    expect(alerting?.decisions({ verdict: 'sent' })).toEqual([])
    await boxman.stop()
  }
})

describe('links in messages', () => {
  it.each([
    ['https://ops.example/boxman/', 'https://ops.example/boxman'],
    ['http://ops.example:8080', 'http://ops.example:8080'],
  ])('begin with alerting.externalUrl: %s', async (externalUrl, base) => {
    const hook = await listen()
    const cwd = await mkdtemp(path.join(tmpdir(), 'boxman-watch-'))
    await writeFile(path.join(cwd, 'alertmanager.yml'), config(hook.url))
    const { boxman } = await opened(cwd, 'alertmanager.yml', {
      store: true,
      alerting: { config: 'alertmanager.yml', externalUrl },
    })
    await boxman.rules?.define('own', [
      {
        name: 'g',
        interval: '1s',
        rules: [{ alert: 'A', expr: 'vector(1)', annotations: { at: '{{ $externalURL }}/x' } }],
      },
    ])
    await until(() => hook.received.length > 0)
    const {
      externalURL,
      alerts,
      boxman: own,
    } = JSON.parse(hook.received[0]?.body ?? '') as {
      externalURL: string
      alerts: { annotations: { at: string } }[]
      boxman: { links: Record<string, string> }
    }
    expect([externalURL, alerts[0]?.annotations.at]).toEqual([base, `${base}/x`])
    const links = Object.values(own.links)
    expect(links.length).toBeGreaterThan(2)
    for (const link of links) expect(link.startsWith(`${base}/`)).toBe(true)
  })

  it.each(['ops.example', 'ftp://ops.example', 'https://ann:pw@ops.example', 'https://ops.example/?a=b'])(
    'an address that is none is named: %s',
    async (externalUrl) => {
      await expect(createBoxman({ alerting: { externalUrl } }, { env: {} })).rejects.toThrow(
        /alerting\.externalUrl: expected an address that people can open/,
      )
    },
  )
})
