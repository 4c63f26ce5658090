import type { Spelling } from './write-request.ts'

/** Up to here a loop beats the call. */
const SHORT = 64
const FIRST_SLOTS = 1024
/** A slot is looked for in so many places; then it is not there. */
const MAX_PROBES = 32

/**
 * Which number a label block stands for, by its bytes: who sends the same series again and again has his labels read once. At
 * `maxBytes` it begins anew.
 */
export class SeriesRefs {
  readonly stats: { hits: number; misses: number; restarts: number } = { hits: 0, misses: 0, restarts: 0 }
  readonly #maxBytes: number
  /** Entry + 1 by hash; 0 is free. */
  #slots = new Uint32Array(FIRST_SLOTS)
  #hashes = new Uint32Array(FIRST_SLOTS)
  #starts = new Uint32Array(FIRST_SLOTS)
  #refs = new Float64Array(FIRST_SLOTS)
  #count = 0
  /** Which entry was asked for after each. */
  #followers = new Uint32Array(FIRST_SLOTS)
  #last = 0
  #bytes = Buffer.alloc(2 ** 16)
  #end = 0

  constructor(maxBytes: number = 32 * 2 ** 20) {
    if (!(maxBytes >= 1024 && maxBytes <= 2 ** 31)) {
      throw new RangeError(`SeriesRefs: maxBytes of ${maxBytes} must be from 1024 to 2^31`)
    }
    this.#maxBytes = maxBytes
  }

  get size(): number {
    return this.#count
  }

  /** 0: not known. */
  get(spelling: Spelling): number {
    // Senders are creatures of habit.
    let entry = this.#followers[this.#last] ?? 0
    if (!(entry < this.#count && this.#holds(entry, spelling))) {
      entry = this.#find(spelling, hashOf(spelling))
      if (entry < 0) {
        this.stats.misses++
        return 0
      }
      this.#followers[this.#last] = entry
    }
    this.#last = entry
    this.stats.hits++
    return this.#refs[entry] ?? 0
  }

  /** @param ref above 0. */
  set(spelling: Spelling, ref: number): void {
    const length = spelling.end - spelling.start
    if (length > this.#maxBytes / 16) return
    const hash = hashOf(spelling)
    const known = this.#find(spelling, hash)
    if (known >= 0) {
      this.#refs[known] = ref
      return
    }
    if (this.#end + length + this.#count * 32 > this.#maxBytes) {
      this.clear()
      this.stats.restarts++
    }
    this.#reserve(length)
    const slot = this.#free(hash)
    if (slot < 0) return
    const entry = this.#count++
    this.#slots[slot] = entry + 1
    this.#hashes[entry] = hash
    this.#starts[entry] = this.#end
    this.#refs[entry] = ref
    this.#followers[entry] = 0
    this.#followers[this.#last] = entry
    this.#last = entry
    this.#bytes.set(spelling.bytes.subarray(spelling.start, spelling.end), this.#end)
    this.#end += length
  }

  clear(): void {
    this.#slots.fill(0)
    this.#count = 0
    this.#last = 0
    this.#end = 0
  }

  #find(spelling: Spelling, hash: number): number {
    const slots = this.#slots
    const mask = slots.length - 1
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const entry = (slots[(hash + probe) & mask] ?? 0) - 1
      if (entry < 0) return -1
      if (this.#hashes[entry] === hash && this.#holds(entry, spelling)) return entry
    }
    return -1
  }

  #holds(entry: number, { bytes, start, end }: Spelling): boolean {
    const from = this.#starts[entry] ?? 0
    const to = entry + 1 < this.#count ? (this.#starts[entry + 1] ?? 0) : this.#end
    if (to - from !== end - start) return false
    const own = this.#bytes
    if (to - from > SHORT) return own.compare(bytes, start, end, from, to) === 0
    for (let i = start, at = from; i < end; i++, at++) if (bytes[i] !== own[at]) return false
    return true
  }

  #free(hash: number): number {
    const mask = this.#slots.length - 1
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const slot = (hash + probe) & mask
      if (this.#slots[slot] === 0) return slot
    }
    return -1
  }

  #reserve(length: number): void {
    if (this.#end + length > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#end + length))
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    if (this.#count * 2 < this.#slots.length) return
    const size = this.#slots.length * 2
    const [hashes, starts, followers] = [new Uint32Array(size), new Uint32Array(size), new Uint32Array(size)]
    const refs = new Float64Array(size)
    hashes.set(this.#hashes)
    starts.set(this.#starts)
    followers.set(this.#followers)
    refs.set(this.#refs)
    this.#hashes = hashes
    this.#starts = starts
    this.#followers = followers
    this.#refs = refs
    this.#slots = new Uint32Array(size)
    for (let entry = 0; entry < this.#count; entry++) {
      const slot = this.#free(this.#hashes[entry] ?? 0)
      // What finds no place any more is asked for again.
      if (slot >= 0) this.#slots[slot] = entry + 1
    }
  }
}

/** FNV-1a, stirred. */
function hashOf({ bytes, start, end }: Spelling): number {
  let hash = 0x811c9dc5
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}
