import { nextTurn } from '../next-turn.ts'
import type { RegistryReader } from '../reader.ts'
import type { Wrote } from './chunk.ts'
import type { Format } from './negotiate.ts'
import { PageCache } from './page-cache.ts'
import { encode } from './scratch.ts'

/** Lines written anew before other work gets its turn. */
const LINES_A_TURN = 512
/** What a line costs in such lines: its first writing, its number alone, or to find that it has not changed. */
const COST: Readonly<Record<Wrote, number>> = { all: 1, some: 1 / 2, none: 1 / 32 }
/** What it costs to see whether a series is there still, in lines written. */
const CAPTURED = 1 / 4
/** Smaller pieces are joined, up to twice this size; a bigger one goes as it is. */
const PIECE_BYTES = 16 * 1024

const END_OF_OPENMETRICS = encode('# EOF\n')

/**
 * A registry's page, written as it is asked for, in turns that let other work pass. A `transient` page is made of pieces
 * that are only good until the next one is asked for.
 */
export async function* page(
  registry: RegistryReader,
  format: Format,
  cache: PageCache = PageCache.of(registry),
  transient = false,
): AsyncGenerator<Uint8Array> {
  await registry.refresh()
  const joint = new Joint(transient)
  let lines = 0
  for (const family of cache.families(format, [...registry.metrics()])) {
    for (const series of family.capture()) {
      lines += series * CAPTURED
      if (lines >= LINES_A_TURN) {
        lines = 0
        await nextTurn()
      }
    }
    const { plan } = family
    if (plan === undefined || plan.series === 0) continue
    // A protobuf message tells its length first.
    const whole: Uint8Array[] | undefined = format.kind === 'protobuf' ? [] : undefined
    if (whole === undefined) {
      const header = family.writer.header(0)
      if (!joint.hasRoom(header)) yield joint.flush()
      joint.add(header)
    }
    for (const chunk of plan.chunks) {
      const { bytes, wrote } = family.render(chunk, plan, transient && whole === undefined)
      lines += 1 + chunk.series * family.writer.lines * COST[wrote]
      if (whole !== undefined) {
        whole.push(bytes)
      } else {
        if (!joint.hasRoom(bytes)) yield joint.flush()
        if (bytes.length >= PIECE_BYTES) yield bytes
        else joint.add(bytes)
        if (transient) chunk.giveBack(bytes)
      }
      if (lines >= LINES_A_TURN) {
        lines = 0
        await nextTurn()
      }
    }
    if (whole !== undefined) {
      const header = family.writer.header(whole.reduce((sum, { length }) => sum + length, 0))
      for (const bytes of [header, ...whole]) {
        if (!joint.hasRoom(bytes)) yield joint.flush()
        if (bytes.length >= PIECE_BYTES) yield bytes
        else joint.add(bytes)
      }
    }
  }
  if (format.kind === 'openmetrics') joint.add(END_OF_OPENMETRICS)
  if (!joint.isEmpty()) yield joint.flush()
}

/** Joins copies of small pieces to one. */
class Joint {
  readonly #transient: boolean
  #bytes = new Uint8Array(2 * PIECE_BYTES)
  #length = 0

  constructor(transient: boolean) {
    this.#transient = transient
  }

  isEmpty(): boolean {
    return this.#length === 0
  }

  /** False: it is to be flushed first. */
  hasRoom({ length }: Uint8Array): boolean {
    return this.isEmpty() || (length < PIECE_BYTES && this.#length + length <= this.#bytes.length)
  }

  add(piece: Uint8Array): void {
    if (this.#length + piece.length > this.#bytes.length) {
      const longer = new Uint8Array(this.#length + piece.length)
      longer.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = longer
    }
    this.#bytes.set(piece, this.#length)
    this.#length += piece.length
  }

  flush(): Uint8Array {
    const length = this.#length
    this.#length = 0
    return this.#transient ? this.#bytes.subarray(0, length) : this.#bytes.slice(0, length)
  }
}
