import type { Severity } from './levels.ts'

/** How long something took. */
export interface PerformanceEvent {
  readonly operation: string
  readonly durationMs: number
  readonly [field: string]: unknown
}

/** What happened in the terms of the business. */
export interface BusinessEvent {
  readonly event: string
  readonly [field: string]: unknown
}

export const SECURITY_SEVERITIES = ['low', 'medium', 'high', 'critical'] as const
export type SecuritySeverity = (typeof SECURITY_SEVERITIES)[number]

/** What may be an attack, or is what one would do. */
export interface SecurityEvent {
  readonly event: string
  readonly severity: SecuritySeverity
  /** Who or what it comes from: an address, a user, a service. */
  readonly source: string
  readonly [field: string]: unknown
}

/** Events by kind, whether their lines were written or not. */
export interface EventStats {
  performance: number
  business: number
  readonly security: Record<SecuritySeverity, number>
}

export function newEventStats(): EventStats {
  return { performance: 0, business: 0, security: { low: 0, medium: 0, high: 0, critical: 0 } }
}

export const SECURITY_LEVELS: Readonly<Record<SecuritySeverity, Severity>> = {
  low: 'info',
  medium: 'warn',
  high: 'error',
  critical: 'fatal',
}

/** Of what a caller without types says: what is none is the worst. */
export function securitySeverityOf(severity: unknown): SecuritySeverity {
  return SECURITY_SEVERITIES.find((known) => known === severity) ?? 'critical'
}
