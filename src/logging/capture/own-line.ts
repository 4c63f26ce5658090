import { isWriting } from '../destination.ts'

/** How a line of a logger of ours begins, under each preset. */
const BEGINNING = /^\{"(?:level":"[a-z]+","time|@timestamp|timestamp)":"\d{4}-\d\d-\d\dT/

/**
 * Whether what is printed is a line already: a destination prints it, now or, with something asynchronous in between, later. To take it for
 * something new would go on for ever.
 */
export function isOwnLine(first: unknown): boolean {
  return isWriting() || (typeof first === 'string' && BEGINNING.test(first))
}
