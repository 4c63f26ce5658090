export type ErrorCategory = 'network' | 'consensus' | 'validation' | 'gaming' | 'storage' | 'security' | 'other'
export type ErrorSeverity = 'info' | 'warning' | 'error' | 'critical'

export const DEFAULT_SEVERITIES: Readonly<Record<ErrorCategory, ErrorSeverity>> = {
  network: 'warning',
  consensus: 'critical',
  validation: 'warning',
  gaming: 'error',
  storage: 'error',
  security: 'critical',
  other: 'error',
}

export const ERROR_CATEGORIES: readonly string[] = Object.keys(DEFAULT_SEVERITIES)
export const ERROR_SEVERITIES: readonly ErrorSeverity[] = ['info', 'warning', 'error', 'critical']

export function isErrorCategory(value: unknown): value is ErrorCategory {
  return typeof value === 'string' && Object.hasOwn(DEFAULT_SEVERITIES, value)
}

export function isErrorSeverity(value: unknown): value is ErrorSeverity {
  return ERROR_SEVERITIES.some((severity) => severity === value)
}
