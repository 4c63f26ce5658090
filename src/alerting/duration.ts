import { parseDuration } from '../series/index.ts'

/** What an int64 of nanoseconds holds, in ms: about 292 years. */
const MAX_MS = Number(2n ** 63n / 1_000_000n)

/** Milliseconds, or what is wrong. */
export function readDuration(text: string): number | { readonly fault: string } {
  if (text === '') return { fault: 'empty duration string; write it like 30s, 5m or 1h30m' }
  try {
    const ms = parseDuration(text)
    return ms <= MAX_MS ? ms : { fault: `duration out of range: ${JSON.stringify(text)}` }
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    return { fault: `not a valid duration string: ${JSON.stringify(text)}; write it like 30s, 5m or 1h30m` }
  }
}

/** Of a rule that has been checked. @throws RangeError for what is no duration. */
export function durationMs(text: string | undefined, missing = 0): number {
  if (text === undefined) return missing
  const ms = readDuration(text)
  if (typeof ms !== 'number') throw new RangeError(ms.fault)
  return ms
}
