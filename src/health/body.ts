import type { HealthReport } from './health.ts'
import type { CheckResult, CheckStatus } from './options.ts'

export interface HealthAnswer {
  /** 200 for pass and warn, 503 for fail. */
  readonly code: 200 | 503
  readonly contentType: string
  readonly body: string
}

/** What the answer says besides. */
export interface AnswerOptions {
  /** Whether checks say what they found; default true. */
  readonly details?: boolean
  readonly serviceId?: string | undefined
  /** The service's version; the first part of it is the draft's `version`. */
  readonly releaseId?: string | undefined
}

/** A report as an HTTP answer, after draft-inadarei-api-health-check-06. */
export function healthAnswer(report: HealthReport, options: AnswerOptions = {}): HealthAnswer {
  const { details = true } = options
  const checks = Object.fromEntries(report.checks.map((check) => [check.name, [entry(check, check.status, details)]]))
  return answer({ ...about(report.status, report.at, options), output: report.output, checks }, report.status)
}

/** One check alone, by what it came to itself, critical or not. */
export function checkAnswer(check: CheckResult, options: AnswerOptions = {}): HealthAnswer {
  const { details = true } = options
  const status = check.outcome === 'pending' ? check.status : check.outcome
  return answer(
    { ...about(status, check.at, options), checks: { [check.name]: [entry(check, status, details)] } },
    status,
  )
}

function about(status: CheckStatus, at: number, { serviceId, releaseId }: AnswerOptions): object {
  const version = releaseId === undefined ? undefined : /^\d+/.exec(releaseId)?.[0]
  return { status, time: new Date(at).toISOString(), version, releaseId, serviceId }
}

function entry(check: CheckResult, status: CheckStatus, details: boolean): object {
  const { critical, at, output, observedValue, observedUnit } = check
  const told = details ? { output, observedValue, observedUnit } : {}
  return { status, critical, time: new Date(at).toISOString(), ...told }
}

function answer(body: object, status: CheckStatus): HealthAnswer {
  return {
    code: status === 'fail' ? 503 : 200,
    contentType: 'application/health+json',
    body: `${JSON.stringify(body)}\n`,
  }
}
