import type { IncomingMessage, ServerResponse } from 'node:http'

/** What Express sets on every request and answer, whatever the application. */
interface ExpressRequest extends IncomingMessage {
  res?: unknown
  next?: unknown
  baseUrl?: unknown
  originalUrl?: unknown
  _parsedUrl?: unknown
  params?: unknown
  route?: unknown
}

interface ExpressResponse extends ServerResponse {
  locals?: unknown
}

const FIRST_THAT_SHARES = 24

/** V8 before that of Node 24 gives an object a shape of its own for each property added after a change of prototype. */
const SHARES_SHAPES = Number(process.versions.node.split('.', 1)[0]) >= FIRST_THAT_SHARES

/**
 * Makes room for what Express is about to set; what an outer application has set stays. Express changes the prototypes of both
 * messages first: without the room every request had shapes that no other has, and every property that anybody reads of it
 * had to be searched for, which is a quarter of what a request costs. Where a middleware looks, Express has set all but `route`.
 */
export function keepShapes(asked: ExpressRequest, answer: ExpressResponse): void {
  if (SHARES_SHAPES) return
  try {
    const { res, next, baseUrl, originalUrl, _parsedUrl, params, route } = asked
    asked.res = res
    asked.next = next
    asked.baseUrl = baseUrl
    asked.originalUrl = originalUrl
    asked._parsedUrl = _parsedUrl
    asked.params = params
    asked.route = route
    const { locals } = answer
    answer.locals = locals
  } catch {
    // Who made one of these unwritable gets to know it from Express.
  }
}
