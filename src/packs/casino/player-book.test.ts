import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PlayerBook, type PlayerStats } from '../index.ts'

const PASS_LINE = 244 / 495

/** Mulberry32: deterministic, and good enough for gambling with nothing. */
function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Style {
  readonly winProbability: number
  stake(last: { readonly stake: number; readonly lost: boolean }, next: () => number): number
  gapMs(next: () => number): number
}

const ordinary: Style = {
  winProbability: PASS_LINE,
  stake: (_, next) => [5, 10, 25, 50, 100][Math.floor(next() * 5)] ?? 5,
  gapMs: (next) => 2000 - 15_000 * Math.log(1 - next()),
}
const martingale: Style = { ...ordinary, stake: (last) => (last.lost && last.stake < 5000 ? last.stake * 2 : 10) }
const clockwork: Style = { ...ordinary, gapMs: (next) => 3000 + 20 * next() }
const cheat: Style = { ...ordinary, winProbability: 0.75 }

function play(style: Style, seed: number, bets = 400): PlayerStats {
  const book = new PlayerBook()
  const next = random(seed)
  let at = 1_700_000_000_000
  let last = { stake: 10, lost: false }
  for (let i = 0; i < bets; i++) {
    const stake = style.stake(last, next)
    const lost = next() >= style.winProbability
    at += style.gapMs(next)
    book.placed({ playerId: 'p', amount: stake, at })
    book.settled({ playerId: 'p', stake, payout: lost ? 0 : 2 * stake, at: at + 500 })
    last = { stake, lost }
  }
  const stats = book.get('p')
  if (stats === undefined) throw new Error('the player is not in the book')
  return stats
}

const SEEDS = Array.from({ length: 200 }, (_, i) => i + 1)

describe('S11 suspicious activity', () => {
  it.each([
    ['martingale', martingale, 'stake pattern', /doubled the stake after \d+ of \d+ losses/],
    ['clockwork', clockwork, 'timing', /gaps between bets, 3\.0 s on average, vary by 0\.\d % \(\d ms\)/],
    ['wins too often', cheat, 'win rate', /won \d+ of 400 decided bets where 197\.2 were expected: z = /],
  ] as const)('%s: scores high for that reason alone, over many seeds', (_, style, name, reason) => {
    for (const seed of SEEDS) {
      const { suspicion } = play(style, seed)
      expect(suspicion.score).toBeGreaterThan(0.8)
      expect(suspicion.parts.find((part) => part.name === name)?.reason).toMatch(reason)
      const others = suspicion.parts.filter((part) => part.name !== name)
      expect(Math.max(...others.map((part) => part.score))).toBeLessThan(0.2)
    }
  })

  it.each([40, 400, 4000])('ordinary players score low over many seeds, after %i bets', (bets) => {
    const worst = Math.max(...SEEDS.slice(0, 100).map((seed) => play(ordinary, seed, bets).suspicion.score))
    expect(worst).toBeLessThan(0.3)
  })

  it('does not take the pace of a steady table for that of its players', () => {
    for (const roundMs of [5000, 30_000, 120_000]) {
      const book = new PlayerBook()
      const next = random(roundMs)
      for (let round = 0; round < 500; round++) {
        book.placed({ playerId: 'person', amount: 1, at: round * roundMs + 500 + 2500 * next() })
        book.placed({ playerId: 'bot', amount: 1, at: round * roundMs + 40 * next() })
      }
      expect(book.get('person')?.suspicion.score).toBe(0)
      expect(book.get('bot')?.suspicion.score).toBe(1)
    }
  })

  it('says how much is missing while there is too little to judge', () => {
    const { suspicion } = play(cheat, 1, 10)
    expect(suspicion.score).toBe(0)
    expect(suspicion.parts.map(({ reason }) => reason)).toEqual([
      'too few decided bets to judge: 10 of 30',
      expect.stringMatching(/^too few bets after a loss to judge: \d of 20$/),
      'too few gaps between bets to judge: 9 of 30',
    ])
  })

  it('holds each bet against its own probability', () => {
    const next = random(7)
    const book = new PlayerBook()
    for (let i = 0; i < 1000; i++) {
      const payout = next() < 2 / 3 ? 3 : 0
      for (const playerId of ['lays the four', 'says nothing']) {
        book.placed({ playerId, amount: 2, at: i * 10_000 * next() })
        const winProbability = playerId === 'lays the four' ? 2 / 3 : undefined
        book.settled({ playerId, stake: 2, payout, at: 0, winProbability })
      }
    }
    expect(book.get('lays the four')?.suspicion.parts[0]?.score).toBe(0)
    expect(book.get('says nothing')?.suspicion.parts[0]?.score).toBe(1)
  })

  it('waits for more bets when the odds are long', () => {
    const book = new PlayerBook()
    book.placed({ playerId: 'p', amount: 1, at: 0 })
    const settle = (n: number): void => {
      for (let i = 0; i < n; i++) book.settled({ playerId: 'p', stake: 1, payout: 31, at: 0, winProbability: 1 / 36 })
    }
    settle(100)
    expect(book.get('p')?.suspicion.parts[0]?.reason).toBe('too few decided bets at such odds: variance 2.7 of 5')
    settle(100)
    expect(book.get('p')?.suspicion.parts[0]?.score).toBe(1)
  })

  it('takes bets within a quarter of a second for one act, and an hour without for the end of a session', () => {
    const book = new PlayerBook()
    let at = 0
    for (let i = 0; i < 60; i++) {
      at += i % 20 === 0 ? 3_600_000 : 5000
      for (const late of [0, 100, 200]) book.placed({ playerId: 'p', amount: 1, at: at + late })
    }
    expect(book.get('p')?.suspicion.parts[2]).toMatchObject({
      score: 1,
      reason: '57 gaps between bets, 5.0 s on average, vary by 0.0 % (0 ms)',
    })
  })

  it('goes on after a clock that jumps or is no number', () => {
    const book = new PlayerBook()
    const times = [NaN, 9e15, Infinity, ...Array.from({ length: 32 }, (_, i) => i * 1000)]
    for (const at of times) book.placed({ playerId: 'p', amount: 1, at })
    expect(book.get('p')?.suspicion.parts[2]?.reason).toMatch(
      /^31 gaps between bets, 1\.0 s on average, vary by 0\.0 %/,
    )
  })
})

describe('S9 players', () => {
  it('adds up what a player does; a push is a game but decides nothing', () => {
    const book = new PlayerBook()
    for (const [amount, payout] of [
      [10, 20],
      [10, 0],
      [5, 5],
    ] as const) {
      book.placed({ playerId: 'p', amount, at: 0 })
      book.settled({ playerId: 'p', stake: amount, payout, at: 0 })
    }
    book.placed({ playerId: 'p', amount: 7, at: 0 })
    expect(book.get('p')).toMatchObject({ bets: 4, games: 3, wagered: 32, won: 25, winRate: 0.5, untrackedAtMost: 0 })
    expect(book.get('q')).toBeUndefined()
  })

  it('never holds more than its ceiling, and keeps whoever wagers more than total / ceiling', () => {
    const bet = fc.record({ player: fc.nat(9), amount: fc.integer({ min: 0, max: 100 }) })
    fc.assert(
      fc.property(fc.array(bet, { maxLength: 300 }), fc.integer({ min: 1, max: 8 }), (bets, maxPlayers) => {
        const book = new PlayerBook({ maxPlayers })
        const truth = new Map<string, number>()
        let total = 0
        for (const { player, amount } of bets) {
          const playerId = `p${player}`
          book.placed({ playerId, amount, at: 0 })
          truth.set(playerId, (truth.get(playerId) ?? 0) + amount)
          total += amount
        }
        expect(book.stats.players).toBe(Math.min(maxPlayers, truth.size))
        for (const { playerId, wagered, untrackedAtMost } of book.top(maxPlayers)) {
          const whole = truth.get(playerId)
          expect(wagered).toBeLessThanOrEqual(whole ?? -1)
          expect(wagered + untrackedAtMost).toBeGreaterThanOrEqual(whole ?? Infinity)
        }
        const heavy = [...truth.keys()].filter((playerId) => (truth.get(playerId) ?? 0) > total / maxPlayers)
        expect(heavy.filter((playerId) => book.get(playerId) === undefined)).toEqual([])
      }),
    )
  })

  it.each([
    ['a1 b2 c1', 'b c'],
    ['a1 b2 a5 c1', 'a c'],
    ['a9 b1 c1 d1 e1', 'a e'],
  ])('of %s, a book for two keeps %s', (bets, kept) => {
    const book = new PlayerBook({ maxPlayers: 2 })
    for (const [playerId = '', amount] of bets.split(' ')) book.placed({ playerId, amount: Number(amount), at: 0 })
    expect(['a', 'b', 'c', 'd', 'e'].filter((playerId) => book.get(playerId) !== undefined).join(' ')).toBe(kept)
  })

  it('keeps ten high rollers among a hundred thousand passers-by, and counts the evicted', () => {
    const book = new PlayerBook({ maxPlayers: 1000 })
    for (let i = 0; i < 100_000; i++) {
      book.placed({ playerId: `passer-by ${i}`, amount: 1, at: i })
      if (i % 100 === 0) book.placed({ playerId: `roller ${(i / 100) % 10}`, amount: 50, at: i })
    }
    expect(
      book
        .top(10)
        .map(({ playerId }) => playerId)
        .sort(),
    ).toEqual(Array.from({ length: 10 }, (_, i) => `roller ${i}`))
    expect(book.top(1)[0]).toMatchObject({ wagered: 5000, untrackedAtMost: 0 })
    expect(book.stats).toMatchObject({ players: 1000, evicted: 100_010 - 1000, untrackedSettlements: 0 })
  })

  it('holds 10 000 unless told otherwise', () => {
    const book = new PlayerBook()
    for (let i = 0; i < 10_001; i++) book.placed({ playerId: `p${i}`, amount: 1, at: i })
    expect(book.stats).toMatchObject({ players: 10_000, evicted: 1 })
  })

  it('ranks by wagered, or by suspicion', () => {
    const book = new PlayerBook()
    for (let i = 0; i < 50; i++) {
      book.placed({ playerId: 'bot', amount: 1, at: i * 1000 })
      book.placed({ playerId: 'whale', amount: 1000, at: i * i * 1000 })
    }
    expect(book.top(1)[0]?.playerId).toBe('whale')
    expect(book.top(1, 'suspicion')[0]?.playerId).toBe('bot')
    expect(book.top(0)).toEqual([])
    expect(() => book.top(-1)).toThrow(RangeError)
  })

  it('counts what it cannot follow: settled bets of strangers, ids without end', () => {
    const book = new PlayerBook()
    book.settled({ playerId: 'stranger', stake: 1, payout: 0, at: 0 })
    book.placed({ playerId: 'x'.repeat(129), amount: 1, at: 0 })
    book.placed({ playerId: '', amount: 1, at: 0 })
    expect(book.stats).toEqual({ players: 0, evicted: 0, untrackedSettlements: 1, refusedIds: 2 })
  })

  it.each([0, -1, 1.5, NaN])('refuses a ceiling of %f players', (maxPlayers) => {
    expect(() => new PlayerBook({ maxPlayers })).toThrow(/maxPlayers/)
  })

  it.each([NaN, -1, Infinity])('refuses amounts of %f', (amount) => {
    const book = new PlayerBook()
    const bet = { playerId: 'p', at: 0 }
    expect(() => book.placed({ ...bet, amount })).toThrow(/amount/)
    expect(() => book.settled({ ...bet, stake: amount, payout: 0 })).toThrow(/stake/)
    expect(() => book.settled({ ...bet, stake: 1, payout: amount })).toThrow(/payout/)
    expect(() => book.settled({ ...bet, stake: 1, payout: 0, winProbability: amount })).toThrow(/probability/)
  })
})
