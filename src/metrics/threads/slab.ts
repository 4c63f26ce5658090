/*
 * A slab is the metrics of one thread in memory that others read: no message is needed, and its thread may be blocked or
 * gone. It is made of cells of 8 bytes, and is referred to by the cell's number; 0 is nowhere. Only its owner writes.
 *
 *   slab    MAGIC, LAYOUT, OWNER, FIRST metric, UNPLACED                          Int32 each, 64 bytes in all
 *   metric  NEXT metric, STATE, VERSION, TEXT_BYTES, TABLE_LENGTH                 Int32 each, 32 bytes in all
 *           table: cell of each page                                              Int32 x TABLE_LENGTH, in whole cells
 *           the metric's outline in JSON                                          UTF-8 x TEXT_BYTES, in whole cells
 *   page    numbers of each slot                                                  Float64 x slots x width
 *           when each slot's series began, ms since the epoch; 0: unknown         Float64 x slots
 *           epoch of each slot's series; 0: the slot is empty                     Int32 x slots
 *           cell of its labels; 0: OVERFLOW in each of them                       Int32 x slots
 *   labels  bytes of all that follows                                             Int32
 *           of each label, bytes of its value, -1: the series has no such label   Int32
 *           and the value                                                         UTF-8, in whole Int32s
 *
 * Metrics are only ever added, each further on than the one before. A series comes by its epoch, which is written last,
 * and goes by it, which is then written first; VERSION is counted up after either. Who reads looks at the epoch before
 * and after, and takes nothing of a slot whose epoch has changed meanwhile.
 *
 * Numbers are plain Float64s. JavaScript lets such a store tear, but no engine does on machines of 64 bits: it is one
 * aligned move. They are read one by one, lest a copy of bytes tear them after all.
 */

export const CELL = 8
const MAGIC_NUMBER = 0x424f584d
const LAYOUT_NUMBER = 1

export const SLAB: {
  readonly MAGIC: 0
  readonly LAYOUT: 1
  readonly OWNER: 2
  readonly FIRST: 3
  readonly UNPLACED: 4
} = {
  MAGIC: 0,
  LAYOUT: 1,
  OWNER: 2,
  FIRST: 3,
  UNPLACED: 4,
}
export const SLAB_BYTES = 64

export const METRIC: {
  readonly NEXT: 0
  readonly STATE: 1
  readonly VERSION: 2
  readonly TEXT_BYTES: 3
  readonly TABLE_LENGTH: 4
} = { NEXT: 0, STATE: 1, VERSION: 2, TEXT_BYTES: 3, TABLE_LENGTH: 4 }
export const METRIC_BYTES = 32

export const LIVE = 1
export const REMOVED = 2

export const NO_LABEL = -1
/** A series whose labels are longer than this in all goes to `__overflow__`. */
export const MOST_LABEL_BYTES: number = 64 * 1024

export const MOST_BYTES_DEFAULT: number = 16 * 1024 * 1024
const INITIAL_BYTES = 64 * 1024

export interface SlabOptions {
  /** What it may grow to; memory is taken as it is needed. Default 16 MiB: some 150 000 counters. */
  readonly maxBytes?: number
}

/**
 * Memory for the metrics of one thread: hand it to the thread (`workerData`, or by a message), where `new Registry({ slab })`
 * counts in it, and to {@link attachThread} where it is to be read. A slab serves one registry; a new thread needs a new one.
 * @throws RangeError
 */
export function createSlab({ maxBytes = MOST_BYTES_DEFAULT }: SlabOptions = {}): SharedArrayBuffer {
  if (!(Number.isSafeInteger(maxBytes) && maxBytes >= 4096 && maxBytes <= 2 ** 31)) {
    throw new RangeError(`createSlab: maxBytes ${maxBytes} must be a whole number from 4096 to 2147483648`)
  }
  const most = inCells(maxBytes) * CELL
  const slab = new SharedArrayBuffer(Math.min(INITIAL_BYTES, most), { maxByteLength: most })
  const head = slabHead(slab)
  head[SLAB.LAYOUT] = LAYOUT_NUMBER
  Atomics.store(head, SLAB.MAGIC, MAGIC_NUMBER)
  return slab
}

/** @throws TypeError unless it was made by {@link createSlab}. */
export function checkSlab(slab: unknown): SharedArrayBuffer {
  if (slab instanceof SharedArrayBuffer && slab.byteLength >= SLAB_BYTES) {
    const head = slabHead(slab)
    if (Atomics.load(head, SLAB.MAGIC) === MAGIC_NUMBER && head[SLAB.LAYOUT] === LAYOUT_NUMBER) return slab
  }
  throw new TypeError('slab: expected what createSlab() made, as the same version of this package makes it')
}

export function slabHead(slab: SharedArrayBuffer): Int32Array {
  return new Int32Array(slab, 0, SLAB_BYTES / 4)
}

export function inCells(bytes: number): number {
  return Math.ceil(bytes / CELL)
}

/** Views of one page. Fixed in length: a view that tracks a growing buffer's length is ten times as slow. */
export interface SlabPage {
  readonly numbers: Float64Array
  readonly began: Float64Array
  readonly epochs: Int32Array
  readonly labels: Int32Array
}

export function pageBytes(slots: number, width: number): number {
  return slots * (width + 2) * CELL
}

export function slabPage(slab: SharedArrayBuffer, cell: number, slots: number, width: number): SlabPage {
  const numbers = new Float64Array(slab, cell * CELL, slots * width)
  const began = new Float64Array(slab, numbers.byteOffset + numbers.byteLength, slots)
  const epochs = new Int32Array(slab, began.byteOffset + began.byteLength, slots)
  const labels = new Int32Array(slab, epochs.byteOffset + epochs.byteLength, slots)
  return { numbers, began, epochs, labels }
}
