import type * as Snappy from 'snappy'

/** Up to here it is done in a ms or two, sooner than by another thread. */
const AT_ONCE_BYTES = 2 * 2 ** 20

/** Native code, loaded when first needed. */
const codec = (): Promise<typeof Snappy> => import('snappy')

/** What is no snappy block, or one too large. */
export class SnappyError extends Error {
  override readonly name = 'SnappyError'
  readonly tooLarge: boolean

  constructor(message: string, tooLarge: boolean, options?: ErrorOptions) {
    super(message, options)
    this.tooLarge = tooLarge
  }
}

/** Snappy's block format. Nothing is allocated for a block that says it holds more than `maxBytes`. Rejects with a SnappyError. */
export async function unsnap(block: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  const length = lengthOf(block)
  if (length > maxBytes) throw new SnappyError(`snappy: ${length} bytes, more than ${maxBytes}`, true)
  const { uncompress, uncompressSync } = await codec()
  try {
    const options = { asBuffer: true }
    const bytes = length > AT_ONCE_BYTES ? await uncompress(block, options) : uncompressSync(block, options)
    if (typeof bytes === 'string') throw new TypeError('BUG: asked for bytes')
    return bytes
  } catch (cause) {
    throw new SnappyError(`snappy: ${cause instanceof Error ? cause.message : String(cause)}`, false, { cause })
  }
}

export async function snap(bytes: Uint8Array): Promise<Uint8Array> {
  const { compress } = await codec()
  return compress(bytes)
}

/** A block begins with the length of what it holds. */
function lengthOf(block: Uint8Array): number {
  let length = 0
  for (let i = 0; i < 5; i++) {
    const byte = block[i]
    if (byte === undefined) throw new SnappyError('snappy: the block ends within its length', false)
    length += (byte & 127) * 2 ** (7 * i)
    if (byte < 128) return length
  }
  throw new SnappyError('snappy: a length of more than 32 bits', false)
}
