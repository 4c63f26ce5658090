import type { CheckFinding, CheckOptions, CheckStatus } from '../options.ts'

/** Of every ready-made check; as of {@link CheckOptions}. */
export type ReadyMade = Partial<Omit<CheckOptions, 'run'>>

/** The part of a ready-made check's options that every check has. */
export function settings(options: ReadyMade, fallbackName: string): Omit<CheckOptions, 'run'> {
  const { name = fallbackName, critical, timeoutMs, cacheMs, failureThreshold, successThreshold } = options
  const stated = Object.entries({ critical, timeoutMs, cacheMs, failureThreshold, successThreshold })
  return { name, ...Object.fromEntries(stated.filter(([, value]) => value !== undefined)) }
}

/** What a value above its limits is: `warn` above the first, `fail` above the second. */
export function above(value: number, warnAbove: number, failAbove: number): CheckStatus {
  if (value > failAbove) return 'fail'
  return value > warnAbove ? 'warn' : 'pass'
}

/** @throws RangeError unless it is a number from `min` to `max`. */
export function within(check: string, key: string, value: number, min: number, max: number): void {
  if (value >= min && value <= max) return
  throw new RangeError(`${check}: ${key} ${value} must be a number from ${min} to ${max}`)
}

export const UNKNOWN: CheckFinding = { output: 'not known here' }
