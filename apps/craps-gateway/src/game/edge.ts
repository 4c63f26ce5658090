import { type Bet, BET_KINDS, type BetKind, type LineKind, numbersFor } from './bet.ts'
import { type Dice, POINT_NUMBERS } from './dice.ts'
import { placeBet } from './placement.ts'
import { type Ratio, ratio, solve, toNumber } from './ratio.ts'
import type { TableRules } from './rules.ts'
import { applyRoll, openTable, type TableState } from './table.ts'

export interface HouseEdge {
  readonly kind: BetKind
  /** The number that the bet names or, for odds behind the line, the point that they stand on. */
  readonly number: number | undefined
  /** What the house keeps of a stake on average, per bet made: a push is a bet of which it keeps nothing. */
  readonly edge: Ratio
  /** How likely a bet that is won or lost in the end, and no push, is won. */
  readonly winProbability: Ratio
}

/** The house's edge on every bet of a table and the player's chance, enumerated through the very code that settles bets. Make it once: it takes a moment. */
export class HouseEdges {
  readonly all: readonly HouseEdge[]
  readonly #byKey = new Map<string, number>()
  readonly #winByKey = new Map<string, number>()

  constructor({ fieldTwelvePays = 3 }: Partial<Pick<TableRules, 'fieldTwelvePays'>> = {}) {
    const table = openTable(TABLE_ID, { minimum: 1, maximum: STAKE, maxOpenBets: 2, fieldTwelvePays })
    this.all = BET_KINDS.flatMap((kind) =>
      spotsOf(kind).map((number) => ({ kind, number, ...prospectsFrom(withWatchedBet(table, kind, number)) })),
    )
    for (const { kind, number, edge, winProbability } of this.all) {
      this.#winByKey.set(keyOf(kind, number), toNumber(winProbability))
      for (const key of [keyOf(kind, number), keyOf(kind, undefined)]) {
        this.#byKey.set(key, Math.max(this.#byKey.get(key) ?? -Infinity, toNumber(edge)))
      }
    }
  }

  /** As a share of the stake, where no win is rounded. A bet that names no number is taken at the worst of its numbers. */
  of({ kind, number }: Pick<Bet, 'kind' | 'number'>): number {
    const edge = this.#byKey.get(keyOf(kind, number))
    if (edge === undefined) throw new RangeError(`no house edge for ${keyOf(kind, number)}: no such bet`)
    return edge
  }

  /** Of a bet that is decided; odds behind the line are told by the point that they stand on. */
  winProbability({ kind, number }: Pick<HouseEdge, 'kind' | 'number'>): number {
    const probability = this.#winByKey.get(keyOf(kind, number))
    if (probability === undefined) throw new RangeError(`no win probability for ${keyOf(kind, number)}: no such bet`)
    return probability
  }

  /** The edge to expect of a mix of bets, weighted by their stakes; `undefined` when there are none. */
  ofMix(bets: Iterable<Pick<Bet, 'kind' | 'number' | 'amount'>>): number | undefined {
    let kept = 0
    let staked = 0
    for (const bet of bets) {
      kept += bet.amount * this.of(bet)
      staked += bet.amount
    }
    return staked > 0 ? kept / staked : undefined
  }
}

/** Divides evenly by what any of the odds are `per`: no win is rounded. */
const STAKE = 60

const TABLE_ID = 'edges'
const PLAYER_ID = 'player'
const WATCHED = 'watched'
const BASE = 'base'

const FACES = [1, 2, 3, 4, 5, 6] as const
const ALL_DICE: readonly Dice[] = FACES.flatMap((first) => FACES.map((second): Dice => [first, second]))

function keyOf(kind: BetKind, number: number | undefined): string {
  return number === undefined ? kind : `${kind} ${number}`
}

function spotsOf(kind: BetKind): readonly (number | undefined)[] {
  if (kind === 'pass-odds' || kind === 'dont-pass-odds') return POINT_NUMBERS
  return numbersFor(kind).length > 0 ? numbersFor(kind) : [undefined]
}

/** Plays up to the moment at which such a bet can be made, and makes it. */
function withWatchedBet(table: TableState, kind: BetKind, number: number | undefined): TableState {
  switch (kind) {
    case 'pass-odds':
      return placed(after(placed(table, BASE, 'pass'), number), WATCHED, kind)
    case 'dont-pass-odds':
      return placed(after(placed(table, BASE, 'dont-pass'), number), WATCHED, kind)
    case 'come-odds':
      return placed(travelled(table, 'come', number), WATCHED, kind, number)
    case 'dont-come-odds':
      return placed(travelled(table, 'dont-come', number), WATCHED, kind, number)
    case 'come':
    case 'dont-come':
      return placed(after(table, 6), WATCHED, kind)
    case 'pass':
    case 'dont-pass':
    case 'field':
    case 'place':
    case 'hardway':
    case 'any-seven':
      return placed(table, WATCHED, kind, number)
  }
}

function travelled(table: TableState, kind: LineKind, number: number | undefined): TableState {
  return after(placed(after(table, 6), BASE, kind), number)
}

function placed(table: TableState, betId: string, kind: BetKind, number?: number): TableState {
  const placement = placeBet(table, { betId, playerId: PLAYER_ID, tableId: TABLE_ID, kind, amount: STAKE, number })
  if (!placement.ok) throw new Error(`BUG: ${keyOf(kind, number)}: ${placement.detail}`)
  return placement.state
}

function after(table: TableState, total: number | undefined): TableState {
  const dice = ALL_DICE.find(([first, second]) => first + second === total)
  if (dice === undefined) throw new Error(`BUG: no dice show ${total}`)
  return applyRoll(table, dice).state
}

/** What all dice lead to from one state: what becomes of the watched bet where it is settled, and the states where it is not. */
interface Fan {
  paid: number
  wins: number
  losses: number
  readonly next: number[]
}

function prospectsFrom(start: TableState): Pick<HouseEdge, 'edge' | 'winProbability'> {
  const fans = fansFrom(start)
  // One unknown for each state: what becomes of the bet from there, on average over all dice.
  const rows = fans.map(({ paid, wins, losses, next }, state) => {
    const row = Array<bigint>(fans.length).fill(0n)
    row[state] = BigInt(ALL_DICE.length)
    for (const index of next) row[index] = (row[index] ?? 0n) - 1n
    return [...row, BigInt(paid), BigInt(wins), BigInt(losses)]
  })
  const [paid, wins, losses] = solve(rows)[0] ?? []
  if (paid === undefined || wins === undefined || losses === undefined) throw new Error('BUG: the walk has no start')
  const stake = paid.denominator * BigInt(STAKE)
  return {
    // One minus the share of its stake that the watched bet gets back.
    edge: ratio(stake - paid.numerator, stake),
    winProbability: ratio(
      wins.numerator * losses.denominator,
      wins.numerator * losses.denominator + losses.numerator * wins.denominator,
    ),
  }
}

/** Walks the table from `start`, which comes first, through every state in which the watched bet is still open. */
function fansFrom(start: TableState): readonly Fan[] {
  const states = [start]
  const indexes = new Map([[positionOf(start), 0]])
  const fans: Fan[] = []
  // The list grows while it is walked.
  for (const state of states) {
    const fan: Fan = { paid: 0, wins: 0, losses: 0, next: [] }
    for (const dice of ALL_DICE) {
      const result = applyRoll(state, dice)
      const settlement = result.settlements.find(({ betId }) => betId === WATCHED)
      if (settlement !== undefined) {
        fan.paid += settlement.payout
        if (settlement.outcome === 'win') fan.wins++
        if (settlement.outcome === 'lose') fan.losses++
        continue
      }
      const position = positionOf(result.state)
      const index = indexes.get(position) ?? states.push(result.state) - 1
      indexes.set(position, index)
      fan.next.push(index)
    }
    fans.push(fan)
  }
  return fans
}

/** All that tells one state of the table from another. */
function positionOf({ phase, bets }: TableState): string {
  return JSON.stringify([phase, bets.map(({ bet, on }) => [bet.betId, on])])
}
