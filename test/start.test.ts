import { once } from 'node:events'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { isAlive } from './support/alive.ts'
import { Craps } from './support/craps.ts'
import { root } from './support/peer.ts'
import { ServerProcess } from './support/server-process.ts'

const START = path.join(root, 'apps/craps-gateway/start.js')
const FEW = ['--players', '10', '--duration', '60s']

describe('the main job', () => {
  const undo: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const step of undo.splice(0)) await step()
  })

  const start = async (args: readonly string[]): Promise<Craps> => {
    const craps = await Craps.start(args)
    undo.push(() => craps.stop())
    return craps
  }
  const left = (craps: Craps): number[] => Object.values(craps.addresses.pids).filter(isAlive)
  const SOON = { timeout: 15_000 }

  it('runs for its time, tells addresses and summaries, and leaves nothing behind', async () => {
    const craps = await start(['--players', '10', '--duration', '5s'])
    expect(Object.keys(craps.addresses.pids).toSorted()).toEqual([
      'gateway',
      'players-1',
      'players-2',
      'v1',
      'v2',
      'v3',
      'v4',
    ])
    expect(await craps.launcher.exited).toBe(0)
    expect(craps.launcher.output).toMatch(
      /requests\/s .* p95 .* ingress to proof p95 .* subscribers .* rolls .* house edge .* errors/,
    )
    expect(craps.launcher.output).toContain(
      `${craps.addresses.admin}/api/v2/alerts, told to nobody: GATEWAY_ALERT_WEBHOOK=URL names a webhook`,
    )
    await expect.poll(() => left(craps), SOON).toEqual([])
  })

  it('ends drained at Ctrl-C, with code 0', async () => {
    const craps = await start(FEW)
    expect(await craps.stop()).toBe(0)
    expect(craps.launcher.output).toMatch(/bets accepted/)
    await expect.poll(() => left(craps), SOON).toEqual([])
  })

  it('takes its children with it when it is killed', async () => {
    const craps = await start(FEW)
    await craps.launcher.stop('SIGKILL')
    await expect.poll(() => left(craps), SOON).toEqual([])
  })

  it('a gateway that dies: says which child, how, and what to do, stops the rest, and ends with 1', async () => {
    const craps = await start(FEW)
    process.kill(craps.addresses.pids['gateway'] ?? 0, 'SIGKILL')
    expect(await craps.launcher.exited).toBe(1)
    expect(craps.launcher.output).toMatch(/gateway .*SIGKILL/)
    await expect.poll(() => left(craps), SOON).toEqual([])
  })

  it.each([
    ['--port', (port: number) => ['--port', String(port), '--admin-port', '0']],
    ['--admin-port', (port: number) => ['--port', '0', '--admin-port', String(port)]],
  ])('a taken %s is named with the option that moves it, and ends with 1', async (option, args) => {
    const squatter = createServer().listen(0, '127.0.0.1')
    await once(squatter, 'listening')
    undo.push(async () => squatter.close())
    const address = squatter.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    const launcher = new ServerProcess(process.execPath, [START, ...args(port), ...FEW])
    expect(await launcher.exited).toBe(1)
    expect(launcher.output).toContain(String(port))
    expect(launcher.output).toMatch(/in use/)
    expect(launcher.output).toContain(option)
  })

  it('an unknown option is named, and ends with 2', async () => {
    const launcher = new ServerProcess(process.execPath, [START, '--prot', '0'])
    expect(await launcher.exited).toBe(2)
    expect(launcher.output).toContain('--prot')
  })

  it('without a build it says how to make one', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'boxman no build '))
    undo.push(() => rm(folder, { recursive: true }))
    await symlink(START, path.join(folder, 'start.js'))
    const launcher = new ServerProcess(process.execPath, ['--preserve-symlinks-main', path.join(folder, 'start.js')])
    expect(await launcher.exited).toBe(1)
    expect(launcher.output).toContain('npm run build')
  })
})
