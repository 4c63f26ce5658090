import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createGzip } from 'node:zlib'

/** Pieces that are written before others may run. */
const PIECES_PER_TURN = 8
/** Shorter answers are not worth it. */
const COMPRESSED_FROM_BYTES = 1024

/** Sends an answer as fast as it is taken; one that nobody takes any more ends. */
export async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  pieces: Iterable<Uint8Array>,
): Promise<void> {
  const iterator = pieces[Symbol.iterator]()
  const first = iterator.next()
  const second = first.done === true ? first : iterator.next()
  const start = first.done === true ? new Uint8Array(0) : first.value
  const whole = second.done === true
  const zips =
    headers['content-encoding'] === undefined &&
    acceptsGzip(request) &&
    (!whole || start.length >= COMPRESSED_FROM_BYTES)
  response.writeHead(status, {
    ...headers,
    vary: [headers['vary'], 'Accept-Encoding'].filter((part) => part !== undefined).join(', '),
    ...(zips ? { 'content-encoding': 'gzip' } : whole ? { 'content-length': start.length } : {}),
  })
  if (request.method === 'HEAD') {
    response.end()
    return
  }
  if (whole && !zips) {
    response.end(start)
    return
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield start
    let next = second
    for (let sent = 1; next.done !== true; sent++, next = iterator.next()) {
      yield next.value
      if (sent % PIECES_PER_TURN === 0) await nextTurn()
    }
  }
  const source = Readable.from(all(), { objectMode: false, highWaterMark: 65_536 })
  try {
    await (zips ? pipeline(source, createGzip({ level: 1 }), response) : pipeline(source, response))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE')) throw error
  }
}

function acceptsGzip(request: IncomingMessage): boolean {
  const accepted = request.headers['accept-encoding']
  return /(?:^|,)\s*gzip\s*(?:;\s*q=(?:1(?:\.0*)?|0\.0*[1-9]\d*))?\s*(?:,|$)/i.test(accepted ?? '')
}
