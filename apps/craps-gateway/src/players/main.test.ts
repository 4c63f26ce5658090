import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { serve } from '../../../../test/support/serve.ts'

const MAIN = fileURLToPath(new URL('../../dist/players/main.js', import.meta.url))

const closings: (() => unknown)[] = []

afterEach(() => {
  for (const close of closings.splice(0)) close()
})

interface Players {
  readonly child: ChildProcess
  readonly told: readonly Record<string, unknown>[]
  /** [exit code, signal] */
  readonly exited: Promise<unknown[]>
}

function start(env: Readonly<Record<string, string>>): Players {
  const child = fork(MAIN, { env: { ...process.env, ...env }, silent: true })
  const told: Record<string, unknown>[] = []
  child.on('message', (message) => {
    if (typeof message === 'object') told.push({ ...message })
  })
  closings.push(() => child.kill('SIGKILL'))
  return { child, told, exited: once(child, 'exit') }
}

/** Takes every bet, whatever it is. */
const generous: RequestListener = (req, res) => {
  const answers: Readonly<Record<string, readonly [number, object]>> = {
    'GET /tables': [200, { tables: ['T1'] }],
    'GET /tables/T1': [200, { phase: 'come-out' }],
    'GET /validators': [200, { quorum: 3, keys: {} }],
    'POST /players': [201, { playerId: 'p1', token: 'secret', balance: 100 }],
    'POST /tables/T1/bets': [202, { betId: 'b1' }],
  }
  const [status, body] = answers[`${req.method} ${req.url}`] ?? [404, { error: 'proof-pending' }]
  req.on('error', () => {}).resume()
  res.writeHead(status).end(JSON.stringify(body))
}

async function startPlaying(env: Readonly<Record<string, string>> = {}): Promise<Players & { gateway: string }> {
  const { url, close } = await serve(generous)
  closings.push(close)
  const gateway = url.href
  return { gateway, ...start({ PLAYERS_GATEWAY: gateway, PLAYERS_COUNT: '4', PLAYERS_RATE: '20', ...env }) }
}

const ready = expect.objectContaining({ type: 'ready' })
const betting = expect.objectContaining({ stats: expect.objectContaining({ players: 4, registered: 4, failed: 0 }) })

describe('a process of players', () => {
  it('refuses a gateway elsewhere, and says so', async () => {
    const { told, exited } = start({ PLAYERS_GATEWAY: 'http://192.0.2.1:8080' })
    expect(await exited).toEqual([1, null])
    expect(told).toEqual([{ type: 'failed', reason: expect.stringContaining('192.0.2.1 is not this machine') }])
  })

  it('plays, minds no SIGINT, and leaves on SIGTERM with its last figures', async () => {
    const { child, told, exited } = await startPlaying()
    await vi.waitFor(() => expect(told).toContainEqual(ready), { timeout: 15_000 })
    child.kill('SIGINT')
    await vi.waitFor(() => expect(told).toContainEqual(betting), { timeout: 15_000 })
    child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
    expect(told.at(-1)).toMatchObject({ type: 'stats', stats: { players: 4, registered: 4 } })
    expect(Object(told.at(-1)?.['stats']).accepted).toBeGreaterThan(0)
  })

  it('leaves by itself when its parent lets go of it, who told it of the gateway', async () => {
    const { child, told, exited, gateway } = await startPlaying({ PLAYERS_GATEWAY: 'parent' })
    child.send({ gateway })
    await vi.waitFor(() => expect(told).toContainEqual(ready), { timeout: 15_000 })
    child.disconnect()
    expect(await exited).toEqual([0, null])
  })

  it('leaves too when its parent goes without having told', async () => {
    const { child, exited } = await startPlaying({ PLAYERS_GATEWAY: 'parent' })
    child.disconnect()
    // It may be too early for it to know that there was a parent.
    expect([0, 1]).toContain((await exited)[0])
  })

  it('leaves by itself when its time is up', async () => {
    const { exited } = await startPlaying({ PLAYERS_MAX_DURATION: '300ms' })
    expect(await exited).toEqual([0, null])
  })
})
