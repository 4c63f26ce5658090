import { isStale, setStale } from '../../series/index.ts'
import { ByteWriter } from '../chunk/byte-writer.ts'
import { columnOver } from '../chunk/column.ts'
import { encodeSamples } from '../chunk/samples.ts'
import type { FloatSource } from '../read/source.ts'

/** Samples to a chunk. */
export const CHUNK_SAMPLES = 120
/** Small first, since many series never see more. */
const CAPACITIES = [8, 32, CHUNK_SAMPLES] as const
/** Roughly what the arrays cost beside their contents. */
const OVERHEAD = 400

/** A closed chunk with times of its own. */
export interface OwnChunk {
  readonly kind: 'floats' | 'histograms'
  readonly minTime: number
  readonly maxTime: number
  readonly count: number
  readonly hasStarts: boolean
  readonly bytes: Uint8Array
}

const out = new ByteWriter(4096)

/** Samples in columns that are still open, in order of time. The columns are used again for the next chunk. */
export class OpenFloats {
  #times = new Float64Array(CAPACITIES[0])
  #values = new Float64Array(CAPACITIES[0])
  /** From the first sample that has one. */
  #starts: Float64Array | undefined
  #count = 0
  #limit: number

  /** The first chunk is of `first` samples: series that began together do not all close theirs together. */
  constructor(first: number = CHUNK_SAMPLES) {
    this.#limit = Math.min(first, CHUNK_SAMPLES)
  }

  get count(): number {
    return this.#count
  }

  get full(): boolean {
    return this.#count >= this.#limit
  }

  /** Infinity when there is none. */
  get minTime(): number {
    return this.#count === 0 ? Infinity : (this.#times[0] ?? Infinity)
  }

  /** -Infinity when there is none. */
  get maxTime(): number {
    return this.#count === 0 ? -Infinity : (this.#times[this.#count - 1] ?? -Infinity)
  }

  get bytes(): number {
    return OVERHEAD + this.#times.length * (this.#starts === undefined ? 16 : 24)
  }

  /** Puts the sample where its time belongs; false: another value is at that time. Must not be full. */
  put(at: number, from: Float64Array, i: number, start: number): boolean {
    let place = this.#count
    while (place > 0 && (this.#times[place - 1] ?? 0) >= at) place--
    if (place < this.#count) {
      if (this.#times[place] === at) return this.holds(place, from, i)
      this.#shift(place)
    }
    if (this.#count === this.#times.length) this.#grow()
    const value = from[i] ?? 0
    this.#times[place] = at
    this.#values[place] = value
    if (value !== value && isStale(from, i)) setStale(this.#values, place)
    if (start !== 0) this.#starts ??= new Float64Array(this.#times.length)
    if (this.#starts !== undefined) this.#starts[place] = start
    this.#count++
    return true
  }

  /** Whether the value at the place has the bits of `from[i]`, as far as they matter. */
  holds(place: number, from: Float64Array, i: number): boolean {
    return Object.is(this.#values[place], from[i]) && isStale(this.#values, place) === isStale(from, i)
  }

  /** Empties the columns into a chunk. */
  close(): OwnChunk {
    const starts = this.#starts
    const columns = {
      times: columnOver(this.#times),
      values: columnOver(this.#values),
      starts: starts && columnOver(starts),
    }
    out.truncate()
    encodeSamples(out, columns, this.#count)
    const { minTime, maxTime } = this
    const chunk: OwnChunk = {
      kind: 'floats',
      minTime,
      maxTime,
      count: this.#count,
      hasStarts: starts !== undefined,
      bytes: out.copy(),
    }
    this.#count = 0
    this.#limit = CHUNK_SAMPLES
    this.#starts = undefined
    return chunk
  }

  source(): FloatSource {
    const count = this.#count
    const times = this.#times.subarray(0, count)
    const values = this.#values.subarray(0, count)
    const starts = this.#starts?.subarray(0, count)
    return {
      minTime: this.minTime,
      maxTime: this.maxTime,
      count,
      hasStarts: starts !== undefined,
      sharedTimes: undefined,
      read: (into, at) => {
        into.times.values.set(times, at)
        into.values.values.set(values, at)
        if (starts === undefined) into.starts?.values.fill(0, at, at + count)
        else into.starts?.values.set(starts, at)
      },
    }
  }

  /** Makes room at `place`. */
  #shift(place: number): void {
    if (this.#count === this.#times.length) this.#grow()
    for (const column of [this.#times, this.#values, this.#starts]) column?.copyWithin(place + 1, place, this.#count)
  }

  #grow(): void {
    const capacity = CAPACITIES.find((each) => each > this.#count) ?? CHUNK_SAMPLES
    this.#times = grown(this.#times, capacity)
    this.#values = grown(this.#values, capacity)
    this.#starts &&= grown(this.#starts, capacity)
  }
}

function grown(column: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(capacity)
  larger.set(column)
  return larger
}
