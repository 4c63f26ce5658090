import type { TimeInput } from '@opentelemetry/api'

/** Numbers below it are milliseconds since the process began, which OpenTelemetry takes as well. */
const EPOCH_FROM = 1e11

/** ms since the epoch. */
export function millisecondsOf(time: TimeInput | undefined): number | undefined {
  if (time === undefined) return undefined
  if (time instanceof Date) return time.getTime()
  if (typeof time === 'number') return time < EPOCH_FROM ? performance.timeOrigin + time : time
  return time[0] * 1000 + time[1] / 1e6
}
