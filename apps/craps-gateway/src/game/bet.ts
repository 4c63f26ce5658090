import { isPointNumber, POINT_NUMBERS, type PointNumber } from './dice.ts'
import { refuse, type Refused } from './refusal.ts'

/** Whole units of the house's currency: no fractions, no floats. */
export type Amount = number

export type HardNumber = 4 | 6 | 8 | 10

/** A bet on the pass line, the come, or against them: its number comes from the dice. */
export type LineKind = 'pass' | 'dont-pass' | 'come' | 'dont-come'

/** Odds behind the pass line stand on the table's point; odds behind a come bet name the number it travelled to. */
export type OddsKind = 'pass-odds' | 'dont-pass-odds' | 'come-odds' | 'dont-come-odds'

export type BetKind = LineKind | OddsKind | 'field' | 'place' | 'hardway' | 'any-seven'

interface Ticket {
  readonly betId: string
  readonly playerId: string
  readonly tableId: string
  readonly amount: Amount
}

/** A bet as submitted: plain JSON. `number` is there exactly for the kinds that need one. */
export type Bet = Ticket &
  (
    | { readonly kind: LineKind | 'pass-odds' | 'dont-pass-odds' | 'field' | 'any-seven'; readonly number?: never }
    | { readonly kind: 'come-odds' | 'dont-come-odds' | 'place'; readonly number: PointNumber }
    | { readonly kind: 'hardway'; readonly number: HardNumber }
  )

export type BetReading = { readonly ok: true; readonly bet: Bet } | Refused

export const HARD_NUMBERS: readonly HardNumber[] = [4, 6, 8, 10]

const NUMBERS: Readonly<Record<BetKind, readonly number[]>> = {
  pass: [],
  'dont-pass': [],
  come: [],
  'dont-come': [],
  'pass-odds': [],
  'dont-pass-odds': [],
  'come-odds': POINT_NUMBERS,
  'dont-come-odds': POINT_NUMBERS,
  field: [],
  place: POINT_NUMBERS,
  hardway: HARD_NUMBERS,
  'any-seven': [],
}

export const BET_KINDS: readonly BetKind[] = Object.keys(NUMBERS).filter(isBetKind)

/** The numbers that a bet of this kind may name; empty when it names none. */
export function numbersFor(kind: BetKind): readonly number[] {
  return NUMBERS[kind]
}

export function isBetKind(value: unknown): value is BetKind {
  return typeof value === 'string' && Object.hasOwn(NUMBERS, value)
}

const ID = /^[\w.:-]{1,64}$/

/**
 * Reads a bet from what a player sent. It trusts nothing about the input's shape, and knows nothing of a table.
 * Fields that no bet has are left behind: the same bet always gives the same JSON.
 */
export function readBet(input: unknown): BetReading {
  if (typeof input !== 'object' || input === null) return refuse('bad-shape', 'a bet is a JSON object')
  const fields: Readonly<Record<string, unknown>> = { ...input }
  const betId = fields['betId']
  const playerId = fields['playerId']
  const tableId = fields['tableId']
  const amount = fields['amount']
  if (!isId(betId)) return refuse('bad-id', `betId ${ID_RULE}`)
  if (!isId(playerId)) return refuse('bad-id', `playerId ${ID_RULE}`)
  if (!isId(tableId)) return refuse('bad-id', `tableId ${ID_RULE}`)
  if (!isBetKind(fields['kind'])) return refuse('unknown-kind', `kind must be one of ${BET_KINDS.join(', ')}`)
  if (!isAmount(amount)) return refuse('bad-amount', 'amount must be a whole number of units, 1 or more')
  return withNumber({ betId, playerId, tableId, amount }, fields['kind'], fields['number'])
}

const ID_RULE = 'must be 1 to 64 letters, digits or any of _ . : -'

function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value)
}

function isAmount(value: unknown): value is Amount {
  return Number.isSafeInteger(value) && Number(value) >= 1
}

function isHardNumber(value: unknown): value is HardNumber {
  return HARD_NUMBERS.some((number) => number === value)
}

function withNumber(ticket: Ticket, kind: BetKind, number: unknown): BetReading {
  switch (kind) {
    case 'come-odds':
    case 'dont-come-odds':
    case 'place':
      return isPointNumber(number) ? { ok: true, bet: { ...ticket, kind, number } } : noNumber(kind, number)
    case 'hardway':
      return isHardNumber(number) ? { ok: true, bet: { ...ticket, kind, number } } : noNumber(kind, number)
    case 'pass':
    case 'dont-pass':
    case 'come':
    case 'dont-come':
    case 'pass-odds':
    case 'dont-pass-odds':
    case 'field':
    case 'any-seven':
      if (number !== undefined) return refuse('number-unwanted', `a ${kind} bet names no number`)
      return { ok: true, bet: { ...ticket, kind } }
  }
}

function noNumber(kind: BetKind, number: unknown): Refused {
  const wanted = NUMBERS[kind].join(', ')
  return number === undefined
    ? refuse('number-missing', `a ${kind} bet names its number: one of ${wanted}`)
    : refuse('bad-number', `a ${kind} bet's number must be one of ${wanted}`)
}
