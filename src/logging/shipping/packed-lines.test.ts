import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Entry } from './delivery.ts'
import { PackedLines } from './packed-lines.ts'

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 50 }),
  fc.integer({ min: 0, max: 100_000 }).map((length) => 'é'.repeat(length / 2)),
  fc.integer({ min: 0, max: 40_000 }).map((length) => '-'.repeat(length)),
)
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ text, times: fc.integer({ min: 1, max: 1500 }) }) },
  fc.nat(2000),
)

/** For models, in whose branches no expectation may stand. */
function same(actual: unknown, wanted: unknown): void {
  expect(actual).toEqual(wanted)
}

it('lines of every length come out as they went in', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), fc.constantFrom(0, 100, Infinity), (steps, unpacked) => {
      const lines = new PackedLines({ level: 'info', origin: 'here', unpacked })
      const model: Entry[] = []
      let number = 0
      for (const one of steps) {
        const held = model.length
        if (typeof one === 'number') {
          same(
            Array.from({ length: one }, () => lines.shift()),
            [...model.splice(0, one), ...Array.from({ length: Math.max(0, one - held) }, () => undefined)],
          )
        } else {
          const bytes = Buffer.byteLength(one.text)
          for (let i = 0; i < (bytes > 1000 ? one.times / 20 : one.times); i++) {
            const line = {
              line: one.text,
              level: 'info',
              at: number / 2,
              origin: 'here',
              number: number++,
              bytes,
            } as const
            lines.push(line)
            model.push(line)
          }
        }
        expect([lines.length, lines.firstBytes]).toEqual([model.length, model[0]?.bytes ?? 0])
        expect(lines.firstNumber).toBe(model[0]?.number ?? NaN)
      }
    }),
    { numRuns: 25 },
  )
})
