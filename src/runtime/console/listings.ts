import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Listing, ListingColumn, ListingRow } from '../../packs/index.ts'
import { type JsonAnswer, notAllowed, refusal, sendJson } from '../json-answer.ts'

const USUALLY = 50
const MOST = 500

/** As `/api/console/listings/ID` answers. */
export interface ListingAnswer {
  readonly columns: readonly ListingColumn[]
  readonly orders: Listing['orders']
  /** The one that the rows have. */
  readonly order: string
  /** How many there are, shown or not. */
  readonly total: number
  readonly rows: readonly ListingRow[]
}

/** Those at the head of a listing: `order` is one of its orders, `limit` how many rows. */
export function answerListing(
  request: IncomingMessage,
  response: ServerResponse,
  listings: readonly Listing[],
  id: string,
): void {
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  sendJson(
    request,
    response,
    isRead
      ? listed(listings, id, new URL(request.url ?? '', 'http://localhost').searchParams)
      : notAllowed(request, 'GET, HEAD'),
  )
}

function listed(listings: readonly Listing[], id: string, asked: URLSearchParams): JsonAnswer {
  const listing = listings.find((each) => each.id === id)
  if (listing === undefined) {
    const known = listings.map((each) => each.id).join(', ')
    return refusal(404, `no listing is called ${JSON.stringify(id)}; there ${known === '' ? 'is none' : `is ${known}`}`)
  }
  const { columns, orders } = listing
  const order = asked.get('order') ?? orders[0]?.id ?? ''
  if (!orders.some((each) => each.id === order)) {
    const known = orders.map((each) => each.id).join(', ')
    return refusal(400, `order ${JSON.stringify(order)}: it is one of ${known}`)
  }
  const limit = Number(asked.get('limit') ?? USUALLY)
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST) {
    return refusal(400, `limit ${JSON.stringify(asked.get('limit'))}: it is a whole number from 1 to ${MOST}`)
  }
  const body: ListingAnswer = { columns, orders, order, total: listing.size(), rows: listing.rows(order, limit) }
  return { status: 200, body }
}
