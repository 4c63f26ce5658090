import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Unit } from '../../../packs/index.ts'
import { offsetOf, timeTicks, valueTicks } from './axis.ts'

const AT = Date.UTC(2026, 10, 22, 6, 30)

it.each([
  ['UTC', 0],
  ['Europe/Paris', 3600],
  ['Asia/Kolkata', 19_800],
  ['America/St_Johns', -12_600],
])('clocks of %s are %i s ahead', (zone, seconds) => {
  expect(offsetOf(AT, zone)).toBe(seconds)
})

it.each([
  ['UTC', 15 * 60_000, ['06:15', '06:20', '06:25', '06:30']],
  ['Asia/Kolkata', 6 * 3_600_000, ['06:00', '07:00', '08:00', '09:00', '10:00', '11:00', '12:00']],
  ['UTC', 12 * 3_600_000, ['20:00', '22:00', '00:00 22 Nov', '02:00', '04:00', '06:00']],
  ['UTC', 10_000, ['06:29:50', '06:29:52', '06:29:54', '06:29:56', '06:29:58', '06:30:00']],
] as const)('in %s a range of %i ms has round times', (zone, span, texts) => {
  const ticks = timeTicks({ from: AT - span, to: AT }, zone)
  expect(ticks.map(({ text }) => text)).toEqual(texts)
  expect(ticks.every(({ share }) => share >= 0 && share <= 1)).toBe(true)
})

it.each<[[number, number], Unit, number[]]>([
  [[0, 1], 'short', [0, 0.5, 1]],
  [[0, 8], 'short', [0, 2, 4, 6, 8]],
  [[0, 900], 'bytes', [0, 256, 512, 768]],
  [[0, 600], 'seconds', [0, 300, 600]],
  [[-5, 5], 'celsius', [-5, 0, 5]],
])('values of %j in %s are marked at %j', (range, unit, marks) => {
  expect(valueTicks(range, unit)).toEqual(marks)
})

it('there are some marks whatever the values, and not many', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e12, max: 1e12 }), fc.double({ min: 1e-9, max: 1e12 }), (low, span) => {
      fc.pre(span > Math.abs(low) * 1e-9)
      const ticks = valueTicks([low, low + span], 'short')
      expect(ticks.length).toBeLessThanOrEqual(6)
      expect(ticks.every((tick) => Number.isFinite(tick))).toBe(true)
    }),
  )
})
