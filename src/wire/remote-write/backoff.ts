const FIRST_MS = 30
const LAST_MS = 5000
/** A server that asks for more does not get it. */
const MAX_RETRY_AFTER_MS = 300_000

/** How long to wait before attempt `attempt` (1 is the first repetition): 30 ms, doubling up to 5 s. */
export function backoffMs(attempt: number): number {
  return Math.min(LAST_MS, FIRST_MS * 2 ** (attempt - 1))
}

/** A Retry-After header's seconds or date, in ms from `now`; undefined when there is none that can be read. At most five minutes. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now
  return Number.isNaN(ms) ? undefined : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, ms))
}
