import type { HealthReport } from './health.ts'

export interface HealthAnswer {
  /** 200 for pass and warn, 503 for fail. */
  readonly code: 200 | 503
  readonly contentType: 'application/health+json'
  readonly body: string
}

/** A report as an HTTP answer, after draft-inadarei-api-health-check-06. */
export function healthAnswer(report: HealthReport): HealthAnswer {
  const checks: Record<string, unknown> = {}
  for (const { name, critical, status, at, output } of report.checks) {
    checks[name] = [{ status, critical, time: new Date(at).toISOString(), output }]
  }
  const { status, output } = report
  const body = { status, time: new Date(report.at).toISOString(), output, checks }
  return {
    code: status === 'fail' ? 503 : 200,
    contentType: 'application/health+json',
    body: `${JSON.stringify(body)}\n`,
  }
}
