/** Whole units of the house's currency: no fractions, no floats. */
export type Amount = number
