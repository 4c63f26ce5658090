import { describe, expect, it } from 'vitest'
import { applyRoll, openTable, placeBet, pointOf, readBet, type TableState } from '../game/index.ts'
import { mischiefAt } from './mischief.ts'
import { delayMs, nextBeat } from './pace.ts'
import { seeded } from './random.ts'
import { castOf, type Ended, type Followed, MARTINGALE, METRONOME, type Sight, type Style, STYLES } from './style.ts'

const COME_OUT: Sight = { phase: 'come-out', followed: undefined, last: undefined }
const POINT: Sight = { ...COME_OUT, phase: 'point' }

function styleNamed(name: string): Style {
  const style = STYLES.find((each) => each.name === name)
  if (style === undefined) throw new RangeError(`no style ${name}`)
  return style
}

/** Plays one style at a real table, the player seeing it as it is; counts what was bet and refused. */
function play(
  style: Style,
  rolls: number,
): { readonly kinds: ReadonlySet<string>; readonly refused: readonly string[] } {
  const random = seeded(1)
  const kinds = new Set<string>()
  const refused: string[] = []
  let state: TableState = openTable('T1')
  let followed: Followed | undefined
  let last: Ended | undefined
  for (let i = 0; i < rolls; i++) {
    const wish = style.next({ phase: pointOf(state) === undefined ? 'come-out' : 'point', followed, last }, random)
    if (wish !== undefined) {
      const betId = `b${i}`
      const placed = placeBet(state, { ...wish, betId, playerId: 'p1', tableId: 'T1' })
      if (placed.ok) {
        state = placed.state
        kinds.add(wish.kind)
        if (style.follows.includes(wish.kind))
          followed = { betId, kind: wish.kind, amount: wish.amount, hasOdds: false }
        else if (followed !== undefined) followed = { ...followed, hasOdds: true }
      } else refused.push(`${JSON.stringify(wish)}: ${placed.reason}`)
    }
    const result = applyRoll(state, [1 + Math.floor(random() * 6), 1 + Math.floor(random() * 6)])
    state = result.state
    const settled = result.settlements.find(({ betId }) => betId === followed?.betId)
    if (settled !== undefined) {
      last = { amount: settled.stake, outcome: settled.outcome }
      followed = undefined
    }
  }
  return { kinds, refused }
}

describe('styles', () => {
  it.each([
    ['pass-liner', ['pass', 'pass-odds']],
    ['dont-passer', ['dont-pass', 'dont-pass-odds']],
    ['come-bettor', ['come', 'pass']],
    ['gambler', ['field', 'hardway']],
    ['placer', ['place']],
    ['dreamer', ['any-seven']],
  ])('%s bets what a table takes: %j', (name, kinds) => {
    const played = play(styleNamed(name), 500)
    expect(played.refused).toEqual([])
    expect([...played.kinds].sort()).toEqual(kinds)
  })

  it.each([MARTINGALE, METRONOME])('$name bets what a table takes', (style) => {
    expect(play(style, 5000)).toEqual({ kinds: new Set(['field']), refused: [] })
  })

  it.each([
    ['begins small', undefined, 10],
    ['doubles after a loss', { amount: 40, outcome: 'lose' }, 80],
    ['begins anew after a win', { amount: 160, outcome: 'win' }, 10],
    ['repeats after a push', { amount: 160, outcome: 'push' }, 160],
    ['begins anew above what a table takes', { amount: 5120, outcome: 'lose' }, 10],
  ] as const)('the martingale %s', (_, last, amount) => {
    expect(MARTINGALE.next({ ...COME_OUT, last }, seeded(1))).toEqual({ kind: 'field', amount })
  })

  it('the martingale waits for the bet that is open', () => {
    const followed: Followed = { betId: 'b1', kind: 'field', amount: 10, hasOdds: false }
    expect(MARTINGALE.next({ ...COME_OUT, followed }, seeded(1))).toBeUndefined()
  })

  it('the metronome always bets the same', () => {
    const random = seeded(3)
    const bets = [COME_OUT, POINT, POINT].map((sight) => JSON.stringify(METRONOME.next(sight, random)))
    expect(new Set(bets).size).toBe(1)
  })

  it('seats the odd ones once, and everyone else by turns', () => {
    const names = castOf(8, true).map(({ name }) => name)
    expect(names).toEqual(['martingale', 'metronome', ...STYLES.map(({ name }) => name)])
    expect(castOf(1, false).map(({ name }) => name)).toEqual(['pass-liner'])
  })
})

describe('bad requests', () => {
  const betsOnly = mischiefAt('T1').filter(({ wants }) => wants.includes(400))

  it.each(betsOnly)('$name is no bet', ({ body }) => {
    const readable = (): boolean => readBet({ ...JSON.parse(body), betId: 'b', playerId: 'p', tableId: 'T1' }).ok
    expect(body.startsWith('{') && body.endsWith('}') && readable()).toBe(false)
  })

  it('the rest would be bets, elsewhere, by someone, or shorter', () => {
    const rest = mischiefAt('T1').filter(({ wants }) => !wants.includes(400))
    expect(rest.map(({ name, hasToken, path }) => [name, hasToken, path])).toEqual([
      ['unknown table', true, '/tables/nowhere/bets'],
      ['no token', false, '/tables/T1/bets'],
      ['a huge body', true, '/tables/T1/bets'],
    ])
  })
})

describe('pace', () => {
  const middle = (): number => 0.5

  it.each([
    ['steady', 1, 2000],
    ['steady', 9, 2000],
    ['soon', 1, 150],
    ['soon', 3, 600],
    ['soon', 9, 2000],
    ['backs-off', 1, 2000],
    ['backs-off', 5, 4000],
    ['backs-off', 50, 5000],
  ] as const)('%s, %d in a row: %d ms', (pace, inARow, want) => {
    expect(delayMs(pace, inARow, 2000, middle)).toBe(want)
  })

  it.each([
    [1000, 1003, 1500],
    [1000, 1499, 1500],
    [1000, 1500, 2000],
    [1000, 2700, 3000],
    [1000, 990, 1500],
  ])('the beat after %d, at %d, is %d', (beat, at, want) => {
    expect(nextBeat(beat, 500, at)).toBe(want)
  })
})

describe('seeded', () => {
  it('gives the same numbers for the same seed and lane alone', () => {
    const take = (seed: number, lane: number): readonly number[] => Array.from({ length: 5 }, seeded(seed, lane))
    expect(take(7, 1)).toEqual(take(7, 1))
    expect(new Set([take(7, 1), take(7, 2), take(8, 1)].flat()).size).toBe(15)
  })

  it('spreads evenly from 0 up to 1', () => {
    const random = seeded(42)
    const tenths = Array.from({ length: 10 }, () => 0)
    for (let i = 0; i < 10_000; i++) {
      const tenth = Math.floor(random() * 10)
      tenths[tenth] = (tenths[tenth] ?? NaN) + 1
    }
    expect(Math.min(...tenths)).toBeGreaterThan(850)
    expect(Math.max(...tenths)).toBeLessThan(1150)
  })
})
