import type { Amount } from './bet.ts'

/**
 * What may differ from one table to the next. The rest is the same at each of them: don't pass bars the 12, odds are 3-4-5x,
 * place bets and come odds are off on a come-out roll, hardways and laid odds always work, wins are rounded down to a whole unit.
 */
export interface TableRules {
  /** The smallest bet. Odds have no minimum of their own, as long as they can win a unit. */
  readonly minimum: Amount
  /** The largest single bet. Odds are bounded by the bet in front of them instead. */
  readonly maximum: Amount
  readonly maxOpenBets: number
  readonly fieldTwelvePays: 2 | 3
}

/** A 6x lay at 5:6 is multiplied by 30 on its way to a payout, and a table's payouts are added up; the rest is room. */
const HEADROOM = 64

/** @throws RangeError naming the rule that cannot hold. */
export function tableRules(options: Partial<TableRules> = {}): TableRules {
  const { minimum = 5, maximum = 10_000, maxOpenBets = 5000, fieldTwelvePays = 3 } = options
  if (!(Number.isSafeInteger(minimum) && minimum >= 1)) {
    throw new RangeError(`minimum ${minimum}: whole units, 1 or more`)
  }
  if (!(Number.isSafeInteger(maximum) && maximum >= minimum)) {
    throw new RangeError(`maximum ${maximum}: whole units, no less than the minimum of ${minimum}`)
  }
  if (!(Number.isSafeInteger(maxOpenBets) && maxOpenBets >= 1)) {
    throw new RangeError(`maxOpenBets ${maxOpenBets}: a whole number, 1 or more`)
  }
  if (!(maximum * maxOpenBets * HEADROOM <= Number.MAX_SAFE_INTEGER)) {
    throw new RangeError(`maximum ${maximum} x maxOpenBets ${maxOpenBets}: lower one; payouts would not stay exact`)
  }
  if (fieldTwelvePays !== 2 && fieldTwelvePays !== 3) {
    throw new RangeError(`fieldTwelvePays ${String(fieldTwelvePays)}: 2 or 3`)
  }
  return { minimum, maximum, maxOpenBets, fieldTwelvePays }
}
