import type { HealthAnswer } from './body.ts'
import type { HealthReport } from './health.ts'
import type { CheckResult } from './options.ts'

export type Probe = 'livez' | 'readyz' | 'startupz'

export interface ProbeOptions {
  /** A line for each check, also where all is well; one that fails says so in any case. */
  readonly verbose: boolean
  /** Names that were asked to be left out, and whether there is such a check. */
  readonly excluded?: ReadonlyMap<string, boolean>
  /** Whether checks say what they found. */
  readonly details: boolean
}

/** A report as the text of a Kubernetes API server: `ok`, or a line for each check and a verdict. */
export function probeAnswer(probe: Probe, report: HealthReport, options: ProbeOptions): HealthAnswer {
  const { verbose, excluded = new Map<string, boolean>(), details } = options
  const fails = report.status === 'fail'
  const unknown = [...excluded].filter(([, known]) => !known).map(([name]) => JSON.stringify(name))
  if (!fails && !verbose) return text(200, 'ok\n')
  const lines = [
    ...(report.output === undefined ? [] : [`[-]${report.output}`]),
    ...report.checks.map((check) => line(check, details)),
    ...[...excluded].filter(([, known]) => known).map(([name]) => `[+]${name} excluded: ok`),
    ...(unknown.length === 0 ? [] : [`warn: no such checks to exclude: ${unknown.join(', ')}`]),
    `${probe} check ${fails ? 'failed' : 'passed'}`,
  ]
  return text(fails ? 503 : 200, `${lines.join('\n')}\n`)
}

/** One check alone, by what it came to itself, critical or not. */
export function checkProbeAnswer(check: CheckResult, options: Pick<ProbeOptions, 'verbose' | 'details'>): HealthAnswer {
  const fails = check.outcome === 'fail' || check.outcome === 'pending'
  if (!fails && !options.verbose) return text(200, 'ok\n')
  return text(fails ? 503 : 200, `${line(check, options.details)}\n`)
}

function line({ name, critical, outcome, output }: CheckResult, details: boolean): string {
  const why = details ? (output ?? '') : 'reason withheld'
  const weight = critical ? '' : ', which only degrades'
  switch (outcome) {
    case 'pass':
      return details && output !== undefined ? `[+]${name} ok: ${output}` : `[+]${name} ok`
    case 'warn':
      return `[!]${name} warns: ${why}`
    case 'fail':
      return `[-]${name} failed${weight}: ${why}`
    case 'pending':
      return `[-]${name} not checked yet${weight}`
  }
}

function text(code: 200 | 503, body: string): HealthAnswer {
  return { code, contentType: 'text/plain; charset=utf-8', body }
}
