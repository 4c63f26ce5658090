import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'

/** A request that is answered with this status, and why. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: number
  readonly retryAfterSeconds: number | undefined

  constructor(status: number, message: string, retryAfterSeconds?: number) {
    super(message)
    this.status = status
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** A body that takes longer takes the place of others. */
const DEADLINE_MS = 30_000

/** The whole body. Rejects with a Refused: 413 as soon as it is known to be longer, 408 when it takes too long. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = (): Refused => new Refused(413, `the body is over ${maxBytes} bytes`)
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.reject(tooLarge())
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    let length = 0
    const timer = setTimeout(
      () => reject(new Refused(408, `the body took over ${DEADLINE_MS} ms`)),
      DEADLINE_MS,
    ).unref()
    request.on('data', (piece: Buffer) => {
      length += piece.length
      if (length <= maxBytes) pieces.push(piece)
      else {
        // What else comes is let go of, so that the answer is read.
        pieces.length = 0
        reject(tooLarge())
      }
    })
    request.once('end', () => {
      clearTimeout(timer)
      const [only] = pieces
      resolve(pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces))
    })
    request.once('error', () => reject(new Refused(400, 'the body broke off')))
    request.once('close', () => {
      clearTimeout(timer)
      reject(new Refused(400, 'the body broke off'))
    })
  })
}

const unzip = promisify(gunzip)

/** Rejects with a Refused: 413 when there is more than `maxBytes` in it, 400 when it is no gzip. */
export async function gunzipBody(body: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  try {
    return await unzip(body, { maxOutputLength: maxBytes })
  } catch (error) {
    const tooLarge = error instanceof RangeError
    throw new Refused(
      tooLarge ? 413 : 400,
      tooLarge ? `the body holds over ${maxBytes} bytes` : `gzip: ${String(error)}`,
    )
  }
}
