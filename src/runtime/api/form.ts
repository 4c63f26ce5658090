import type { IncomingMessage } from 'node:http'
import { ApiFault } from './fault.ts'

/** The parameters in the body of a POST; a body that is no form says nothing. @throws ApiFault for one that is too long. */
export async function readForm(request: IncomingMessage, maxBytes: number): Promise<URLSearchParams> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  const pieces: Buffer[] = []
  let bytes = 0
  // The connection must stay: what is wrong is told.
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    bytes += piece.length
    if (bytes > maxBytes) throw new ApiFault('bad_data', `the request is too long: ${maxBytes} bytes at most`, 413)
    pieces.push(piece)
  }
  return new URLSearchParams(type === 'application/x-www-form-urlencoded' ? Buffer.concat(pieces).toString() : '')
}
