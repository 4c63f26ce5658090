import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  commitmentTo,
  generateKeys,
  GENESIS_HASH,
  MerkleTree,
  proposalHash,
  readPrivateKey,
  readValidators,
  rollDice,
  signHash,
} from '../consensus/index.ts'
import type { Certificate, Commitment, Proposal, Round } from '../consensus/index.ts'
import { Validator } from './index.ts'
import type { Outcome, Refusal } from './index.ts'

const names = ['v1', 'v2', 'v3', 'v4']
const GATEWAY_SECRET = '9'.repeat(64)
const PAUSE_MS = 100

const byParty = (a: { party: string }, b: { party: string }) => (a.party < b.party ? -1 : 1)

function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`${outcome.reason}: ${outcome.detail}`)
  return outcome.value
}

/** Four validators without a network, and a gateway that does as a test wishes. */
function game(limits: { maxTables?: number; keptHeights?: number } = {}) {
  const clock = { now: 0 }
  const keys = new Map(names.map((name) => [name, generateKeys()]))
  const validators = readValidators(Object.fromEntries(Array.from(keys, ([name, key]) => [name, key.publicKey])))
  const start = (name: string) =>
    new Validator({
      name,
      privateKey: readPrivateKey(keys.get(name)?.privateKey ?? ''),
      validators,
      now: () => clock.now,
      randomBytes,
      retryPauseMs: PAUSE_MS,
      ...limits,
    })
  const seats = new Map(names.map((name) => [name, start(name)]))
  const seat = (name: string): Validator => seats.get(name) ?? start(name)

  function nextRound(parent: Certificate | undefined, change: Partial<Round> = {}): Round {
    const { root, size } = new MerkleTree(['a bet'])
    return {
      tableId: 'T1',
      height: (parent?.proposal.height ?? 0) + 1,
      attempt: 1,
      previousHash: parent === undefined ? GENESIS_HASH : proposalHash(parent.proposal),
      betsRoot: root,
      betsCount: size,
      ...change,
    }
  }

  function commitAll(round: Round, parent?: Certificate, who: readonly string[] = names): readonly Commitment[] {
    return [
      { party: 'gateway', commitment: commitmentTo(round, 'gateway', GATEWAY_SECRET) },
      ...who.map((party) => ({ party, commitment: valueOf(seat(party).commit(round, parent)) })),
    ].sort(byParty)
  }

  function revealAll(round: Round, commitments: readonly Commitment[]): Proposal {
    const reveals = commitments.map(({ party }) => ({
      party,
      secret: party === 'gateway' ? GATEWAY_SECRET : valueOf(seat(party).reveal(round, commitments)),
    }))
    return { ...round, commitments, reveals, dice: rollDice(round, reveals), ts: round.height }
  }

  function sign(proposal: Proposal, parent?: Certificate, who: readonly string[] = names): Certificate {
    const signatures = who.map((validator) => ({
      validator,
      signature: valueOf(seat(validator).propose(proposal, parent)),
    }))
    return { proposal, signatures }
  }

  function draw(parent?: Certificate, who?: readonly string[]): Proposal {
    const round = nextRound(parent)
    return revealAll(round, commitAll(round, parent, who))
  }

  function play(heights: number, who?: readonly string[]): Certificate {
    let last: Certificate | undefined
    for (let i = 0; i < heights; i++) last = sign(draw(last, who), last, who)
    if (last === undefined) throw new Error('BUG: no heights')
    return last
  }

  const restart = (name: string) => seats.set(name, start(name))
  return { clock, keys, seat, restart, nextRound, commitAll, revealAll, sign, draw, play }
}

const reason = (outcome: Outcome<unknown>): Refusal | 'ok' => (outcome.ok ? 'ok' : outcome.reason)
const other = 'f'.repeat(64)

describe('Validator', () => {
  it('signs what it took part in, and the same thing twice in the same way', () => {
    const { draw, seat, sign } = game()
    const proposal = draw()
    const { signatures } = sign(proposal)
    expect(seat('v1').propose(proposal, undefined)).toEqual({ ok: true, value: signatures[0]?.signature })
    expect(seat('v1').stats).toMatchObject({ commitments: 1, reveals: 1, signed: 1, refused: 0, forks: 0 })
  })

  it('answers the same commitment for the same round, and another for another', () => {
    const { nextRound, seat } = game()
    const v1 = seat('v1')
    const round = nextRound(undefined)
    const once = v1.commit(round, undefined)
    expect(v1.commit({ ...round }, undefined)).toEqual(once)
    expect(v1.commit({ ...round, betsRoot: other }, undefined)).not.toEqual(once)
  })

  it.each<[string, Partial<Round>, Refusal]>([
    ['a height too high', { height: 3 }, 'wrong-height'],
    ['a height that is final', { height: 1 }, 'wrong-height'],
    ['another predecessor', { previousHash: other }, 'wrong-parent'],
  ])('does not commit to %s', (_name, change, want) => {
    const { nextRound, play, seat } = game()
    const parent = play(1)
    expect(reason(seat('v1').commit(nextRound(parent, change), parent))).toBe(want)
  })

  it('takes no first roll for granted that names a predecessor', () => {
    const { nextRound, seat } = game()
    expect(reason(seat('v1').commit(nextRound(undefined, { previousHash: other }), undefined))).toBe('wrong-parent')
  })

  it('tells its secret for one list only', () => {
    const { commitAll, nextRound, seat } = game()
    const round = nextRound(undefined)
    const list = commitAll(round)
    const without4 = list.filter(({ party }) => party !== 'v4')
    const told = seat('v1').reveal(round, list)
    expect(told.ok).toBe(true)
    expect(reason(seat('v1').reveal(round, without4))).toBe('already-revealed')
    expect(seat('v1').reveal(round, list)).toEqual(told)
  })

  it.each<[string, (list: readonly Commitment[], round: Round) => readonly [readonly Commitment[], Round], Refusal]>([
    ['a list of too few', (list, round) => [list.slice(0, 3), round], 'bad-list'],
    ['a list without the gateway', (list, round) => [list.slice(1), round], 'bad-list'],
    ['an unordered list', (list, round) => [list.toReversed(), round], 'bad-list'],
    ['a list without itself', (list, round) => [list.filter(({ party }) => party !== 'v1'), round], 'not-listed'],
    [
      'a list with another commitment for it',
      (list, round) => [list.map((each) => (each.party === 'v1' ? { ...each, commitment: other } : each)), round],
      'not-listed',
    ],
    ['another round', (list, round) => [list, { ...round, betsRoot: other }], 'unknown-round'],
    ['a table it does not know', (list, round) => [list, { ...round, tableId: 'T2' }], 'unknown-round'],
  ])('keeps its secret from %s', (_name, change, want) => {
    const { commitAll, nextRound, seat } = game()
    const round = nextRound(undefined)
    const [list, asked] = change(commitAll(round), round)
    expect(reason(seat('v1').reveal(asked, list))).toBe(want)
  })

  it.each<[string, (proposal: Proposal) => Proposal, Refusal]>([
    ['other dice', (p) => ({ ...p, dice: [(p.dice[0] % 6) + 1, p.dice[1]] }), 'bad-dice'],
    [
      'another secret',
      (p) => ({ ...p, reveals: p.reveals.with(0, { party: 'gateway', secret: other }) }),
      'bad-reveal',
    ],
    ['too few parties', (p) => ({ ...p, commitments: p.commitments.slice(0, 3) }), 'bad-list'],
    ['a time before its predecessor', (p) => ({ ...p, ts: 0 }), 'bad-time'],
    ['another height', (p) => ({ ...p, height: 3 }), 'wrong-height'],
    ['another predecessor', (p) => ({ ...p, previousHash: other }), 'wrong-parent'],
    ['a consistent draw over other bets', (p) => redraw({ ...p, betsRoot: other }), 'bets-changed'],
    ['a consistent draw with a secret made up for it', (p) => redraw(p), 'already-revealed'],
    ['a consistent draw of another attempt', (p) => redraw({ ...p, attempt: 2 }), 'unknown-round'],
  ])('does not sign %s', (_name, change, want) => {
    const { draw, play, seat } = game()
    const parent = play(1)
    const proposal = draw(parent)
    expect(reason(seat('v1').propose(change(proposal), parent))).toBe(want)
    expect(reason(seat('v1').propose(proposal, parent))).toBe('ok')
  })

  it('signs no second proposal for a height, not even when that height is past', () => {
    const { draw, play, seat, sign } = game()
    const parent = play(1)
    const first = sign(draw(parent), parent)
    const second = { ...first.proposal, ts: 99 }
    expect(reason(seat('v1').propose(second, parent))).toBe('fork')
    sign(draw(first), first)
    expect(reason(seat('v1').propose(second, parent))).toBe('fork')
    expect(seat('v1').stats.forks).toBe(2)
  })

  it('allows no other attempt once it has signed', () => {
    const { draw, nextRound, seat, sign } = game()
    sign(draw())
    expect(reason(seat('v1').commit(nextRound(undefined, { attempt: 2 }), undefined))).toBe('already-signed')
  })

  it('allows another attempt after a pause that doubles, counts it, and never goes back', () => {
    const { clock, commitAll, draw, nextRound, revealAll, seat } = game()
    const v1 = seat('v1')
    const given = draw()
    expect(reason(v1.commit(nextRound(undefined, { betsRoot: other }), undefined))).toBe('already-revealed')
    const second = nextRound(undefined, { attempt: 2 })
    expect(reason(v1.commit(second, undefined))).toBe('too-soon')
    clock.now += PAUSE_MS
    const list = commitAll(second)
    expect(v1.stats.aborted).toBe(1)
    expect(reason(v1.propose(given, undefined))).toBe('stale-attempt')
    expect(reason(v1.commit(nextRound(undefined), undefined))).toBe('stale-attempt')
    revealAll(second, list)
    const third = nextRound(undefined, { attempt: 3 })
    clock.now += PAUSE_MS
    expect(reason(v1.commit(third, undefined))).toBe('too-soon')
    clock.now += PAUSE_MS
    expect(reason(v1.commit(third, undefined))).toBe('ok')
    expect(v1.stats.aborted).toBe(2)
  })

  it('does not call an attempt aborted for which no secret was told', () => {
    const { commitAll, nextRound, seat } = game()
    commitAll(nextRound(undefined))
    commitAll(nextRound(undefined, { attempt: 2 }))
    expect(seat('v1').stats.aborted).toBe(0)
  })

  it('signs a roll in whose draw it had no part', () => {
    const { draw, seat } = game()
    expect(reason(seat('v4').propose(draw(undefined, ['v1', 'v2', 'v3']), undefined))).toBe('ok')
  })

  it('joins from a certificate when it has slept, and when it has forgotten everything', () => {
    const { draw, nextRound, play, restart, seat, sign } = game()
    const parent = play(5, ['v1', 'v2', 'v3'])
    restart('v1')
    for (const name of ['v1', 'v4']) {
      expect(reason(seat(name).commit(nextRound(parent), undefined))).toBe('wrong-height')
    }
    const next = sign(draw(parent), parent)
    expect(next.signatures).toHaveLength(4)
    expect(seat('v4').stats).toMatchObject({ missed: 4, signed: 1 })
    expect(seat('v1').stats).toMatchObject({ missed: 4, signed: 1 })
  })

  it('does not sign a draw of which it has forgotten its part', () => {
    const { draw, restart, seat } = game()
    const proposal = draw()
    restart('v1')
    expect(reason(seat('v1').propose(proposal, undefined))).toBe('unknown-round')
  })

  it.each<[string, (good: Certificate, keys: ReturnType<typeof game>['keys']) => Certificate]>([
    ['two signatures', (good) => ({ ...good, signatures: good.signatures.slice(0, 2) })],
    [
      'one signature repeated',
      ({ proposal, signatures: [one] }) => ({ proposal, signatures: one ? [one, one, one] : [] }),
    ],
    ['a changed roll', (good) => ({ ...good, proposal: { ...good.proposal, ts: 99 } })],
    [
      'the signature of a stranger',
      ({ proposal, signatures }) => {
        const signature = signHash(proposalHash(proposal), readPrivateKey(generateKeys().privateKey))
        return { proposal, signatures: [...signatures, { validator: 'x1', signature }] }
      },
    ],
    ['a roll of another table', ({ proposal }, keys) => resign({ ...proposal, tableId: 'T2' }, keys)],
  ])('joins from no certificate with %s', (_name, change) => {
    const { keys, nextRound, play, seat } = game()
    const forged = change(play(2, ['v1', 'v2', 'v3']), keys)
    expect(reason(seat('v4').commit(nextRound(forged, { tableId: 'T1' }), forged))).toBe('bad-parent')
  })

  it('does not leave a final roll that it knows for another', () => {
    const { keys, nextRound, play, seat } = game()
    const { proposal } = play(2)
    const strange = { ...proposal, previousHash: other }
    const forged = resign(strange, keys)
    expect(reason(seat('v1').commit(nextRound(forged), forged))).toBe('wrong-parent')
  })

  it('refuses a table too many instead of forgetting one', () => {
    const { nextRound, seat } = game({ maxTables: 2 })
    const v1 = seat('v1')
    const open = (tableId: string) => reason(v1.commit(nextRound(undefined, { tableId }), undefined))
    expect(['T1', 'T2', 'T3', 'T1'].map(open)).toEqual(['ok', 'ok', 'too-many-tables', 'ok'])
    expect(v1.tables).toBe(2)
  })

  it('forgets heights long past', () => {
    const { draw, play, seat, sign } = game({ keptHeights: 2 })
    const first = play(1)
    let last = first
    for (let i = 0; i < 4; i++) last = sign(draw(last), last)
    expect(reason(seat('v1').propose({ ...first.proposal, ts: 99 }, undefined))).toBe('wrong-height')
  })
})

/** What a gateway would need to know every secret for: the same parties, consistent commitments, new dice. */
function redraw(proposal: Proposal): Proposal {
  const reveals = proposal.reveals.map(({ party }, i) => ({ party, secret: `${i}`.repeat(64) }))
  const commitments = reveals.map(({ party, secret }) => ({ party, commitment: commitmentTo(proposal, party, secret) }))
  const { tableId, height, attempt, previousHash, betsRoot, betsCount } = proposal
  const round = { tableId, height, attempt, previousHash, betsRoot, betsCount }
  return { ...proposal, commitments, reveals, dice: rollDice(round, reveals) }
}

/** What only all validators together could do. */
function resign(proposal: Proposal, keys: ReturnType<typeof game>['keys']): Certificate {
  const consistent = redraw(proposal)
  const hash = proposalHash(consistent)
  const signatures = Array.from(keys, ([validator, { privateKey }]) => ({
    validator,
    signature: signHash(hash, readPrivateKey(privateKey)),
  }))
  return { proposal: consistent, signatures }
}
