import { fork, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { Committee, generateKeys, Proposer, publicKeyText, readPrivateKey } from '../consensus/index.ts'
import { readSettings } from './index.ts'

const program = fileURLToPath(new URL('../../dist/validator/main.js', import.meta.url))
const keys = new Map(['v1', 'v2', 'v3', 'v4'].map((name) => [name, generateKeys()]))
const peers = Object.fromEntries(Array.from(keys, ([name, { publicKey }]) => [name, publicKey]))

const environment = (name: string) => ({
  VALIDATOR_NAME: name,
  VALIDATOR_PRIVATE_KEY: keys.get(name)?.privateKey ?? '',
  VALIDATOR_PEERS: JSON.stringify(peers),
})

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

type Stdin = 'pipe' | 'ignore'

function start(env: NodeJS.ProcessEnv, stdin: Stdin = 'ignore'): ChildProcess {
  const child = spawn(process.execPath, [program], { env, stdio: [stdin, 'pipe', 'pipe'] })
  children.push(child)
  return child
}

async function ready({ stdout }: ChildProcess): Promise<{ ready: true; name: string; url: string }> {
  if (stdout === null) throw new Error('BUG: no standard output')
  for await (const line of createInterface({ input: stdout })) return JSON.parse(line)
  throw new Error('it ended without a word')
}

async function end(child: ChildProcess): Promise<unknown> {
  if (child.exitCode === null) await once(child, 'exit')
  return child.exitCode
}

describe('the validator process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('says where it is, and ends well on %s', async (signal) => {
    const child = start(environment('v1'))
    const { url, ...rest } = await ready(child)
    expect(rest).toEqual({ ready: true, name: 'v1', adminUrl: expect.stringMatching(/^http:/) })
    const health = await fetch(`${url}/health`)
    expect(await health.json()).toMatchObject({ status: 'ok', name: 'v1' })
    child.kill(signal)
    expect(await end(child)).toBe(0)
  })

  it('finishes the request under way before it ends', async () => {
    const child = start({ ...environment('v1'), VALIDATOR_DELAY_MS: '500' })
    const { url } = await ready(child)
    const headers = { 'content-type': 'application/json' }
    const reply = fetch(`${url}/commit`, { method: 'POST', headers, body: '{}' })
    // Answered by the same process after the request above has arrived.
    await fetch(`${url}/health`)
    child.kill('SIGTERM')
    expect((await reply).status).toBe(400)
    expect(await end(child)).toBe(0)
  })

  it('ends with the parent that forked it', async () => {
    const child = fork(program, { env: environment('v1'), silent: true })
    children.push(child)
    await ready(child)
    child.disconnect()
    expect(await end(child)).toBe(0)
  })

  it('ends with the pipe to its standard input', async () => {
    const child = start(environment('v1'), 'pipe')
    await ready(child)
    child.stdin?.end()
    expect(await end(child)).toBe(0)
  })

  it('takes part in rounds, and crashes when told to', async () => {
    const processes = new Map(
      [...keys.keys()].map((name) => [
        name,
        start({
          ...environment(name),
          VALIDATOR_TOKEN: 'a token',
          ...(name === 'v4' && { VALIDATOR_CRASH_AFTER: '2' }),
        }),
      ]),
    )
    const seats = await Promise.all(
      Array.from(processes, async ([name, child]) => ({ ...(await ready(child)), publicKey: peers[name] ?? '' })),
    )
    const now = () => performance.now()
    const committee = new Committee({ seats, fetch, now, token: 'a token' })
    const softMs = { commit: 5_000, propose: 5_000 }
    const proposer = new Proposer({ tableId: 'T1', committee, now, wallNow: Date.now, softMs })
    const attempts: number[] = []
    for (let height = 1; height <= 3; height++) {
      const result = await proposer.run([])
      if (result.kind === 'final') attempts.push(result.certificate.proposal.attempt)
    }
    expect(attempts).toEqual([1, 1, 2])
    const crashed = processes.get('v4')
    expect(crashed && (await end(crashed))).toBe(1)
  })

  it('names the variable that will not do, and ends with 2', async () => {
    const child = start({ ...environment('v1'), VALIDATOR_REFUSE_SHARE: '1.5' })
    const said = child.stderr && (await text(child.stderr))
    expect(said).toBe('validator: VALIDATOR_REFUSE_SHARE: "1.5" must be a number of 0 to 1\n')
    expect(await end(child)).toBe(2)
  })

  it('names the port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const child = start({ ...environment('v1'), VALIDATOR_PORT: String(port) })
    const said = child.stderr && (await text(child.stderr))
    expect(said).toContain('VALIDATOR_PORT: listen EADDRINUSE')
    expect(await end(child)).toBe(2)
    server.close()
  })
})

describe('readSettings', () => {
  it('reads what it needs, and no fault by default', () => {
    expect(readSettings(environment('v2'))).toMatchObject({
      name: 'v2',
      port: 0,
      token: undefined,
      validators: { quorum: 3 },
      faults: { delayMs: { most: 0 }, refuseShare: 0, crashAfter: Infinity },
    })
  })

  it.each<[string, (pem: string, seed: string) => string]>([
    ['a seed', (_pem, seed) => seed],
    ['PEM', (pem) => pem],
    ['PEM in base64', (pem) => Buffer.from(pem).toString('base64')],
  ])('reads a private key as %s', (_name, write) => {
    const seed = keys.get('v1')?.privateKey ?? ''
    const pem = readPrivateKey(seed).export({ type: 'pkcs8', format: 'pem' }).toString()
    const { privateKey } = readSettings({ ...environment('v1'), VALIDATOR_PRIVATE_KEY: write(pem, seed) })
    expect(publicKeyText(privateKey)).toBe(peers['v1'])
  })

  it.each([
    ['50', 50, 50],
    ['50-400', 50, 400],
    ['0', 0, 0],
  ])('reads a delay of %s', (given, least, most) => {
    const { faults } = readSettings({ ...environment('v1'), VALIDATOR_DELAY_MS: given })
    expect(faults.delayMs).toEqual({ least, most })
  })

  it.each<[string, string | undefined, string]>([
    ['VALIDATOR_NAME', undefined, 'is missing'],
    ['VALIDATOR_NAME', 'v9', 'must name v9'],
    ['VALIDATOR_PORT', '70000', '"70000" must be a whole number of 0 to 65535'],
    ['VALIDATOR_PORT', '80.5', 'must be a whole number'],
    ['VALIDATOR_PORT', '', 'must be a whole number'],
    ['VALIDATOR_PRIVATE_KEY', undefined, 'is missing'],
    ['VALIDATOR_PRIVATE_KEY', 'secret', 'must be 32 bytes in base64'],
    ['VALIDATOR_PRIVATE_KEY', '-----BEGIN secret', 'its PEM text does not parse'],
    ['VALIDATOR_PRIVATE_KEY', generateKeys().privateKey, 'is not the half of the public key of v1'],
    ['VALIDATOR_PEERS', undefined, 'is missing'],
    ['VALIDATOR_PEERS', '{', 'is not JSON'],
    ['VALIDATOR_PEERS', '[]', 'must be a JSON object'],
    ['VALIDATOR_PEERS', '{"v1":1}', 'validator "v1": public key'],
    ['VALIDATOR_TOKEN', '', 'must not be empty'],
    ['VALIDATOR_DELAY_MS', '400-50', 'must be like 50 or 50-400'],
    ['VALIDATOR_DELAY_MS', '-5', 'must be like 50 or 50-400'],
    ['VALIDATOR_DELAY_MS', '99999', 'at most 60000'],
    ['VALIDATOR_DELAY_SHARE', 'NaN', 'must be a number of 0 to 1'],
    ['VALIDATOR_REFUSE_SHARE', '-1', 'must be a number of 0 to 1'],
    ['VALIDATOR_CRASH_AFTER', 'soon', 'must be a whole number'],
  ])('refuses %s=%s', (variable, value, problem) => {
    const read = () => readSettings({ ...environment('v1'), [variable]: value })
    expect(read).toThrow(problem)
    expect(read).toThrow('VALIDATOR_')
  })

  it.each(['hush', '-----BEGIN hush'])('never shows the private key %s', (key) => {
    const read = () => readSettings({ ...environment('v1'), VALIDATOR_PRIVATE_KEY: key })
    expect(read).toThrow('VALIDATOR_PRIVATE_KEY')
    expect(read).not.toThrow('hush')
  })
})
