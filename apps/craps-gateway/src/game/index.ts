export {
  type Amount,
  type Bet,
  BET_KINDS,
  type BetKind,
  type BetReading,
  HARD_NUMBERS,
  type HardNumber,
  isBetKind,
  type LineKind,
  numbersFor,
  type OddsKind,
  readBet,
} from './bet.ts'
export { type Dice, isPointNumber, POINT_NUMBERS, type PointNumber } from './dice.ts'
export { type HouseEdge, HouseEdges } from './edge.ts'
export { oddsLimit, placeBet, type Placement } from './placement.ts'
export { type Ratio, toNumber } from './ratio.ts'
export type { RefusalReason, Refused } from './refusal.ts'
export type { TableRules } from './rules.ts'
export {
  applyRoll,
  type GameEnd,
  openTable,
  type Phase,
  pointOf,
  type RollResult,
  type Settlement,
  type TableState,
} from './table.ts'
export type { OpenBet } from './verdict.ts'
