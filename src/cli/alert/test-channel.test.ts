import { execFile } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { listen, type Received } from '../../../test/support/receiver.ts'

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))

interface Run {
  readonly code: number
  readonly out: string
  readonly err: string
}

function testChannel(receivers: unknown, ...args: string[]): Promise<Run> {
  const cwd = mkdtempSync(path.join(tmpdir(), 'boxman-cli-test-channel-'))
  writeFileSync(path.join(cwd, 'a.yml'), JSON.stringify({ route: { receiver: 'ops' }, receivers }))
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], NO_COLOR: '1' }
    const all = [MAIN, 'alert', 'test-channel', 'a.yml', '--receiver', 'ops', ...args]
    execFile(process.execPath, all, { env, cwd }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err })
    })
  })
}

function bodyOf(received: Received | undefined): unknown {
  return JSON.parse(received?.body ?? 'null')
}

describe('boxman alert test-channel', () => {
  it('sends a message that says it is a test, and its end', async () => {
    const { url, received } = await listen()
    const pagerduty = { routing_key: 'a'.repeat(32), url: `${url}/v2/enqueue` }
    const receivers = [{ name: 'ops', webhook_configs: [{ url: `${url}/hook` }], pagerduty_configs: [pagerduty] }]
    const { code, out, err } = await testChannel(receivers, '--resolve', 'team=db')
    expect([code, err]).toEqual([0, ''])
    expect(out.trimEnd().split('\n').toSorted()).toEqual([
      'ops/pagerduty[0]: the beginning was delivered',
      'ops/pagerduty[0]: the end was delivered',
      'ops/webhook[0]: the beginning was delivered',
      'ops/webhook[0]: the end was delivered',
    ])
    const hooks = received.filter((each) => each.path === '/hook')
    const labels = { alertname: 'BoxmanTest', severity: 'info', team: 'db' }
    expect(hooks.map(bodyOf)).toMatchObject([
      { status: 'firing', groupKey: 'test/{}:{}', boxman: { reason: 'test' }, alerts: [{ labels }] },
      {
        status: 'resolved',
        groupKey: 'test/{}:{}',
        boxman: { reason: 'test' },
        alerts: [{ labels, status: 'resolved' }],
      },
    ])
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(3)
    const events = received.filter((each) => each.path !== '/hook').map(bodyOf)
    expect(events).toMatchObject([{ event_action: 'trigger' }, { event_action: 'resolve' }])
    expect(JSON.stringify(events[0])).toContain('[TEST]')
    const keys = events.map((event) => (event as { readonly dedup_key: string }).dedup_key)
    expect(keys[0]).toBe(keys[1])
  })

  it('says of each channel what became of it', async () => {
    const [good, busy, bad, gone] = await Promise.all([
      listen(),
      listen([{ status: 429, headers: { 'retry-after': '7' }, body: 'slowly' }]),
      listen([{ status: 400, body: 'no such thing' }]),
      listen([{ status: 410 }]),
    ])
    const hooks = [good, busy, bad, gone].map(({ url }) => ({ url: `${url}/hook-with-a-long-secret` }))
    const quiet = { ...hooks[0], send_resolved: false }
    const { code, out, err } = await testChannel([{ name: 'ops', webhook_configs: [...hooks, quiet] }], '--resolve')
    expect([code, err]).toEqual([1, ''])
    expect(out.trimEnd().split('\n')).toEqual([
      'ops/webhook[0]: the beginning was delivered',
      'ops/webhook[0]: the end was delivered',
      'ops/webhook[1]: the beginning was not delivered, and may be later, not before 7 s: HTTP 429: slowly',
      'ops/webhook[2]: the beginning was refused: HTTP 400: no such thing',
      'ops/webhook[3]: the beginning was refused, for the receiver is gone: HTTP 410',
      'ops/webhook[4]: the beginning was delivered',
      'ops/webhook[4]: the end is not sent, as send_resolved is false',
    ])
  })

  it('without --resolve sends the beginning alone', async () => {
    const { url, received } = await listen()
    const { code, out } = await testChannel([{ name: 'ops', webhook_configs: [{ url }] }])
    expect([code, out, received.length]).toEqual([0, 'ops/webhook[0]: the beginning was delivered\n', 1])
  })

  it.each([
    [[{ name: 'ops' }], [], /^receiver "ops" has no channels: nobody would be told\n$/],
    [
      [{ name: 'ops', webhook_configs: [{ url: 'http://127.0.0.1:1', boxman: { secret: 'short' } }] }],
      [],
      /^ops\/webhook\[0\]: secret must be whsec_/,
    ],
    [[{ name: 'ops' }], ['team'], /^"team": expected a label, such as severity=page\n$/],
  ])('%j with %j is refused', async (receivers, args, fault) => {
    const { code, out, err } = await testChannel(receivers, ...args)
    expect([code, out, err]).toEqual([1, '', expect.stringMatching(fault)])
  })
})
