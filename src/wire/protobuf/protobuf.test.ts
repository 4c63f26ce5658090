import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isStale, setStale } from '../../series/index.ts'
import { FIXED64, ProtobufError, ProtobufReader, ProtobufWriter, VARINT } from '../index.ts'

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))

/** A reader that stands before the value of field 1. */
function field(bytes: Uint8Array): ProtobufReader {
  const reader = new ProtobufReader(bytes)
  expect(reader.next()).toBe(true)
  expect(reader.field).toBe(1)
  return reader
}

describe('numbers', () => {
  it.each<[string, string, (reader: ProtobufReader) => number | boolean, number | boolean]>([
    ['uint64', '08 96 01', (r) => r.uint64(), 150],
    ['uint64', '08 ff ff ff ff ff ff ff ff ff 01', (r) => r.uint64(), 2 ** 64],
    ['int64', '08 ff ff ff ff ff ff ff ff ff 01', (r) => r.int64(), -1],
    ['int64', '08 80 80 80 80 80 80 80 80 80 01', (r) => r.int64(), -(2 ** 63)],
    ['int64', '08 ff ff ff ff ff ff ff 0f', (r) => r.int64(), Number.MAX_SAFE_INTEGER],
    ['sint64', '08 ff ff ff ff ff ff ff ff ff 01', (r) => r.sint64(), -(2 ** 63)],
    ['sint64', '08 03', (r) => r.sint64(), -2],
    ['sint32', '08 ff ff ff ff 0f', (r) => r.sint32(), -(2 ** 31)],
    ['int32', '08 ff ff ff ff ff ff ff ff ff 01', (r) => r.int32(), -1],
    ['uint32', '08 ff ff ff ff 0f', (r) => r.uint32(), 2 ** 32 - 1],
    ['fixedMillis', '09 3f 42 0f 00 00 00 00 00', (r) => r.fixedMillis(), 0],
    ['fixedMillis', '09 40 42 0f 00 00 00 00 00', (r) => r.fixedMillis(), 1],
    ['fixedMillis', '09 ff ff af d4 ac c6 6c 18', (r) => r.fixedMillis(), 1_759_999_999_999],
    ['fixedMillis', '09 00 00 b0 d4 ac c6 6c 18', (r) => r.fixedMillis(), 1_760_000_000_000],
    ['bool', '08 80 80 80 80 10', (r) => r.bool(), true],
    ['bool', '08 00', (r) => r.bool(), false],
    ['double', '09 00 00 00 00 00 00 f0 3f', (r) => r.double(), 1],
    ['float', '0d 00 00 80 3f', (r) => r.float(), 1],
    ['fixed32', '0d ff ff ff ff', (r) => r.fixed32(), 2 ** 32 - 1],
    ['fixed64', '09 01 00 00 00 01 00 00 00', (r) => r.fixed64(), 2 ** 32 + 1],
    ['sfixed64', '09 ff ff ff ff ff ff ff ff', (r) => r.sfixed64(), -1],
  ])('%s %s', (_, bytes, read, want) => {
    const reader = field(hex(bytes))
    expect(read(reader)).toBe(want)
    expect(reader.next()).toBe(false)
  })

  it('come back as they were written', () => {
    const whole = fc.integer({ min: -(2 ** 51), max: 2 ** 51 })
    fc.assert(
      fc.property(whole, fc.double(), fc.string({ unit: 'binary' }), fc.uint8Array(), (n, x, text, bytes) => {
        const out = new ProtobufWriter(0)
        out.uint(1, Math.abs(n))
        out.int(2, n)
        out.sint(3, n)
        out.double(4, x)
        out.fixed64(5, BigInt(Math.abs(n)))
        out.text(6, text.toWellFormed())
        out.bytes(7, bytes)
        out.bool(8, n > 0)
        const reader = new ProtobufReader(out.finish())
        const read = [
          () => reader.uint64(),
          () => reader.int64(),
          () => reader.sint64(),
          () => reader.double(),
          () => reader.fixed64(),
          () => reader.text(),
          () => [...reader.bytes()],
          () => reader.bool(),
        ].map((one, i) => {
          expect([reader.next(), reader.field]).toEqual([true, i + 1])
          return one()
        })
        expect(read).toEqual([Math.abs(n), n, n, x, Math.abs(n), text.toWellFormed(), [...bytes], n > 0])
        expect(out.length).toBe(0)
      }),
    )
  })

  it('are read packed and one by one', () => {
    const numbers = fc.array(fc.integer({ min: -(2 ** 51), max: 2 ** 51 }))
    fc.assert(
      fc.property(numbers, fc.array(fc.double()), fc.boolean(), (whole, doubles, packed) => {
        const out = new ProtobufWriter()
        if (packed) {
          out.packedSints(1, whole)
          out.packedUints(2, whole.map(Math.abs))
          out.packedDoubles(3, doubles)
        } else {
          for (const each of whole) out.sint(1, each)
          for (const each of whole) out.uint(2, Math.abs(each))
          for (const each of doubles) out.double(3, each)
        }
        const reader = new ProtobufReader(out.finish())
        const read: number[][] = [[], [], []]
        while (reader.next()) {
          if (reader.field === 1) reader.repeated(VARINT, () => read[0]?.push(reader.sint64()))
          else if (reader.field === 2) reader.repeated(VARINT, () => read[1]?.push(reader.uint64()))
          else reader.repeated(FIXED64, () => read[2]?.push(reader.double()))
        }
        expect(read).toEqual([whole, whole.map(Math.abs), doubles])
      }),
    )
  })

  it.each(['08 ff ff ff ff ff ff ff ff 7f', '08 81 80 80 80 80 80 80 80 80 01'])('int64 %s, exactly', (bytes) => {
    const want = bytes.endsWith('7f') ? 2n ** 63n - 1n : -(2n ** 63n) + 1n
    expect(field(hex(bytes)).exactInt64()).toBe(want)
  })

  it('a stale marker keeps its bits', () => {
    const values = new Float64Array(2)
    setStale(values, 1)
    const out = new ProtobufWriter()
    out.doubleFrom(1, values, 1)
    const read = new Float64Array(3)
    field(out.finish()).doubleInto(read, 2)
    expect([0, 1, 2].map((i) => isStale(read, i))).toEqual([false, false, true])
  })
})

describe('messages', () => {
  it('nest, and may be left before their end', () => {
    const out = new ProtobufWriter()
    const outer = out.begin(1)
    out.text(1, 'a'.repeat(300))
    const inner = out.begin(2)
    out.uint(1, 7)
    out.end(inner)
    out.end(outer)
    out.uint(2, 8)
    const reader = field(out.finish())
    const end = reader.begin()
    expect(reader.next()).toBe(true)
    expect(reader.text()).toBe('a'.repeat(300))
    reader.end(end)
    expect([reader.next(), reader.field, reader.uint32(), reader.next()]).toEqual([true, 2, 8, false])
  })

  it('follow one another by their lengths', () => {
    const reader = new ProtobufReader(hex('02 0801 00 02 0803'))
    const found: number[] = []
    while (reader.left > 0) {
      const end = reader.delimited()
      while (reader.next()) found.push(reader.uint32())
      reader.end(end)
    }
    expect(found).toEqual([1, 3])
  })

  it.each([
    ['a group', '0b 0c'],
    ['wire type 7', '0f'],
    ['no field has this number', '00'],
    ['ends within a number', '08 80'],
    ['over 64 bits', '08 80 80 80 80 80 80 80 80 80 02'],
    ['over 64 bits', '08 80 80 80 80 80 80 80 80 80 80 01'],
    ['8 bytes of 1', '09 00'],
    ['4 bytes of 1', '0d 00'],
    ['5 bytes of 1', '0a 05 00'],
    ['a length of over 2^32', '0a ff ff ff ff ff 01'],
  ])('%s is refused: %s', (message, bytes) => {
    const all = (): void => {
      const reader = new ProtobufReader(hex(bytes))
      while (reader.next()) reader.skip()
    }
    expect(all).toThrow(ProtobufError)
    expect(all).toThrow(message)
  })

  it.each<[string, string, (reader: ProtobufReader) => unknown]>([
    ['wire type 0, not 2', '08 01', (r) => r.text()],
    ['wire type 2, not 1', '0a 00', (r) => r.double()],
    ['not UTF-8', '0a 01 ff', (r) => r.text()],
    ['3 bytes of 2', '0a 03 00 00', (r) => r.begin()],
    ['ends within', '0a 01 80', (r) => r.repeated(VARINT, () => r.uint64())],
  ])('%s', (message, bytes, read) => {
    expect(() => read(field(hex(bytes)))).toThrow(message)
  })
})
