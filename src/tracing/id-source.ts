/** Where ids come from. A test hands in a counter; a service uses {@link createIdSource}. */
export interface IdSource {
  /** 32 lowercase hex digits, never all zero. */
  traceId(): string
  /** 16 lowercase hex digits, never all zero. */
  spanId(): string
}

/** Ids of which the part that decides whether a trace is kept can be drawn first, and the id made when it is needed. */
export interface TraceIdSource extends IdSource {
  /** Whole, from 0 to 2^52 - 1. */
  randomness(): number
  /** A trace id of that randomness. */
  traceIdWith(randomness: number): string
}

const POOL_BYTES = 16_384
const TRACE_BYTES = 16
const POOL_WORDS = 1024
const ALL_ZERO = /^0+$/

/** With what is loaded for the first id: node:crypto takes 1 MB, which a service need not have before its first request. */
function fill(bytes: NodeJS.ArrayBufferView): void {
  process.getBuiltinModule('node:crypto').randomFillSync(bytes)
}

/** Ids from the cryptographic source, drawn 16 KB at a time: a tenth of what `randomBytes` costs per id. */
export function createIdSource(): TraceIdSource {
  const pool = Buffer.alloc(POOL_BYTES)
  let used = POOL_BYTES
  const words = new Uint32Array(POOL_WORDS)
  let usedWords = POOL_WORDS

  function draw(bytes: number): string {
    if (used + bytes > POOL_BYTES) {
      fill(pool)
      used = 0
    }
    const id = pool.toString('hex', used, used + bytes)
    used += bytes
    return id.startsWith('00') && ALL_ZERO.test(id) ? draw(bytes) : id
  }

  function randomness(): number {
    if (usedWords === POOL_WORDS) {
      fill(words)
      usedWords = 0
    }
    const high = words[usedWords] ?? 0
    const low = words[usedWords + 1] ?? 0
    usedWords += 2
    return high * 2 ** 20 + (low >>> 12)
  }

  return {
    traceId: () => draw(16),
    spanId: () => draw(8),
    randomness,
    traceIdWith(value) {
      if (used + TRACE_BYTES > POOL_BYTES) {
        fill(pool)
        used = 0
      }
      // The randomness is digits 18 to 30: six and a half bytes.
      pool.writeUIntBE(Math.floor(value / 16), used + 9, 6)
      const last = used + TRACE_BYTES - 1
      pool[last] = ((value % 16) << 4) | ((pool[last] ?? 0) & 0x0f)
      const id = pool.toString('hex', used, used + TRACE_BYTES)
      used += TRACE_BYTES
      return id
    },
  }
}
