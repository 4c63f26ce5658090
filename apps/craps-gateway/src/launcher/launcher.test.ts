import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { isAlive } from '../../../../test/support/alive.ts'

/** Processes of a few lines stand in for the house's own: what counts here is who is started, stopped and mourned. */
const directory = mkdtempSync(path.join(tmpdir(), 'launcher-'))
const dist = new URL('../../dist/launcher/index.js', import.meta.url).href
const start = fileURLToPath(new URL('../../start.js', import.meta.url))

afterAll(() => rmSync(directory, { recursive: true }))

/** On its way out each signs a book, so that the order can be told. */
const leaves = (who: string, last: string = ''): string => `import { appendFileSync } from 'node:fs'
  process.on('SIGTERM', () => { ${last} appendFileSync(process.env.BOOK, '${who}\\n'); process.exit(0) })
  process.on('disconnect', () => process.exit(0));`
const READY = `process.send({ type: 'ready', url: 'http://127.0.0.1:1', adminUrl: 'http://127.0.0.1:2' });`
const STATS = `process.send({ type: 'stats', stats: { players: 1, registered: 1, accepted: 21, refused: {}, aborted: 0,
  failed: 0, proofsVerified: 3, proofsFailed: 0, proofsLate: 0, events: 0, disconnects: 0, unexpected: 0, complaints: [] } });`

const FAKES = {
  validator: `${leaves('validator')}
    console.log(JSON.stringify({ ready: true, name: process.env.VALIDATOR_NAME, url: 'http://127.0.0.1:3' }));`,
  gateway: `${leaves('gateway')}
    process.on('SIGUSR2', () => { console.error('out of chips'); process.exit(3) });
    ${READY} console.log('it takes bets');
    process.send({ type: 'summary', summary: { rolls: 7, houseEdge: 0.5 } });`,
  players: `${leaves('players', STATS)} ${READY}`,
}

const STAYS = `process.on('disconnect', () => process.exit(0));`
const STUBBORN = `${STAYS} process.on('SIGTERM', () => {}); ${READY}`
const TAKEN = `process.send({ type: 'failed', reason: 'port 18080 is taken' }, () => process.exit(1));`
const TAKEN_ADMIN = `process.send({ type: 'failed', reason: 'admin: 127.0.0.1:19090 is in use' }, () => process.exit(1));`

let runs = 0
const launched: ChildProcess[] = []

afterEach(() => {
  // The children see that their parent is gone.
  for (const child of launched.splice(0)) child.kill('SIGKILL')
})

interface Launch {
  readonly child: ChildProcess
  readonly exited: Promise<readonly [number | null, NodeJS.Signals | null]>
  readonly output: () => string
  /** Who has left when asked to, in order. */
  readonly book: () => string
  /** From the line of JSON, once it is there. */
  readonly pids: () => Promise<Readonly<Record<string, number>>>
}

function launch(args: readonly string[], fakes: Partial<typeof FAKES> = {}): Launch {
  const run = runs++
  const modules = Object.entries({ ...FAKES, ...fakes }).map(([name, code]) => {
    const file = path.join(directory, `${run}-${name}.mjs`)
    writeFileSync(file, code)
    return `${name}: new URL(${JSON.stringify(pathToFileURL(file).href)})`
  })
  const main = path.join(directory, `${run}-main.mjs`)
  writeFileSync(
    main,
    `import { runLauncher } from ${JSON.stringify(dist)}
    process.exit(await runLauncher(process.argv.slice(2), { ${modules.join(', ')} }))`,
  )
  const book = path.join(directory, `${run}-book`)
  const env = { ...process.env, BOOK: book }
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env })
  launched.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
  const exited: Launch['exited'] = new Promise((resolve) => {
    child.on('close', (code, signal) => resolve([code, signal]))
  })
  const pids: Launch['pids'] = async () => {
    const line = await vi.waitFor(() => {
      const found = /^\{"gateway".*\}$/m.exec(output)
      if (found === null) throw new Error(`no addresses in: ${output}`)
      return found[0]
    }, WAIT)
    return JSON.parse(line).pids
  }
  return { child, exited, output: () => output, book: () => readFileSync(book, 'utf8'), pids }
}

const WAIT = { timeout: 20_000, interval: 20 }

/** Who is left of a whole house, after a while. */
async function left(pids: Readonly<Record<string, number>>): Promise<readonly string[]> {
  if (Object.keys(pids).join(' ') !== 'v1 v2 v3 v4 gateway players-1 players-2') return ['the house was not full']
  const alive = (): readonly string[] => Object.keys(pids).filter((name) => isAlive(pids[name] ?? 0))
  for (let i = 0; i < 200 && alive().length > 0; i++) await new Promise((resolve) => setTimeout(resolve, 20))
  return alive()
}

describe('the launcher', () => {
  it('plays for as long as asked, sums up, and leaves nobody behind', async () => {
    const { exited, output, pids } = launch(['--duration', '1s'])
    const running = await pids()
    expect(await exited).toEqual([0, null])
    expect(output()).toMatch(/^Gateway +http:\/\/127.0.0.1:1 /m)
    expect(output()).toMatch(/^Console +http:\/\/127.0.0.1:2 /m)
    expect(output()).toMatch(/^ +bets accepted +42$/m)
    expect(output()).toMatch(/^ +rolls +7$/m)
    expect(await left(running)).toEqual([])
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('stops in order on %s', async (signal) => {
    const { child, exited, book, pids } = launch(['--port', '0'])
    const running = await pids()
    child.kill(signal)
    expect(await exited).toEqual([0, null])
    const order = ['players', 'players', 'gateway', 'validator', 'validator', 'validator', 'validator']
    expect(book().trim().split('\n')).toEqual(order)
    expect(await left(running)).toEqual([])
  })

  it('ends everyone at once on a second Ctrl-C', async () => {
    const { child, exited, output, pids } = launch(['--port', '0'], { players: STUBBORN, gateway: STUBBORN })
    const running = await pids()
    child.kill('SIGINT')
    await vi.waitFor(() => expect(output()).toContain('Stopping'), WAIT)
    // The echo of a first press is over by then.
    await new Promise((resolve) => setTimeout(resolve, 600))
    child.kill('SIGINT')
    expect(await exited).toEqual([130, null])
    expect(await left(running)).toEqual([])
  })

  it('kills who does not leave, and says so', async () => {
    const { child, exited, output, pids } = launch(['--port', '0'], { gateway: STUBBORN })
    const running = await pids()
    child.kill('SIGINT')
    expect(await exited).toEqual([0, null])
    expect(output()).toContain('gateway did not leave in time and was killed.')
    expect(await left(running)).toEqual([])
  })

  it('does not hide that someone fails on the way out', async () => {
    const failing = `${STAYS} process.on('SIGTERM', () => { console.error('cannot drain'); process.exit(7) }); ${READY}`
    const { exited, output } = launch(['--duration', '1s'], { gateway: failing })
    expect(await exited).toEqual([1, null])
    expect(output()).toContain('gateway left with exit code 7.\n  | cannot drain\n')
  })

  it('leaves nobody behind even when it is killed itself', async () => {
    const { child, pids } = launch(['--port', '0'])
    const running = await pids()
    child.kill('SIGKILL')
    expect(await left(running)).toEqual([])
  })

  it('goes on without a validator, and says when they are too few', async () => {
    const { child, exited, output, pids } = launch(['--port', '0'])
    const { v2 = 0, v4 = 0 } = await pids()
    process.kill(v2, 'SIGKILL')
    await vi.waitFor(
      () =>
        expect(output()).toContain('v2 has ended unexpectedly (signal SIGKILL): play goes on with 3 of 4 validators'),
      WAIT,
    )
    process.kill(v4, 'SIGKILL')
    await vi.waitFor(() => expect(output()).toContain('2 of 4 validators are left, fewer than the quorum of 3'), WAIT)
    child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
  })

  it('ends with the gateway, naming its end and its last words', async () => {
    const { exited, output, pids } = launch(['--port', '0'])
    const running = await pids()
    process.kill(running['gateway'] ?? 0, 'SIGUSR2')
    expect(await exited).toEqual([1, null])
    expect(output()).toContain(
      'gateway has ended unexpectedly (exit code 3).\nThe last that it printed:\n  | it takes bets\n  | out of chips\nStart again;',
    )
    expect(await left(running)).toEqual([])
  })

  it('ends with the last of the players', async () => {
    const { exited, output, pids } = launch(['--port', '0'])
    const running = await pids()
    process.kill(running['players-1'] ?? 0, 'SIGKILL')
    await vi.waitFor(() => expect(output()).toContain('players-1 has ended unexpectedly'), WAIT)
    process.kill(running['players-2'] ?? 0, 'SIGKILL')
    expect(await exited).toEqual([1, null])
    expect(output()).toContain('players-2 has ended unexpectedly (signal SIGKILL).\nIt printed nothing.')
    expect(await left(running)).toEqual([])
  })

  it.each([
    [TAKEN, 'gateway could not start: port 18080 is taken\n', '--port N'],
    [TAKEN_ADMIN, 'gateway could not start: admin: 127.0.0.1:19090 is in use\n', '--admin-port N'],
  ])('tells which option moves a port that is taken', async (gateway, reason, option) => {
    const { exited, output } = launch(['--port', '18080', '--admin-port', '19090'], { gateway })
    expect(await exited).toEqual([1, null])
    expect(output()).toContain(reason)
    expect(output()).toContain(option)
  })

  it.each([
    [
      'a validator',
      { validator: `console.error('no dice'); process.exit(2)` },
      /v\d has ended unexpectedly \(exit code 2\)/,
    ],
    ['a process of players', { players: 'process.exit(4)' }, /players-\d has ended unexpectedly \(exit code 4\)/],
    [
      'a module that is missing',
      { gateway: `import './nowhere.mjs'` },
      /gateway has ended unexpectedly \(exit code 1\)/,
    ],
  ])('does not start without %s', async (_, fakes, message) => {
    const { exited, output } = launch(['--port', '0'], fakes)
    expect(await exited).toEqual([1, null])
    expect(output()).toMatch(message)
  })

  it('keeps what everyone prints in files', async () => {
    const logs = path.join(directory, 'logs')
    const { exited, output } = launch(['--duration', '1s', '--logs', logs])
    expect(await exited).toEqual([0, null])
    expect(output()).not.toContain('it takes bets')
    expect(readFileSync(path.join(logs, 'gateway.log'), 'utf8')).toBe('it takes bets\n')
    expect(readFileSync(path.join(logs, 'v3.log'), 'utf8')).toContain('"name":"v3"')
  })

  it('says when the files cannot be written', async () => {
    const file = path.join(directory, 'file')
    writeFileSync(file, '')
    const { exited, output } = launch(['--duration', '1s', '--logs', path.join(file, 'logs')])
    expect(await exited).toEqual([1, null])
    expect(output()).toContain('cannot start: ENOTDIR')
  })

  it('starts without players when none are wanted', async () => {
    const { exited, output } = launch(['--duration', '1s', '--players', '0'], { players: 'process.exit(4)' })
    expect(await exited).toEqual([0, null])
    expect(output()).toContain('Players     0')
  })

  it.each([
    [['--bogus'], 2, "Unknown option '--bogus'"],
    [['--help'], 0, 'usage: npm start'],
  ] as const)('start.js %j exits with %d', async (args, code, text) => {
    const child = spawn(process.execPath, [start, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(code)
    expect(output).toContain(text)
  })
})
