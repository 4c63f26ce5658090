import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { listen } from '../../../test/support/receiver.ts'
import { type AlertingConfig, defineAlerting } from '../../alerting/index.ts'
import { type Boxman, type BoxmanInput, createBoxman, type Environment } from '../index.ts'

const to = (url: string, secret?: string): AlertingConfig =>
  defineAlerting({
    route: { receiver: 'hook', groupWait: '10ms', groupInterval: '200ms' },
    receivers: [{ name: 'hook', webhookConfigs: [{ url, boxman: { secret } }] }, { name: 'nobody' }],
  })

async function service(input: BoxmanInput, env: Environment = {}): Promise<Boxman> {
  const cwd = await mkdtemp(path.join(tmpdir(), 'boxman-given-'))
  await writeFile(path.join(cwd, 'file.yml'), 'route: {receiver: file}\nreceivers: [{name: file}]\n')
  const host = { env, cwd, logDestination: { write: () => true } }
  const boxman = await createBoxman({ service: 's', admin: { port: 0 }, ...input }, host)
  onTestFinished(() => boxman.stop())
  return boxman
}

describe('who is told, from code', () => {
  it('works as a file does', async () => {
    const hook = await listen()
    const config = to(`${hook.url}/a-secret`)
    const boxman = await service({ alerting: { config } })
    expect(boxman.config.alerting).toEqual({ config: 'defineAlerting(...)' })
    expect(boxman.config.provenance['alerting.config']).toBe('code')
    const body = JSON.stringify([{ labels: { alertname: 'A' } }])
    const headers = { 'content-type': 'application/json' }
    await fetch(`${boxman.admin.url}/api/v2/alerts`, { method: 'POST', headers, body })
    await expect.poll(() => hook.received.map((each) => each.path)).toEqual(['/a-secret'])
    const status = await (await fetch(`${boxman.admin.url}/api/v2/status`)).json()
    expect(status).toMatchObject({ config: { original: expect.stringContaining('group_wait: 10ms') } })
    expect(JSON.stringify(status)).not.toContain('a-secret')
    await boxman.alerting?.reload()
    expect(boxman.alerting?.config.receivers.map(({ name }) => name)).toEqual(['hook', 'nobody'])
  })

  it('stands behind a variable', async () => {
    const boxman = await service(
      { alerting: { config: to('http://127.0.0.1:1/') } },
      { BOXMAN_ALERTING_CONFIG: 'file.yml' },
    )
    expect(boxman.alerting?.config.route.receiver).toBe('file')
  })

  it.each<[string, unknown, string]>([
    [
      'no result of defineAlerting',
      { config: { route: { receiver: 'a' }, receivers: [{ name: 'a' }] } },
      'alerting.config: expected the path of an alertmanager.yml, or what defineAlerting of boxman/alerting returned, itself; given another object: wrap it',
    ],
    [
      'a copy',
      { config: { ...to('http://127.0.0.1:1/') } },
      'alerting.config: expected the path of an alertmanager.yml, or what defineAlerting of boxman/alerting returned, itself',
    ],
    [
      'a number',
      { config: 5 },
      'alerting.config: expected the path of an alertmanager.yml, or from code what defineAlerting returned, given 5 (code)',
    ],
    ['no group', true, 'alerting: expected an object of config, folder, externalUrl, forward, heartbeat, given true'],
    ['null', null, 'alerting: expected an object of config, folder, externalUrl, forward, heartbeat, given null'],
    [
      'a channel that cannot be',
      { config: to('http://127.0.0.1:1/', 'no secret') },
      'alerting.config: receiver "hook": hook/webhook[0]: secret must be whsec_',
    ],
  ])('refuses %s', async (_, alerting, problem) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a caller without types may pass
    await expect(service({ alerting } as BoxmanInput)).rejects.toThrow(problem)
  })
})
