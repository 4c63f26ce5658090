import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isMember, MerkleTree } from './index.ts'

const leaves = (min: number) => fc.array(fc.string({ maxLength: 8 }), { minLength: min, maxLength: 40 })
const hash = fc.stringMatching(/^[0-9a-f]{64}$/)

function membership(all: readonly string[], index: number) {
  const tree = new MerkleTree(all)
  return { leaf: all[index] ?? '', index, size: all.length, path: tree.path(index), root: tree.root }
}

describe('MerkleTree', () => {
  // The roots of the reference tests of Certificate Transparency, whose leaves are these bytes.
  it.each([
    [0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    [2, 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
    [3, 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
  ])('makes the known root of %i leaves', (size, root) => {
    expect(new MerkleTree(['', '\u0000', '\u0010'].slice(0, size)).root).toBe(root)
  })

  it('proves every leaf', () => {
    fc.assert(fc.property(leaves(1), (all) => all.every((_, index) => isMember(membership(all, index)))))
  })

  it('proves no other leaf, place, path or root', () => {
    // Two equal leaves would truly be at either place.
    const different = fc.uniqueArray(fc.string({ maxLength: 8 }), { minLength: 2, maxLength: 40 })
    fc.assert(
      fc.property(different, fc.nat(), fc.nat(), hash, fc.string(), (all, pick, other, wrong, leaf) => {
        const index = pick % all.length
        const good = membership(all, index)
        const step = other % good.path.length
        const changed = [
          ...(leaf === good.leaf ? [] : [{ ...good, leaf }]),
          ...all.flatMap((_, place) => (place === index ? [] : [{ ...good, index: place }])),
          { ...good, root: wrong },
          { ...good, path: good.path.slice(1) },
          { ...good, path: good.path.slice(0, -1) },
          { ...good, path: [...good.path, wrong] },
          { ...good, path: good.path.toSpliced(step, 1, wrong) },
          { ...good, index: -1 },
          { ...good, index: index + 0.5 },
          { ...good, index: all.length },
          { ...good, size: 0 },
        ]
        expect(changed.filter((each) => isMember(each))).toEqual([])
      }),
    )
  })

  it('takes no second leaf of two for the only one', () => {
    expect(isMember({ ...membership(['a', 'b'], 1), index: 0, size: 1 })).toBe(false)
  })

  it('shares its root with no list that repeats its last leaf', () => {
    fc.assert(
      fc.property(leaves(1), (all) => new MerkleTree(all).root !== new MerkleTree([...all, all.at(-1) ?? '']).root),
    )
  })

  it.each([-1, 2, 0.5, NaN])('has no path to leaf %d of 2', (index) => {
    expect(() => new MerkleTree(['a', 'b']).path(index)).toThrow(RangeError)
  })
})
