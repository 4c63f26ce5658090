export type Dice = readonly [number, number]

export type PointNumber = 4 | 5 | 6 | 8 | 9 | 10

export const POINT_NUMBERS: readonly PointNumber[] = [4, 5, 6, 8, 9, 10]

export function isPointNumber(value: unknown): value is PointNumber {
  return POINT_NUMBERS.some((number) => number === value)
}

/** @throws RangeError unless both dice are whole numbers 1..6. */
export function totalOf(dice: Dice): number {
  for (const die of dice) {
    if (!(Number.isInteger(die) && die >= 1 && die <= 6)) {
      throw new RangeError(`dice [${dice.join(', ')}]: a die shows a whole number 1..6`)
    }
  }
  if (dice.length !== 2) throw new RangeError(`dice [${String(dice)}]: two dice are rolled`)
  return dice[0] + dice[1]
}
