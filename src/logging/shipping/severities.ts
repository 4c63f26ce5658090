import type { Severity } from '../levels.ts'

/** From the least severe on. */
export const SEVERITIES: readonly Severity[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

export function rankOf(level: Severity): number {
  return SEVERITIES.indexOf(level)
}
