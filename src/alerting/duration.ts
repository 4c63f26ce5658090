import { parseDuration } from '../series/index.ts'

/** What an int64 of nanoseconds holds, in ms: about 292 years. */
const MAX_MS = Number(2n ** 63n / 1_000_000n)

/** Milliseconds, or what is wrong in Prometheus's words. */
export function readDuration(text: string): number | { readonly fault: string } {
  if (text === '') return { fault: 'empty duration string' }
  try {
    const ms = parseDuration(text)
    return ms <= MAX_MS ? ms : { fault: 'duration out of range' }
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    return { fault: wrongWith(text) }
  }
}

/** The first unit that is none, if all before it is sound. */
function wrongWith(text: string): string {
  for (const [, count = '', unit = ''] of text.matchAll(/(\d*)(\D*)/g)) {
    if (count === '' || unit === '') break
    if (!/^(?:ms|[ywdhms])$/.test(unit))
      return `unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`
  }
  return `not a valid duration string: ${JSON.stringify(text)}`
}

/** Of a rule that has been checked. @throws RangeError for what is no duration. */
export function durationMs(text: string | undefined, missing = 0): number {
  if (text === undefined) return missing
  const ms = readDuration(text)
  if (typeof ms !== 'number') throw new RangeError(ms.fault)
  return ms
}
