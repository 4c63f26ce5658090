import { crc32 } from 'node:zlib'
import type { ByteWriter } from '../chunk/byte-writer.ts'
import { SLACK } from '../chunk/byte-writer.ts'
import type { OpenFile } from './files.ts'

/** docs/format/frame.md */
const MARKER = 0xb5f7
const VERSION = 1
const PLACES = { marker: 0, type: 2, version: 3, length: 4, bodySum: 8, headSum: 12 } as const
export const HEAD_BYTES = 16
/** A body is never longer, so that a damaged length cannot ask for all memory. */
export const MAX_BODY: number = 2 ** 27
const PIECE = 2 ** 20

export interface Frame {
  readonly type: number
  /** Where its head begins. */
  readonly at: number
  /** With SLACK bytes behind it. Overwritten by the next frame's. */
  readonly body: Uint8Array
}

/** Bytes that belong to no whole frame. */
export interface Damage {
  readonly from: number
  readonly to: number
}

/** A whole frame that another version of this program wrote. */
export class VersionError extends Error {
  override readonly name = 'VersionError'
}

const NO_HEAD = new Uint8Array(HEAD_BYTES)

export function writeFrame(out: ByteWriter, type: number, write: (out: ByteWriter) => void): void {
  const start = out.length
  out.raw(NO_HEAD)
  write(out)
  const bytes = out.view().subarray(start)
  const length = bytes.length - HEAD_BYTES
  if (length > MAX_BODY) throw new RangeError(`a frame of ${length} bytes is longer than ${MAX_BODY}`)
  const head = new DataView(bytes.buffer, bytes.byteOffset, HEAD_BYTES)
  head.setUint16(PLACES.marker, MARKER, true)
  head.setUint8(PLACES.type, type)
  head.setUint8(PLACES.version, VERSION)
  head.setUint32(PLACES.length, length, true)
  head.setUint32(PLACES.bodySum, crc32(bytes.subarray(HEAD_BYTES)), true)
  head.setUint32(PLACES.headSum, crc32(bytes.subarray(0, PLACES.headSum)), true)
}

interface Head {
  readonly type: number
  readonly length: number
  readonly bodySum: number
}

function headAt(bytes: Uint8Array, at: number): Head | undefined {
  if (bytes[at] !== (MARKER & 0xff) || bytes[at + 1] !== MARKER >>> 8) return undefined
  const head = new DataView(bytes.buffer, bytes.byteOffset + at, HEAD_BYTES)
  if (head.getUint32(PLACES.headSum, true) !== crc32(bytes.subarray(at, at + PLACES.headSum))) return undefined
  const version = head.getUint8(PLACES.version)
  if (version !== VERSION) throw new VersionError(`is in version ${version} of the format, this one knows ${VERSION}`)
  const length = head.getUint32(PLACES.length, true)
  if (length > MAX_BODY) return undefined
  return { type: head.getUint8(PLACES.type), length, bodySum: head.getUint32(PLACES.bodySum, true) }
}

/**
 * The frame whose head begins at `at`, in a file of `size` bytes; or undefined when no whole one does.
 * @throws VersionError
 */
export function readFrame(file: OpenFile, at: number, size: number): Frame | undefined {
  if (!(Number.isSafeInteger(at) && at >= 0)) return undefined
  const head = new Uint8Array(HEAD_BYTES)
  if (file.read(head, at) < HEAD_BYTES) return undefined
  const found = headAt(head, 0)
  if (found === undefined || at + HEAD_BYTES + found.length > size) return undefined
  const body = new Uint8Array(found.length + SLACK).subarray(0, found.length)
  if (file.read(body, at + HEAD_BYTES) < body.length || crc32(body) !== found.bodySum) return undefined
  return { type: found.type, at, body }
}

/** All whole frames of a file in turn, a piece of it in memory at a time. What is damaged is told, and passed over. @throws VersionError */
export function* readFrames(file: OpenFile, damaged: (damage: Damage) => void): Generator<Frame, void> {
  const { size } = file
  let buffer = new Uint8Array(PIECE + SLACK)
  /** Place in the file of the buffer's first byte, and how many bytes of it are there. */
  let origin = 0
  let filled = 0
  const load = (from: number, needed: number): boolean => {
    if (from + needed > size) return false
    if (from + needed <= origin + filled) return true
    if (needed + SLACK > buffer.length) buffer = new Uint8Array(needed + SLACK)
    const room = buffer.subarray(0, buffer.length - SLACK)
    origin = from
    filled = file.read(room, from)
    return filled >= needed
  }
  let at = 0
  let lostFrom = -1
  while (load(at, HEAD_BYTES)) {
    const head = headAt(buffer, at - origin)
    if (head === undefined || at + HEAD_BYTES + head.length > size) {
      if (lostFrom < 0) lostFrom = at
      at = nextMarker(buffer, at + 1 - origin, filled) + origin
      continue
    }
    const end = at + HEAD_BYTES + head.length
    if (!load(at, HEAD_BYTES + head.length)) break
    const from = at - origin + HEAD_BYTES
    const body = buffer.subarray(from, from + head.length)
    if (crc32(body) === head.bodySum) {
      if (lostFrom >= 0) damaged({ from: lostFrom, to: at })
      lostFrom = -1
      yield { type: head.type, at, body }
    } else if (lostFrom < 0) {
      lostFrom = at
    }
    at = end
  }
  if (lostFrom >= 0 || at < size) damaged({ from: lostFrom >= 0 ? lostFrom : at, to: size })
}

/** The next place that may begin a head; or the first that the buffer does not hold enough of to tell. */
function nextMarker(buffer: Uint8Array, from: number, filled: number): number {
  for (let at = from; at < filled - 1; at++) {
    if (buffer[at] === (MARKER & 0xff) && buffer[at + 1] === MARKER >>> 8) return at
  }
  return Math.max(from, filled - 1)
}
