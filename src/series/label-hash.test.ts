import { describe, expect, it } from 'vitest'
import { labelHash, LabelSet, xxhash64 } from './index.ts'

describe('label hash', () => {
  it.each([
    ['', 'ef46db3751d8e999'],
    ['a', 'd24ec4f1a98c6e5b'],
    ['abc', '44bc2cf5ad770999'],
  ])('is xxHash of %j', (text, hex) => {
    expect(xxhash64(new TextEncoder().encode(text)).toString(16)).toBe(hex)
  })

  it('is of the labels, not of the order in which they were given', () => {
    const hash = labelHash(LabelSet.of({ file: 'a.yml', name: 'g' }))
    expect(labelHash(LabelSet.of({ name: 'g', file: 'a.yml' }))).toBe(hash)
    expect(labelHash(LabelSet.of({ name: 'g', file: 'b.yml' }))).not.toBe(hash)
  })
})
