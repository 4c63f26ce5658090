import { parseDuration } from '../../series/index.ts'
import { BoxmanError } from '../error.ts'

/** Above zero, ms. @throws BoxmanError that names the option. */
export function durationOf(option: string, text: string): number {
  try {
    const ms = parseDuration(text)
    if (ms > 0) return ms
  } catch {
    // as zero is
  }
  throw new BoxmanError(`${option}: expected a duration such as 5m or 1h30m, given ${JSON.stringify(text)}`)
}

/** Seconds since the epoch, or RFC 3339, as ms. @throws BoxmanError that names the option. */
export function timeOf(option: string, text: string): number {
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text)
  if (Number.isFinite(ms)) return Math.round(ms)
  throw new BoxmanError(
    `${option}: expected seconds since the epoch or a time such as 2026-11-21T17:00:00Z, given ${JSON.stringify(text)}`,
  )
}
