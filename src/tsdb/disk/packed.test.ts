import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { setStale } from '../../series/index.ts'
import { ByteReader } from '../chunk/byte-reader.ts'
import { ByteWriter } from '../chunk/byte-writer.ts'
import { readPacked, writePacked } from './packed.ts'

function packed(values: Float64Array): Uint8Array {
  const out = new ByteWriter()
  writePacked(out, values)
  return out.copy()
}

const bitsOf = (values: Float64Array): BigUint64Array => new BigUint64Array(values.slice().buffer)

describe('packed numbers', () => {
  const double = fc.oneof(
    fc.integer({ min: -1000, max: 1000 }),
    fc.maxSafeInteger(),
    fc.double(),
    fc.constantFrom(0, -0, Number.NaN, Infinity, -Infinity, 2 ** 51, -(2 ** 51), 2 ** 52, 5e-324, 1.5),
  )

  it('come back, every bit', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(double, fc.nat({ max: 3 })), { maxLength: 60 }), (runs) => {
        const values = Float64Array.from(runs.flatMap(([value, more]) => Array.from({ length: more + 1 }, () => value)))
        if (values.length > 4) setStale(values, 3)
        const reader = new ByteReader(packed(values))
        expect(bitsOf(readPacked(reader, values.length))).toEqual(bitsOf(values))
        expect(reader.left).toBe(0)
      }),
    )
  })

  it('take a byte where the number before is near, and one for all that repeat it', () => {
    expect(packed(Float64Array.from({ length: 100 }, (_, i) => i * 10))).toHaveLength(100)
    expect(packed(new Float64Array(60).fill(-0))).toHaveLength(10)
  })

  it('that are something else end in an error, not in a hang', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat({ max: 200 }), (bytes, count) => {
        const outcome = ((): string => {
          try {
            return String(readPacked(new ByteReader(bytes), count).length)
          } catch (error) {
            return error instanceof Error ? error.name : 'what?'
          }
        })()
        expect(['CorruptError', String(count)]).toContain(outcome)
      }),
    )
  })
})
