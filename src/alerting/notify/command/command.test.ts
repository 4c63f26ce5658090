import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { hostOf, notificationOf } from '../../../../test/support/notifications.ts'
import type { Outcome } from '../../dispatch-types.ts'
import { createChannel } from '../../index.ts'

function send(options: Readonly<Record<string, unknown>>, signal = new AbortController().signal): Promise<Outcome> {
  const channel = createChannel({ kind: 'command', key: 'r/command[0]', sendResolved: true, options }, hostOf())
  return channel.send(notificationOf(), signal)
}

const node = (script: string): readonly string[] => [process.execPath, '-e', script]

describe('command', () => {
  it('has the message on its standard input, and no shell', async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'boxman-command-')), 'out')
    const script =
      "require('fs').writeFileSync(process.argv[1], require('fs').readFileSync(0, 'utf8') + process.argv[2])"
    expect(await send({ command: [...node(script), file, '$(id); `id`'] })).toEqual({ kind: 'delivered' })
    const [body = '', argument] = readFileSync(file, 'utf8').split('\n')
    expect(argument).toBe('$(id); `id`')
    expect(JSON.parse(body)).toMatchObject({
      version: '4',
      subject: '[FIRING:1] HighLatency (critical)',
      text: expect.stringMatching(/Latency of a:9090/),
      boxman: { id: 'n-0001', severity: 'critical' },
    })
  })

  it.each([
    ["console.error('busy'); process.exitCode = 75", 'temporary', /ended with 75: busy/],
    ['process.exitCode = 1', 'temporary', /ended with 1/],
    ['process.exitCode = 78', 'permanent', /ended with 78/],
    ["process.kill(process.pid, 'SIGKILL')", 'temporary', /was ended by SIGKILL/],
    ["process.stdin.destroy(); console.log('x'.repeat(1e6)); process.exitCode = 3", 'temporary', /ended with 3: x+…$/],
  ])('%s', async (script, kind, reason) => {
    expect(await send({ command: node(script) })).toMatchObject({ kind, reason: expect.stringMatching(reason) })
  })

  it('one that is not there is permanent', async () => {
    expect(await send({ command: ['/no/such/program'] })).toMatchObject({
      kind: 'permanent',
      reason: expect.stringMatching(/ENOENT/),
    })
  })

  it('ends with its time, even if it does not want to', async () => {
    const script = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"
    const outcome = await send({ command: node(script), timeout: 300 })
    expect(outcome).toMatchObject({ kind: 'temporary', reason: expect.stringMatching(/did not end within 300 ms/) })
  })

  it('is not waited for what it leaves behind', async () => {
    const script =
      "require('child_process').spawn('sleep', ['20'], { stdio: 'inherit', detached: true }).unref(); process.exit(0)"
    expect(await send({ command: node(script), timeout: 10_000 })).toEqual({ kind: 'delivered' })
  })

  it('stops when it is to, and tells no secret of its environment', async () => {
    const stop = AbortSignal.timeout(200)
    const script = 'console.log(process.env.TOKEN); setInterval(() => {}, 1000)'
    const outcome = await send({ command: node(script), env: { TOKEN: 'hunter2hunter2' } }, stop)
    expect(outcome).toMatchObject({ kind: 'temporary', reason: expect.stringMatching(/^the command stopped/) })
    expect(JSON.stringify(outcome)).not.toContain('hunter2')
  })

  it.each([{}, { command: [] }, { command: [''] }, { command: [5] }])('%j is none', (options) => {
    expect(() => send(options)).toThrow(/command must be/)
  })
})
