import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { createValidatorApp, Faults, NO_FAULTS, Validator } from '../validator/index.ts'
import type { FaultSettings } from '../validator/index.ts'
import { Committee, generateKeys, proofOf, Proposer, readPrivateKey, readValidators, verifyProof } from './index.ts'
import type { BetRecord, CommitteeOptions, ProposerOptions, RoundEvent, RoundResult } from './index.ts'

const NAMES = ['v1', 'v2', 'v3', 'v4'] as const
type Name = (typeof NAMES)[number]

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

type FaultsOf = Partial<Record<Name, Partial<FaultSettings>>>

/** Four validators over real HTTP, and what a gateway needs to know of them. */
async function table(faults: FaultsOf = {}, token?: string) {
  const keys = new Map(NAMES.map((name) => [name, generateKeys()]))
  const publicKeys = Object.fromEntries(Array.from(keys, ([name, { publicKey }]) => [name, publicKey]))
  const validators = readValidators(publicKeys)
  const running = new Map<string, { close: () => Promise<unknown>; validator: Validator; url: string }>()

  async function start(name: Name, settings: Partial<FaultSettings> = {}): Promise<string> {
    const validator = new Validator({
      name,
      privateKey: readPrivateKey(keys.get(name)?.privateKey ?? ''),
      validators,
      now: () => performance.now(),
      randomBytes,
      retryPauseMs: 1,
    })
    const app = createValidatorApp({
      validator,
      faults: new Faults({ ...NO_FAULTS, ...settings }, Math.random),
      crash: () => {
        throw new Error('crashed')
      },
      ...(token !== undefined && { token }),
    })
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    const close = () => app.close()
    closers.push(close)
    running.set(name, { close, validator, url })
    return url
  }
  for (const name of NAMES) await start(name, faults[name])

  const validator = (name: Name): Validator => {
    const found = running.get(name)
    if (found === undefined) throw new Error(`BUG: ${name} was never started`)
    return found.validator
  }
  const stop = async (name: Name): Promise<void> => {
    await running.get(name)?.close()
  }
  const urlOf = (name: Name): string => running.get(name)?.url ?? ''

  const events: RoundEvent[] = []
  function gateway(
    options: Partial<CommitteeOptions> & Partial<ProposerOptions> & { urls?: Partial<Record<Name, string>> } = {},
  ) {
    const { urls = {}, ...rest } = options
    const committee = new Committee({
      seats: Array.from(keys, ([name, { publicKey }]) => ({ name, publicKey, url: urls[name] ?? urlOf(name) })),
      fetch,
      now: () => performance.now(),
      backOffMs: { first: 60_000, most: 60_000 },
      ...(token !== undefined && { token }),
      ...rest,
    })
    closers.push(async () => committee.close())
    const proposer = new Proposer({
      tableId: 'T1',
      committee,
      now: () => performance.now(),
      wallNow: Date.now,
      onEvent: (event) => events.push(event),
      // Long enough for everyone to be heard on a busy machine; no test waits for it unless someone is slow.
      softMs: { commit: 5_000, propose: 5_000 },
      retryPauseMs: 2,
      ...rest,
    })
    return { committee, proposer }
  }
  const kinds = (kind: RoundEvent['kind']) => events.filter((event) => event.kind === kind)
  return { publicKeys, start, stop, validator, urlOf, gateway, events, kinds }
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(resolve)
      }),
  )
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`
}

/** Stands before a validator and changes what it says. */
async function distort(target: string, change: (body: Record<string, unknown>) => string): Promise<string> {
  const server = createServer((request, reply) => {
    const forward = async () => {
      const body = await text(request)
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(`${target}${request.url}`, { method: 'POST', headers, body })
      const changed = change({ ...Object(await answer.json()) })
      reply.writeHead(answer.status, { ...headers, 'content-length': Buffer.byteLength(changed) }).end(changed)
    }
    forward().catch((error: unknown) => reply.destroy(error instanceof Error ? error : undefined))
  })
  return listening(server)
}

const bets = (count: number): readonly BetRecord[] =>
  Array.from({ length: count }, (_, i) => ({ betId: `b${i}`, playerId: 'p', tableId: 'T1', kind: 'pass', amount: 5 }))

function final(result: RoundResult) {
  if (result.kind !== 'final') throw new Error(`${result.kind} at ${result.stage}: ${result.reason}`)
  return result
}

function failed(result: RoundResult) {
  if (result.kind === 'final') throw new Error('final')
  return result
}

const signers = (result: RoundResult) => final(result).certificate.signatures.map(({ validator }) => validator)
const parties = (result: RoundResult) => final(result).certificate.proposal.commitments.map(({ party }) => party)

describe('a round', () => {
  it('becomes final with four, height after height, and proves every bet', async () => {
    const { gateway, publicKeys, events } = await table()
    const { proposer } = gateway()
    for (const [i, count] of [3, 0, 1].entries()) {
      const result = final(await proposer.run(bets(count)))
      expect(result.certificate.proposal).toMatchObject({ height: i + 1, attempt: 1, betsCount: count })
      expect(signers(result)).toEqual(NAMES)
      expect(parties(result)).toEqual(['gateway', ...NAMES])
      for (const [index, bet] of result.bets.entries()) {
        expect(verifyProof(JSON.parse(JSON.stringify(proofOf(result, bet, index))), publicKeys)).toEqual({ ok: true })
      }
      expect(result).toMatchObject({ rejections: [], slow: [] })
    }
    expect(events.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'accepted'])
    expect(proposer.height).toBe(3)
  })

  it('becomes final with three, and leaves the fourth alone until its back-off is over', async () => {
    const { gateway, kinds, stop, start, validator } = await table()
    let skippedMs = 0
    const { committee, proposer } = gateway({ now: () => performance.now() + skippedMs })
    await stop('v4')
    expect(signers(await proposer.run(bets(1)))).toEqual(['v1', 'v2', 'v3'])
    const url = await start('v4')
    expect(signers(await proposer.run(bets(1)))).toEqual(['v1', 'v2', 'v3'])
    expect(kinds('unreachable')).toMatchObject([{ validator: 'v4', stage: 'commit' }])
    skippedMs = 60_000
    expect(signers(await proposer.run(bets(1)))).toEqual(['v1', 'v2', 'v3'])
    expect(kinds('unreachable')).toHaveLength(2)
    committee.relocate('v4', url)
    expect(signers(await proposer.run(bets(1)))).toEqual(NAMES)
    expect(validator('v4').stats).toMatchObject({ missed: 2, signed: 1 })
  })

  it('takes a validator back that has forgotten everything', async () => {
    const { gateway, start, stop, validator } = await table()
    const { committee, proposer } = gateway()
    for (let i = 0; i < 3; i++) final(await proposer.run(bets(1)))
    await stop('v2')
    committee.relocate('v2', await start('v2'))
    const result = await proposer.run(bets(1))
    expect(signers(result)).toEqual(NAMES)
    expect(parties(result)).toContain('v2')
    expect(validator('v2').stats.signed).toBe(1)
  })

  it('has no quorum with two, keeps no bet, and goes on when a third is back', async () => {
    const { gateway, start, stop, validator } = await table()
    const { committee, proposer } = gateway()
    await stop('v3')
    await stop('v4')
    const result = failed(await proposer.run(bets(2)))
    expect(result).toMatchObject({ stage: 'commit', reason: '2 commitments, 3 are needed' })
    expect(result.answered.toSorted()).toEqual(['v1', 'v2'])
    expect(proposer.pending).toBeUndefined()
    committee.relocate('v3', await start('v3'))
    const next = await proposer.run(bets(1))
    expect(signers(next)).toEqual(['v1', 'v2', 'v3'])
    expect(final(next).certificate.proposal.attempt).toBe(1)
    expect(validator('v1').stats).toMatchObject({ signed: 1, aborted: 0 })
  })

  it('draws anew when a secret stays away, and says so in the roll', async () => {
    const { gateway, kinds, publicKeys, validator } = await table({ v4: { crashAfter: 1 } })
    const { proposer } = gateway()
    expect(signers(await proposer.run(bets(1)))).toEqual(NAMES)
    const result = final(await proposer.run(bets(1)))
    expect(result.certificate.proposal).toMatchObject({ height: 2, attempt: 2 })
    expect(parties(result)).toEqual(['gateway', 'v1', 'v2', 'v3'])
    expect(kinds('aborted')).toEqual([{ kind: 'aborted', height: 2, attempt: 1, missing: ['v4'] }])
    expect(kinds('unreachable')).toMatchObject([{ validator: 'v4', stage: 'reveal', detail: 'HTTP 500' }])
    const [bet] = result.bets
    expect(bet && verifyProof(proofOf(result, bet, 0), publicKeys)).toEqual({ ok: true })
    expect(validator('v1').stats.signed).toBe(2)
    const next = final(await proposer.run(bets(1)))
    expect(next.certificate.proposal).toMatchObject({ height: 3, attempt: 1 })
  })

  it('gives up after its tries when secrets stay away for ever', async () => {
    const crash = { crashAfter: 0 }
    const { gateway, kinds } = await table({ v3: crash, v4: crash })
    const { proposer } = gateway({ tries: 2 })
    expect(failed(await proposer.run(bets(1)))).toMatchObject({ stage: 'reveal' })
    expect(kinds('aborted')).toHaveLength(2)
    expect(proposer.pending).toBeUndefined()
  })

  it('finishes the very roll that lacks signatures, and begins no other', async () => {
    const refuse = { refuseShare: 1 }
    const { gateway, start, stop, validator } = await table({ v3: refuse, v4: refuse })
    const { committee, proposer } = gateway({ tries: 1 })
    const result = failed(await proposer.run(bets(2)))
    expect(result).toMatchObject({ stage: 'propose' })
    expect(result.rejections.map(({ reason }) => reason)).toContain('refused')
    expect(proposer.pending).toHaveLength(2)
    await expect(proposer.run(bets(1))).rejects.toThrow('T1: a roll is pending')
    expect(failed(await proposer.resume()).answered.toSorted()).toEqual(['v1', 'v2'])

    // One of the two that refused is replaced by one without memory: being listed, it cannot sign this roll.
    await stop('v4')
    committee.relocate('v4', await start('v4'))
    expect(failed(await proposer.resume()).rejections).toContainEqual({
      validator: 'v4',
      stage: 'propose',
      reason: 'unknown-round',
    })
    expect(validator('v1').stats).toMatchObject({ signed: 1, forks: 0 })
  })

  it('is signed by those who refuse now and then, when asked again', async () => {
    const sometimes = { refuseShare: 0.7 }
    const { gateway, validator } = await table({ v2: sometimes, v3: sometimes, v4: sometimes })
    const { proposer } = gateway({ tries: 1 })
    let result = await proposer.run(bets(1))
    while (result.kind !== 'final') result = await proposer.resume()
    expect(signers(result).length).toBeGreaterThanOrEqual(3)
    expect(result.certificate.proposal).toMatchObject({ height: 1, attempt: 1 })
    expect(validator('v1').stats).toMatchObject({ signed: 1, forks: 0 })
    expect(proposer.pending).toBeUndefined()
  })

  it('shows a fork when the gateway proposes twice', async () => {
    const { gateway, kinds, validator } = await table()
    const { proposer } = gateway({ forkShare: 1 })
    const result = final(await proposer.run(bets(1)))
    const [fork] = kinds('fork')
    expect(fork).toMatchObject({ height: 1 })
    expect(fork?.kind === 'fork' && fork.refusedBy.toSorted()).toEqual(NAMES)
    expect(kinds('rejected')).toHaveLength(4)
    expect(NAMES.map((name) => validator(name).stats.forks)).toEqual([1, 1, 1, 1])
    expect(final(await proposer.run(bets(1))).certificate.proposal.height).toBe(result.certificate.proposal.height + 1)
  })

  it('goes on without the slow once it has a quorum', async () => {
    const { gateway, kinds } = await table({ v4: { delayMs: { least: 400, most: 400 } } })
    const { proposer } = gateway({ softMs: { commit: 0, propose: 0 } })
    const result = await proposer.run(bets(1))
    expect(parties(result)).toEqual(['gateway', 'v1', 'v2', 'v3'])
    expect(final(result).slow).toContain('v4')
    expect(kinds('slow')).toContainEqual({ kind: 'slow', validator: 'v4', stage: 'commit' })
  })

  it('counts as failed who does not answer in time', async () => {
    const { gateway, kinds } = await table()
    const silent = createServer(() => {})
    const { committee, proposer } = gateway({ timeoutMs: 1_000, urls: { v4: await listening(silent) } })
    expect(signers(await proposer.run(bets(1)))).toEqual(['v1', 'v2', 'v3'])
    expect(kinds('timeout')).toEqual([{ kind: 'timeout', validator: 'v4', stage: 'commit' }])
    expect(committee.available()).toEqual(['v1', 'v2', 'v3'])
  })

  it.each<[string, (body: Record<string, unknown>) => string]>([
    ['a wrong name', (body) => JSON.stringify({ ...body, validator: 'v3' })],
    ['no JSON', () => 'hello'],
    ['a shapeless answer', () => '{"hello":1}'],
    ['an endless answer', (body) => JSON.stringify(body).padEnd(10_000)],
    [
      'a made-up signature',
      (body) => JSON.stringify({ ...body, ...('signature' in body && { signature: '0'.repeat(128) }) }),
    ],
  ])('counts no answer with %s', async (_name, change) => {
    const { gateway, kinds, publicKeys, urlOf } = await table()
    const { proposer } = gateway({ urls: { v4: await distort(urlOf('v4'), change) } })
    const result = final(await proposer.run(bets(1)))
    expect(signers(result)).toEqual(['v1', 'v2', 'v3'])
    expect(kinds('rejected')).toContainEqual(expect.objectContaining({ validator: 'v4', reason: 'bad-answer' }))
    const [bet] = result.bets
    expect(bet && verifyProof(proofOf(result, bet, 0), publicKeys)).toEqual({ ok: true })
  })

  it('draws anew without one whose secret opens nothing', async () => {
    const { gateway, kinds, urlOf } = await table()
    const lie = (body: Record<string, unknown>) =>
      JSON.stringify({ ...body, ...('secret' in body && { secret: '0'.repeat(64) }) })
    const { proposer } = gateway({ urls: { v4: await distort(urlOf('v4'), lie) } })
    for (const attempt of [2, 1, 1]) {
      const result = final(await proposer.run(bets(1)))
      expect(result.certificate.proposal.attempt).toBe(attempt)
      expect(parties(result)).toEqual(['gateway', 'v1', 'v2', 'v3'])
      expect(signers(result)).toEqual(NAMES)
    }
    expect(kinds('aborted')).toMatchObject([{ missing: ['v4'] }])
  })

  it('does not hold against a validator what happened where it was before', async () => {
    const { gateway, kinds, urlOf } = await table()
    const silent = createServer()
    const { committee, proposer } = gateway({ urls: { v4: await listening(silent) } })
    const [result] = await Promise.all([
      proposer.run(bets(1)),
      once(silent, 'request').then(() => {
        committee.relocate('v4', urlOf('v4'))
        silent.closeAllConnections()
      }),
    ])
    expect(kinds('unreachable')).toMatchObject([{ validator: 'v4', stage: 'commit' }])
    expect(signers(result)).toEqual(NAMES)
    expect(() => committee.relocate('v5', '')).toThrow('v5 is no validator')
  })

  it('is refused by validators that ask for another token', async () => {
    const { gateway, kinds } = await table({}, 'right')
    expect(failed(await gateway({ token: 'wrong' }).proposer.run(bets(1)))).toMatchObject({ stage: 'commit' })
    expect(kinds('rejected').at(0)).toMatchObject({ reason: 'unauthorized' })
    expect(final(await gateway().proposer.run(bets(1))).kind).toBe('final')
  })

  it('continues a chain from its last certificate, and from no other', async () => {
    const { gateway } = await table()
    const { certificate } = final(await gateway().proposer.run(bets(1)))
    const { proposal, signatures } = certificate
    expect(() => gateway({ from: { proposal: { ...proposal, ts: 1 }, signatures } })).toThrow('from: bad-signature')
    expect(() => gateway({ from: certificate, tableId: 'T2' })).toThrow('from: a roll of table T1')
    const next = final(await gateway({ from: certificate }).proposer.run(bets(1)))
    expect(next.certificate.proposal.height).toBe(2)
  })

  it('is one at a time, of its own table', async () => {
    const { gateway } = await table()
    const { proposer } = gateway()
    const first = proposer.run(bets(1))
    await expect(proposer.run(bets(1))).rejects.toThrow('T1: a round is under way')
    final(await first)
    const [bet] = bets(1)
    await expect(proposer.run(bet ? [{ ...bet, tableId: 'T2' }] : [])).rejects.toThrow('bet b0 is for table T2')
    await expect(proposer.resume()).rejects.toThrow('T1: no roll is pending')
  })
})
