import type { IncomingMessage } from 'node:http'
import { ApiFault } from './fault.ts'

/** The body of a POST; empty otherwise. @throws ApiFault for one that is too long, or breaks off. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (request.method !== 'POST') return Buffer.alloc(0)
  const pieces: Buffer[] = []
  let bytes = 0
  try {
    // The connection must stay: what is wrong is told.
    for await (const piece of request.iterator({ destroyOnReturn: false })) {
      bytes += piece.length
      if (bytes > maxBytes) throw new ApiFault('bad_data', `the request is too long: ${maxBytes} bytes at most`, 413)
      pieces.push(piece)
    }
  } catch (error) {
    if (error instanceof ApiFault) throw error
    throw new ApiFault('bad_data', 'the body broke off')
  }
  return Buffer.concat(pieces)
}

/** The parameters in a body; one that is no form says nothing. */
export function formOf(request: IncomingMessage, body: Buffer): URLSearchParams {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  return new URLSearchParams(type === 'application/x-www-form-urlencoded' ? body.toString() : '')
}
