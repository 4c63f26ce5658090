import { randomBytes } from 'node:crypto'
import { Registry } from 'boxman/metrics'
import { casino, node } from 'boxman/packs'
import { runWithContext, type TraceData, Tracer } from 'boxman/tracing'
import { afterEach, describe, expect, it } from 'vitest'
import { Committee, generateKeys, Proposer, readPrivateKey, readValidators } from '../consensus/index.ts'
import { createValidatorApp, Faults, NO_FAULTS, Validator } from '../validator/index.ts'
import { BetTraces } from './bet-traces.ts'
import { House } from './house.ts'

const NAMES = ['v1', 'v2', 'v3', 'v4']
const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

/** One table, with validators of its own over real HTTP. */
async function open(tracer: Tracer | undefined): Promise<{ house: House; craps: ReturnType<typeof install> }> {
  const keys = new Map(NAMES.map((name) => [name, generateKeys()]))
  const validators = readValidators(Object.fromEntries(Array.from(keys, ([name, each]) => [name, each.publicKey])))
  const now = (): number => performance.now()
  const seats = await Promise.all(
    Array.from(keys, async ([name, { publicKey, privateKey }]) => {
      const app = createValidatorApp({
        validator: new Validator({ name, privateKey: readPrivateKey(privateKey), validators, now, randomBytes }),
        faults: new Faults(NO_FAULTS, Math.random),
        crash: () => {
          throw new Error('crashed')
        },
      })
      closers.push(() => app.close())
      return { name, publicKey, url: await app.listen({ host: '127.0.0.1', port: 0 }) }
    }),
  )
  const committee = new Committee({ seats, fetch, now })
  closers.push(async () => committee.close())
  const registry = new Registry()
  const craps = install(registry)
  const traces = new BetTraces(tracer)
  const house = new House({
    tables: ['T1'],
    batchMs: 1,
    proposerFor: (tableId) =>
      new Proposer({ tableId, committee, now, wallNow: Date.now, contextsOf: (bets) => traces.contextsOf(bets) }),
    craps,
    errors: node().install(registry).errors,
    traces,
    publish: () => 3,
  })
  closers.push(() => house.close(5000))
  return { house, craps }
}

const install = (registry: Registry) => casino().install(registry)

describe('the house', () => {
  it('tells each settled bet’s chance of winning: by that a win rate is judged (S9)', async () => {
    const { house, craps } = await open(undefined)
    const account = house.ledger.register('ann')?.account
    if (account === undefined) throw new Error('no room')
    for (let i = 0; i < 36; i++) {
      expect(house.placeBet(account, 'T1', { kind: 'field', amount: 5 }, 0)).toMatchObject({ ok: true })
    }
    await expect.poll(() => account.openBets, { timeout: 15_000 }).toBe(0)
    const reasons = craps.players.get(account.playerId)?.suspicion.parts.map(({ reason }) => reason)
    // 4/9 of 36; of the pass line's 244/495 it would be 17.7.
    expect(reasons?.[0]).toMatch(/of 36 decided bets where 16\.0 were expected/)
  })

  it('keeps the trace of a bet open from the request to the proof', async () => {
    const kept: TraceData[] = []
    const tracer = new Tracer({ now: () => performance.now(), onTrace: (part) => kept.push(part) })
    const { house } = await open(tracer)
    const account = house.ledger.register('ann')?.account
    if (account === undefined) throw new Error('no room')
    const request = tracer.startRequest('POST', { route: '/bets' })
    runWithContext(request, () => house.placeBet(account, 'T1', { kind: 'field', amount: 5 }, 0))
    const refused = tracer.startRequest('POST', { route: '/bets' })
    runWithContext(refused, () => house.placeBet(account, 'T9', { kind: 'field', amount: 5 }, 0))
    request.end()
    refused.end()
    const shown = (): readonly string[] =>
      kept.map(({ spans }) => spans.map(({ name, links }) => `${name}${' >'.repeat(links.length)}`).join())
    const wanted = ['POST,place bet', 'roll', 'POST,place bet,prove bet >,publish proof']
    await expect.poll(shown, { timeout: 15_000 }).toEqual(wanted)
    const [, roll, bet] = kept
    const published = bet?.spans.at(-1)
    expect(published?.attributes).toMatchObject({ 'craps.subscribers': 3 })
    const proved = bet?.spans.find(({ name }) => name === 'prove bet')
    expect(proved?.attributes).toMatchObject({ 'craps.height': 1, 'craps.bet.kind': 'field' })
    expect(proved?.links[0]?.traceId).toBe(roll?.traceId)
  })
})
