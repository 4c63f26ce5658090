import { stepFor } from '../../data/step.ts'

/** How many moments of the range are asked for: as a word, or by the time between two of them. */
export const STEPS: readonly (readonly [value: string, name: string])[] = [
  ['', 'Auto'],
  ['coarse', 'Auto, coarse'],
  ['fine', 'Auto, fine'],
  ['1s', '1 s'],
  ['5s', '5 s'],
  ['15s', '15 s'],
  ['1m', '1 min'],
  ['5m', '5 min'],
  ['1h', '1 h'],
]
const POINTS: Readonly<Record<string, number>> = { coarse: 60, fine: 960 }
const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 }

/** In ms. What cannot be read is as the range needs it. */
export function stepOf(choice: string, spanMs: number): number {
  const points = POINTS[choice]
  if (points !== undefined) return stepFor(spanMs, points)
  const [, count = '', unit = ''] = /^(\d+)([smh])$/.exec(choice) ?? []
  const each = UNITS[unit]
  return each === undefined || Number(count) === 0 ? stepFor(spanMs) : Number(count) * each
}
