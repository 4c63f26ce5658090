import { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpRequest, HttpResponse } from './message.ts'

/** Whether the connection is gone. Streams of HTTP/2 tell their end by themselves. */
export function isCutOff(request: HttpRequest): boolean {
  return request instanceof IncomingMessage && request.socket.destroyed
}

/** Whether all of it was sent. A response of HTTP/2 is finished as soon as its stream is closed, for whatever reason. */
export function isWhole(response: HttpResponse): boolean {
  if (response instanceof ServerResponse) return response.writableFinished
  return !response.stream.aborted && response.stream.rstCode === 0
}

export function isEncrypted(request: HttpRequest): boolean {
  if (request instanceof IncomingMessage) return 'encrypted' in request.socket && request.socket.encrypted === true
  return request.stream.session?.encrypted === true
}

const LENGTH = 'content-length'
const ENCODING = 'transfer-encoding'

/** Undefined of a body in chunks. */
export function requestBytes(request: HttpRequest): number | undefined {
  const { rawHeaders } = request
  let chunked = request instanceof IncomingMessage ? false : !request.stream.endAfterHeaders
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? ''
    // By its length first: this runs once a request over all of its headers.
    if (name.length === LENGTH.length && name.toLowerCase() === LENGTH) return wholeNumber(rawHeaders[i + 1])
    if (name.length === ENCODING.length && name.toLowerCase() === ENCODING) chunked = true
  }
  return chunked ? undefined : 0
}

/** Undefined of what was written in parts. */
export function responseBytes(response: HttpResponse): number | undefined {
  const { statusCode } = response
  if (response.req.method === 'HEAD' || statusCode === 204 || statusCode === 304) return 0
  // What Node counted itself because the body came whole; it leaves no header behind.
  const counted: unknown = Reflect.get(response, '_contentLength')
  return typeof counted === 'number' ? counted : wholeNumber(response.getHeader(LENGTH))
}

function wholeNumber(value: unknown): number | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined
  const number = Number(value)
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined
}
