import { describe, expect, it } from 'vitest'
import { type BetRecord, Committee, generateKeys, Proposer } from '../consensus/index.ts'
import { Archive } from './archive.ts'
import { Croupier, type TableEvent } from './croupier.ts'
import { Ledger, START_BALANCE } from './ledger.ts'
import { readOptions } from './options.ts'

const seats = JSON.stringify([{ name: 'v1', url: 'http://127.0.0.1:1', publicKey: 'k' }])

describe('options', () => {
  it('have defaults', () => {
    expect(readOptions({ GATEWAY_VALIDATORS: seats })).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      adminPort: 9090,
      batchMs: 200,
    })
  })

  it.each([
    ['GATEWAY_PORT', '80a', 'GATEWAY_PORT=80a: set a whole number from 0 to 65535'],
    ['GATEWAY_TABLES', '0', 'GATEWAY_TABLES=0: set a whole number from 1 to 100'],
    ['GATEWAY_FORK_SHARE', '2', 'GATEWAY_FORK_SHARE=2: set a number from 0 to 1'],
    ['GATEWAY_VALIDATORS', 'v1,v2', 'GATEWAY_VALIDATORS: set a JSON list'],
    ['GATEWAY_VALIDATORS', '[{"name":"v1"}]', 'GATEWAY_VALIDATORS: set a JSON list'],
  ])('%s=%s is refused by name', (name, value, message) => {
    expect(() => readOptions({ GATEWAY_VALIDATORS: seats, [name]: value })).toThrow(message)
  })
})

describe('ledger', () => {
  it('takes stakes that are covered, pays, and knows its players by token', () => {
    const ledger = new Ledger(1)
    const player = ledger.register('ann')
    if (player === undefined) throw new Error('no room')
    const { account, token } = player
    expect(ledger.byToken(token)).toBe(account)
    expect(ledger.take(account, START_BALANCE + 1)).toBe(false)
    expect(ledger.take(account, 10)).toBe(true)
    ledger.settle(account.playerId, 20)
    expect(account).toMatchObject({ balance: START_BALANCE + 10, openBets: 0 })
    expect(ledger.register('bob')).toBeUndefined()
  })
})

describe('archive', () => {
  const bet = (betId: string): BetRecord => ({ betId, playerId: 'ann', tableId: 'T1', kind: 'field', amount: 5 })

  it('drops settled bets, oldest first, and never one that is under way', () => {
    const archive = new Archive(2)
    for (const id of ['a', 'b', 'c']) archive.accepted(bet(id), 0)
    expect(archive.stats).toMatchObject({ accepted: 3, dropped: 0 })
    archive.settled('b', 'lose', 0)
    archive.accepted(bet('d'), 0)
    expect(archive.status('b')).toBeUndefined()
    expect(archive.proof('a')).toBe('pending')
    expect(archive.stats.dropped).toBe(1)
  })
})

describe('croupier', () => {
  it('keeps the bets of a round without a quorum for the next', async () => {
    const committee = new Committee({
      seats: ['v1', 'v2', 'v3', 'v4'].map((name) => ({ name, url: 'http://x', publicKey: generateKeys().publicKey })),
      fetch: async () => Promise.reject(new Error('down')),
      now: () => 0,
    })
    const events: TableEvent[] = []
    const croupier = new Croupier({
      tableId: 'T1',
      proposer: new Proposer({ tableId: 'T1', committee, now: () => 0, wallNow: () => 0 }),
      batchMs: 1,
      maxWaiting: 2,
      onEvent: (event) => events.push(event),
    })
    const bet = { playerId: 'ann', tableId: 'T1', kind: 'pass', amount: 10 }
    expect(croupier.take({ ...bet, betId: '1' })).toMatchObject({ ok: true })
    expect(croupier.take({ ...bet, betId: '1' })).toMatchObject({ ok: false, reason: 'duplicate-bet' })
    expect(croupier.take({ ...bet, betId: '2', kind: 'come' })).toMatchObject({ ok: false, reason: 'wrong-phase' })
    await croupier.round()
    expect(croupier.hasQuorum).toBe(false)
    expect(events).toEqual([expect.objectContaining({ kind: 'no-quorum', waiting: 1 })])
    expect(croupier.take({ ...bet, betId: '3' })).toMatchObject({ ok: true })
    expect(croupier.take({ ...bet, betId: '4' })).toMatchObject({ ok: false, reason: 'busy' })
    expect(croupier.waiting).toBe(2)
  })
})
