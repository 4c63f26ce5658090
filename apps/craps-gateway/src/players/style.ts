import type { Amount, BetKind } from '../game/index.ts'
import { pick, type Random } from './random.ts'

/** A bet that its player keeps an eye on until it is settled. */
export interface Followed {
  readonly betId: string
  readonly kind: BetKind
  readonly amount: Amount
  readonly hasOdds: boolean
}

export interface Ended {
  readonly amount: Amount
  readonly outcome: 'win' | 'lose' | 'push'
}

/** What a player sees when it is about to bet. */
export interface Sight {
  readonly phase: 'come-out' | 'point'
  readonly followed: Followed | undefined
  /** How the bet followed last came out. */
  readonly last: Ended | undefined
}

export interface Wish {
  readonly kind: BetKind
  readonly amount: Amount
  readonly number?: number
}

export interface Style {
  readonly name: string
  /** Turns of this style for one of the others'. */
  readonly tempo: number
  /** Exact intervals instead of jittered ones. */
  readonly isExact: boolean
  /** Never sends a bad request, never hangs up. */
  readonly isOrderly: boolean
  /** Kinds to follow until they are settled. */
  readonly follows: readonly BetKind[]
  /** Undefined: waits for a better moment. */
  readonly next: (sight: Sight, random: Random) => Wish | undefined
}

const CHIPS: readonly Amount[] = [5, 10, 25, 50, 100]
/** A place bet on 6 or 8 pays 7 to 6. */
const SIXES: readonly Amount[] = [6, 12, 30, 60]

const MARTINGALE_BASE = 10
/** Ten losses in a row: the next bet would be above what a table takes. */
const MARTINGALE_MOST = MARTINGALE_BASE * 2 ** 9

const usual = { tempo: 1, isExact: false, isOrderly: false, follows: [] } as const

/** Bets the line in the come-out, and twice as much behind it once there is a point. */
function lineWithOdds(line: 'pass' | 'dont-pass'): Style['next'] {
  return ({ phase, followed }, random) => {
    if (followed === undefined) return phase === 'come-out' ? { kind: line, amount: pick(CHIPS, random) } : undefined
    if (phase === 'come-out' || followed.hasOdds) return undefined
    return { kind: `${line}-odds`, amount: followed.amount * 2 }
  }
}

/** How most people play. */
export const STYLES: readonly Style[] = [
  { ...usual, name: 'pass-liner', follows: ['pass'], next: lineWithOdds('pass') },
  { ...usual, name: 'dont-passer', follows: ['dont-pass'], next: lineWithOdds('dont-pass') },
  {
    ...usual,
    name: 'come-bettor',
    next: ({ phase }, random) => ({ kind: phase === 'come-out' ? 'pass' : 'come', amount: pick(CHIPS, random) }),
  },
  {
    ...usual,
    name: 'gambler',
    next: (_, random) =>
      random() < 0.6
        ? { kind: 'field', amount: pick(CHIPS, random) }
        : { kind: 'hardway', amount: pick(CHIPS, random), number: pick([4, 6, 8, 10], random) },
  },
  {
    ...usual,
    name: 'placer',
    next: ({ phase }, random) =>
      phase === 'come-out' ? undefined : { kind: 'place', amount: pick(SIXES, random), number: pick([6, 8], random) },
  },
  { ...usual, name: 'dreamer', next: (_, random) => ({ kind: 'any-seven', amount: pick(CHIPS, random) }) },
]

/** Doubles after each loss: its stakes give it away. */
export const MARTINGALE: Style = {
  name: 'martingale',
  tempo: 4,
  isExact: false,
  isOrderly: true,
  follows: ['field'],
  next: ({ followed, last }) => {
    if (followed !== undefined) return undefined
    const doubled = last?.outcome === 'lose' ? last.amount * 2 : MARTINGALE_BASE
    const again = last?.outcome === 'push' ? last.amount : doubled
    return { kind: 'field', amount: again > MARTINGALE_MOST ? MARTINGALE_BASE : again }
  },
}

/** The same bet at exact intervals: its timing gives it away. */
export const METRONOME: Style = {
  name: 'metronome',
  tempo: 2,
  isExact: true,
  isOrderly: true,
  follows: [],
  next: () => ({ kind: 'field', amount: 25 }),
}

/** A full table of its odd ones, and everyone else by turns. */
export function castOf(count: number, withOddOnes: boolean): readonly Style[] {
  const odd = withOddOnes ? [MARTINGALE, METRONOME] : []
  return Array.from(
    { length: count },
    (_, i) => odd[i] ?? STYLES[(i - odd.length + STYLES.length) % STYLES.length] ?? METRONOME,
  )
}
