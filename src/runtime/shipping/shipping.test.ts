import { mkdtempSync, readFileSync, renameSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { type BulkServer, startBulkServer } from '../../../test/support/bulk-server.ts'
import { root } from '../../../test/support/peer.ts'
import { freePort, ServerProcess } from '../../../test/support/server-process.ts'
import { eventually } from '../../../test/support/sinks.ts'
import { type Boxman, type ConfigInput, createBoxman, resolveConfig } from '../index.ts'
import { shownConfig } from '../config/shown.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

const folderOf = (): string => mkdtempSync(path.join(tmpdir(), 'boxman-ship-'))

async function start(
  log: NonNullable<ConfigInput['log']>,
  cwd = folderOf(),
): Promise<{ boxman: Boxman; lines: string[] }> {
  const lines: string[] = []
  const thresholds = { memoryBytes: 1e12, cpuPercent: 1e6 }
  const boxman = await createBoxman(
    { service: 'wallet', admin: { port: 0 }, store: false, thresholds, log },
    { env: {}, cwd, logDestination: { write: (line) => void lines.push(line) } },
  )
  closing.push(() => boxman.stop())
  return { boxman, lines }
}

async function bulkServer(): Promise<BulkServer> {
  const server = await startBulkServer()
  closing.push(() => server.close())
  return server
}

const messages = (server: BulkServer): unknown[] => server.documents.map(({ source }) => source['msg'])

describe('log.ship (O7)', () => {
  it('sends each line to each sink, and what waits when it stops', async () => {
    const server = await bulkServer()
    const cwd = folderOf()
    const ship = [
      { kind: 'elasticsearch', url: server.url, delayMs: 60_000 },
      { kind: 'file', name: 'warnings', path: 'logs/app.log', level: 'warn' },
    ] as const
    const { boxman, lines } = await start({ ship }, cwd)
    boxman.log.info({ password: 'hush' }, 'one')
    boxman.log.warn('two')
    const page = await (await fetch(`${boxman.admin.url}/metrics`)).text()
    await boxman.stop()
    expect(messages(server)).toEqual(['Boxman observes', 'one', 'two', 'Boxman stopped'])
    expect(JSON.stringify(server.documents)).not.toContain('hush')
    expect(lines).toHaveLength(4)
    expect(readFileSync(path.join(cwd, 'logs/app.log'), 'utf8')).toMatch(/^\{.*"msg":"two"\}\n$/)
    for (const line of [
      'boxman_log_queued_total{sink="elasticsearch"} 3',
      'boxman_log_sent_total{sink="elasticsearch"} 0',
      'boxman_log_dropped_total{sink="elasticsearch",reason="full"} 0',
      'boxman_log_dropped_total{sink="warnings",reason="rejected"} 0',
      'boxman_log_retried_total{sink="elasticsearch",reason="throttled"} 0',
      'boxman_log_waiting{sink="elasticsearch"} 3',
      'boxman_log_queued_total{sink="warnings"} 1',
    ]) {
      expect(page).toContain(`\n${line}\n`)
    }
  })

  it('says that a sink is dead, and does not wait for it', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    const { boxman, lines } = await start({ ship: [{ kind: 'loki', url, delayMs: 0 }], shipDeadlineMs: 50 })
    const said = (): unknown[] =>
      lines.map((line) => JSON.parse(line) as { msg: string }).filter(({ msg }) => msg.includes('shipped'))
    await eventually(() => said().length > 0)
    boxman.log.info('one')
    const page = await (await fetch(`${boxman.admin.url}/metrics`)).text()
    await boxman.stop()
    expect(page).toMatch(/^boxman_log_retried_total\{sink="loki",reason="network"\} [1-9]/m)
    expect(said()).toMatchObject([
      { level: 'warn', sink: 'loki', detail: expect.stringContaining('ECONNREFUSED') as unknown },
    ])
  })

  it.each([
    [
      [
        { kind: 'loki', url: 'http://a' },
        { kind: 'loki', url: 'http://b' },
      ],
      'log.ship: two sinks are called loki; give one a name',
    ],
    [[{ kind: 'fluentd', url: 'tls://a', ca: 'none.pem' }], 'log.ship: fluentd: ENOENT'],
  ] as const)('of %j is refused', async (ship, message) => {
    await expect(start({ ship })).rejects.toThrow(message)
  })

  it.each([
    [[], 'a list of 1 to 10'],
    [[{ kind: 'kafka', url: 'x' }], 'elasticsearch, fluentd, loki, otlp, syslog and file'],
    [[{ kind: 'loki' }], 'loki has url, labels, tenant, headers, gzip'],
    [[{ kind: 'loki', url: 'loki:3100' }], 'http:// or https://'],
    [[{ kind: 'fluentd', url: 'udp://a:1' }], 'tcp://host:port or tls://host:port'],
    [[{ kind: 'syslog', url: 'tcp://a', facility: 24 }], 'facility from 0 to 23'],
    [[{ kind: 'file', path: 'a', maxLine: 5 }], 'file has path, rotateBytes, rotateAfterMs, keep, reopenOnHangup'],
    [[{ kind: 'file', path: 'a', level: 'loud' }], 'trace, debug, info, warn, error, fatal'],
    [[{ kind: 'elasticsearch', url: 'http://a', index: 'Logs' }], 'small letters'],
  ])('given as %j is told what was expected', async (ship, expected) => {
    const given = resolveConfig({ env: { BOXMAN_LOG_SHIP: JSON.stringify(ship) }, cwd: folderOf() })
    await expect(given).rejects.toThrow(expected)
    await expect(given).rejects.toThrow('given something else, which is not shown (environment BOXMAN_LOG_SHIP)')
  })

  it('is shown without its secrets', async () => {
    const ship = [
      { kind: 'elasticsearch', url: 'https://me:hush1@a/?k=hush2', headers: { authorization: 'hush3' } },
      { kind: 'loki', url: 'https://me:hush4@a/', headers: { authorization: 'hush5' } },
      { kind: 'otlp', url: 'https://me:hush6@a/', headers: { authorization: 'hush7' } },
      { kind: 'fluentd', url: 'tls://a:1', sharedKey: 'hush8', username: 'me', password: 'hush9' },
      { kind: 'syslog', url: 'tls://a:1', key: 'key.pem' },
      { kind: 'file', path: 'a' },
    ] as const
    const shown = shownConfig(await resolveConfig({ code: { log: { ship } }, env: {}, cwd: folderOf() }))
    expect(JSON.stringify(shown)).not.toContain('hush')
    expect(shown.log.ship?.map(({ kind }) => kind)).toEqual(ship.map(({ kind }) => kind))
  })
})

describe('a process that ends ships what waits', () => {
  const door = pathToFileURL(path.join(root, 'dist/runtime/index.js')).href
  const run = (server: BulkServer, rest: string, more: object = {}): ServerProcess => {
    const ship = [{ kind: 'elasticsearch', url: server.url, delayMs: 60_000 }]
    const config = { service: 'wallet', admin: false, store: false, log: { ship, ...more } }
    const script = `
      const { createBoxman } = await import(${JSON.stringify(door)})
      const boxman = await createBoxman(${JSON.stringify(config)})
      boxman.log.info('last words')
      ${rest}`
    const child = new ServerProcess(process.execPath, ['--input-type=module', '-e', script], { cwd: folderOf() })
    closing.push(() => child.stop('SIGKILL'))
    return child
  }
  const STAY = 'setInterval(() => undefined, 1000); console.log("ready")'

  it('when it has nothing left to do', async () => {
    const server = await bulkServer()
    expect(await run(server, '').exited).toBe(0)
    expect(messages(server)).toEqual(['Boxman observes', 'last words'])
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('when %s ends it, and ends by that', async (signal) => {
    const server = await bulkServer()
    const child = run(server, STAY)
    await child.printed(/ready/, 20_000)
    child.child.kill(signal)
    await child.exited
    expect(child.child.signalCode).toBe(signal)
    expect(messages(server)).toContain('last words')
  })

  it('when a signal comes that the application handles, whose say it is', async () => {
    const server = await bulkServer()
    const child = run(server, `process.on('SIGTERM', () => { console.log('going on') }); ${STAY}`)
    await child.printed(/ready/, 20_000)
    child.child.kill('SIGTERM')
    await child.printed(/going on/, 20_000)
    await eventually(() => messages(server).includes('last words'))
    expect(child.child.exitCode).toBeNull()
  })

  it('and by the second signal at once', async () => {
    const server = await bulkServer()
    const child = run(server, STAY, { shipDeadlineMs: 600_000, ship: [{ kind: 'loki', url: 'http://127.0.0.1:1' }] })
    await child.printed(/ready/, 20_000)
    child.child.kill('SIGTERM')
    await child.printed(/cannot be shipped/, 20_000)
    child.child.kill('SIGTERM')
    await child.exited
    expect(child.child.signalCode).toBe('SIGTERM')
  })

  it('and opens its file anew at SIGHUP, where that is wanted', async () => {
    const server = await bulkServer()
    const folder = folderOf()
    const file = path.join(folder, 'app.log')
    const ship = [{ kind: 'file', path: file, reopenOnHangup: true, delayMs: 0 }]
    const child = run(server, `process.on('SIGUSR2', () => boxman.log.info('after')); ${STAY}`, { ship })
    await child.printed(/ready/, 20_000)
    const text = (): string => readFileSync(file, { encoding: 'utf8', flag: 'a+' })
    await eventually(() => text().includes('last words'))
    renameSync(file, `${file}.1`)
    child.child.kill('SIGHUP')
    child.child.kill('SIGUSR2')
    await eventually(() => text().includes('after'))
    expect(child.child.exitCode).toBeNull()
  })
})
