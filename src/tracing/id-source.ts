import { randomFillSync } from 'node:crypto'

/** Where ids come from. A test hands in a counter; a service uses {@link createIdSource}. */
export interface IdSource {
  /** 32 lowercase hex digits, never all zero. */
  traceId(): string
  /** 16 lowercase hex digits, never all zero. */
  spanId(): string
}

const POOL_BYTES = 16_384
const ALL_ZERO = /^0+$/

/** Ids from the cryptographic source, drawn 16 KB at a time: a tenth of what `randomBytes` costs per id. */
export function createIdSource(): IdSource {
  const pool = Buffer.alloc(POOL_BYTES)
  let used = POOL_BYTES

  function draw(bytes: number): string {
    if (used + bytes > POOL_BYTES) {
      randomFillSync(pool)
      used = 0
    }
    const id = pool.toString('hex', used, used + bytes)
    used += bytes
    return id.startsWith('00') && ALL_ZERO.test(id) ? draw(bytes) : id
  }

  return { traceId: () => draw(16), spanId: () => draw(8) }
}
