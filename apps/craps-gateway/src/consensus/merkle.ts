import { createHash } from 'node:crypto'

/** RFC 6962: leaves and nodes are hashed under different prefixes, so that no node can pass for a leaf. */
const LEAF = Buffer.of(0)
const NODE = Buffer.of(1)
const HASH_BYTES = 32

const leafHash = (data: string): Buffer => createHash('sha256').update(LEAF).update(data).digest()
const nodeHash = (left: Buffer, right: Buffer): Buffer =>
  createHash('sha256').update(NODE).update(left).update(right).digest()

/**
 * The tree of RFC 6962, section 2.1, built level by level. A last node without a sibling moves up as it is: it is never
 * paired with itself, so no two lists of leaves share a root and a size.
 */
export class MerkleTree {
  /** Of all levels, the leaves first. A buffer for each would take many times its hash, and rolls are kept for long. */
  readonly #hashes: Buffer
  readonly root: string
  readonly size: number

  constructor(leaves: readonly string[]) {
    let level: readonly Buffer[] = leaves.map(leafHash)
    const all = [...level]
    while (level.length > 1) {
      level = parents(level)
      all.push(...level)
    }
    this.#hashes = Buffer.allocUnsafeSlow(all.length * HASH_BYTES)
    all.forEach((hash, i) => hash.copy(this.#hashes, i * HASH_BYTES))
    this.size = leaves.length
    this.root = (level[0] ?? createHash('sha256').digest()).toString('hex')
  }

  /** The audit path of one leaf, from its sibling up to the root's child, in hex. */
  path(index: number): readonly string[] {
    if (!(Number.isInteger(index) && index >= 0 && index < this.size)) {
      throw new RangeError(`leaf ${index} is not in a tree of ${this.size}`)
    }
    const path: string[] = []
    let [node, first, count] = [index, 0, this.size]
    while (count > 1) {
      const sibling = node ^ 1
      if (sibling < count) path.push(this.#hash(first + sibling))
      node = Math.floor(node / 2)
      first += count
      count = Math.ceil(count / 2)
    }
    return path
  }

  #hash(at: number): string {
    return this.#hashes.toString('hex', at * HASH_BYTES, (at + 1) * HASH_BYTES)
  }
}

function parents(level: readonly Buffer[]): readonly Buffer[] {
  const up: Buffer[] = []
  for (let i = 0; i < level.length; i += 2) {
    const [left, right] = level.slice(i, i + 2)
    if (left === undefined) throw new Error('BUG: a level without nodes')
    up.push(right === undefined ? left : nodeHash(left, right))
  }
  return up
}

export interface Membership {
  readonly leaf: string
  readonly index: number
  /** Leaves in the tree. It must come from a trusted place, like the root: the path alone does not prove it. */
  readonly size: number
  readonly path: readonly string[]
  readonly root: string
}

/** RFC 9162, section 2.1.3.2. */
export function isMember({ leaf, index, size, path, root }: Membership): boolean {
  if (!(Number.isInteger(index) && index >= 0 && index < size)) return false
  let node = index
  let last = size - 1
  let hash = leafHash(leaf)
  for (const step of path) {
    if (last === 0) return false
    const sibling = Buffer.from(step, 'hex')
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash)
      while (node % 2 === 0 && node !== 0) {
        node /= 2
        last = Math.floor(last / 2)
      }
    } else {
      hash = nodeHash(hash, sibling)
    }
    node = Math.floor(node / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && hash.toString('hex') === root
}
