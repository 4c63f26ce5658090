import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PageError, readPage } from '../index.ts'
import { MESSAGE_CASES } from './message-cases.test.support.ts'
import { type Bytes, delimited, family, histogram, label, part, span, uint, varint } from './message.test.support.ts'
import { OPENMETRICS_CASES } from './openmetrics-cases.test.support.ts'
import { bytesOf, OPENMETRICS, PROTOBUF, TEXT } from './page-case.test.support.ts'
import { TEXT_CASES } from './text-cases.test.support.ts'

/** Reads all of it, labels too; the fault, or how many entries there were. */
function read(page: Uint8Array, contentType: string): PageError | number {
  let entries = 0
  try {
    for (const entry of readPage(page, contentType, { classicHistograms: true })) {
      entries++
      if (entry.kind === 'sample') entry.labels()
    }
  } catch (error) {
    if (error instanceof PageError) return error
    throw error
  }
  return entries
}

const FORMATS = {
  text: { contentType: TEXT, pages: TEXT_CASES.map(([page]) => bytesOf(page)), alphabet: 'a_:{}"=, \t\n#\\0.5eE+-\0é' },
  openmetrics: {
    contentType: OPENMETRICS,
    pages: OPENMETRICS_CASES.map(([page]) => bytesOf(page)),
    alphabet: 'a_:{}"=, \n#\\0.5eE+-\0é',
  },
  protobuf: {
    contentType: PROTOBUF,
    pages: MESSAGE_CASES.map(({ page }) => Uint8Array.from(page)),
    alphabet: '\0\u0001\b\n\u0012\u001a":\u007f\u0080ÿ',
  },
} as const

/** Some pages one after another, with bytes changed, put in, taken out, and cut off. */
function mutated(pages: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const change = fc.record({ at: fc.nat(), take: fc.nat(3), put: fc.uint8Array({ maxLength: 3 }) })
  return fc
    .tuple(
      fc.array(fc.constantFrom(...pages), { minLength: 1, maxLength: 4 }),
      fc.array(change, { maxLength: 4 }),
      fc.nat(),
    )
    .map(([some, changes, cut]) => {
      let bytes: number[] = some.flatMap((page) => [...page])
      for (const { at, take, put } of changes) bytes.splice(at % (bytes.length + 1), take, ...put)
      if (cut % 3 === 0) bytes = bytes.slice(0, cut % (bytes.length + 1))
      return Uint8Array.from(bytes)
    })
}

const RUNS = { numRuns: 1000 }

describe.each(Object.entries(FORMATS))('any bytes as %s', (_, { contentType, pages, alphabet }) => {
  it('are a page or a PageError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void read(bytes, contentType)),
      RUNS,
    )
  })

  it('that look like one are a page or a PageError', () => {
    const text = fc.array(fc.constantFrom(...alphabet.split('')), { maxLength: 60 })
    fc.assert(
      fc.property(text, (chars) => void read(bytesOf(chars.join('')), contentType)),
      RUNS,
    )
  })

  it('that were a page are one or a PageError', () => {
    fc.assert(
      fc.property(mutated(pages), (bytes) => void read(bytes, contentType)),
      RUNS,
    )
  })

  it('are a page or a PageError however much of them there is', () => {
    for (const page of pages) for (let end = 0; end < page.length; end++) read(page.subarray(0, end), contentType)
    expect(pages.length).toBeGreaterThan(100)
  })
})

const MEGA = 1_000_000
const many = (text: string, times: number): string => text.repeat(times)
const metric = (...fields: readonly Bytes[]): Bytes => delimited(family('h', 4, histogram(...fields)))
/** Too much for the stack as arguments. */
const repeated = (one: Bytes, times: number): Bytes => Array.from({ length: times }, () => one).flat()

describe('a page that is too much', () => {
  it.each([
    ['a label of 2 MB', TEXT, `a{b="${many('x', 2 * MEGA)}"} 1\n`, 'a series of over 1048576 bytes'],
    ['a name of 2 MB', OPENMETRICS, `${many('a', 2 * MEGA)} 1\n# EOF`, 'a series of over 1048576 bytes'],
    ['a million labels', TEXT, `a{${many('b="",', MEGA)}} 1\n`, 'over 10000 labels'],
    ['a million odd labels', OPENMETRICS, `a{${many('"b"="",', MEGA)}} 1\n# EOF`, 'over 10000 labels'],
    ['a million labels of an exemplar', OPENMETRICS, `a 1 # {${many('b="",', MEGA)}} 1\n# EOF`, 'over 10000 labels'],
    ['a million digits and a letter', TEXT, `a ${many('1', MEGA)}x\n`, 'strconv.ParseFloat: parsing "1111'],
    ['a million hexadecimal digits', TEXT, `# TYPE a histogram\na{le="0x${many('f', MEGA)}"} 1\n`, undefined],
    ['a million underscores', TEXT, `# TYPE a histogram\na{le="${many('1_', MEGA / 2)}"} 1\n`, undefined],
    ['a time of a million digits', TEXT, `a 1 ${many('9', MEGA)}\n`, 'strconv.ParseInt: parsing "9999'],
    ['a million backslashes', TEXT, `a{b="${many('\\', MEGA)}"} 1\n`, undefined],
    ['a million open braces', TEXT, many('a{', MEGA), 'expected equal'],
    ['a million quotes', OPENMETRICS, many('"', MEGA), 'expected a valid start token'],
    ['a million comments', TEXT, many('#\n', MEGA), undefined],
    ['a million NULs', TEXT, `a{b="${many('\0', MEGA)}"} 1\n`, undefined],
    ['series without labels', TEXT, many('a 1\n', 200_000), undefined],
    [
      'a line full of created times',
      OPENMETRICS,
      `# TYPE a counter\na{b="${many('_created', 100_000)}"} 1\n# EOF`,
      undefined,
    ],
    [
      'types and created times in turn',
      OPENMETRICS,
      `${many('# TYPE a counter\na_total 1\n', 30_000)}a_created 1\n# EOF`,
      undefined,
    ],
  ])('%s', (_, contentType, page, fault) => {
    const outcome = read(bytesOf(page), contentType)
    const message = outcome instanceof PageError ? outcome.message : ''
    expect(message.slice(0, fault?.length ?? Infinity)).toBe(fault ?? '')
    expect(message.length).toBeLessThan(40_000)
  })

  it.each([
    ['buckets', metric(repeated(part(3), 200_000)), 'over 100000 buckets'],
    ['quantiles', delimited(family('s', 2, part(4, repeated(part(3), 200_000)))), 'over 100000 buckets, quantiles'],
    ['exemplars', metric(repeated(part(16), 200_000)), 'over 100000'],
    ['spans', metric(repeated(part(12), 200_000)), 'over 100000'],
    [
      'deltas',
      metric(
        part(
          13,
          Array.from({ length: 200_000 }, () => 0),
        ),
      ),
      'over 100000',
    ],
    ['labels', delimited(family('a', 1, repeated(label('b', ''), 20_000))), 'over 10000 labels'],
    ['bytes of labels', delimited(family('a', 1, label('b', many('x', 2 * MEGA)))), 'a series of over 1048576 bytes'],
    ['a span', metric(uint(1, 1), span(12, 0, 4_294_967_295)), 'spans need 4294967295 buckets'],
    ['a length', [...varint(4_294_967_295), 1], 'expected at least 4294967300 bytes'],
    ['a length within', delimited([...varint((4 << 3) | 2), ...varint(2n ** 63n)]), 'a length of over 2^32'],
    [
      'a varint',
      many('\u00ff', MEGA)
        .split('')
        .map(() => 255),
      'invalid varint',
    ],
  ])('%s', (_, page, fault) => {
    expect(read(Uint8Array.from(page), PROTOBUF)).toEqual(
      expect.objectContaining({ name: 'PageError', message: expect.stringContaining(fault) }),
    )
  })
})
