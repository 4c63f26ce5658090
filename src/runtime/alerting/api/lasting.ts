import { parseDuration } from '../../../series/index.ts'
import type { BodyReader } from './body.ts'
import { AlertingFault } from './fault.ts'

const MAX_FOR_MS = 10 * 365 * 86_400_000

/** When it ends, ms: `for` a time from now, or `until` a moment; undefined when neither is said. */
export function untilOf(read: BodyReader, fields: Readonly<Record<string, unknown>>, now: number): number | undefined {
  const lasts = read.text(fields['for'], 'for')
  const until = read.time(fields['until'], 'until')
  if (lasts === undefined) {
    if (until !== undefined && until <= now) throw bad('until: that time has passed')
    return until
  }
  if (until !== undefined) throw bad('for and until: only one of them can be said')
  const ms = durationMs(lasts)
  if (ms === undefined) throw bad(`for: expected a duration up to 10y such as "2h", given ${JSON.stringify(lasts)}`)
  return now + ms
}

function durationMs(text: string): number | undefined {
  try {
    const ms = parseDuration(text)
    return ms > 0 && ms <= MAX_FOR_MS ? ms : undefined
  } catch {
    return undefined
  }
}

export function bad(message: string): AlertingFault {
  return AlertingFault.coded(400, message)
}
