import type { Dashboard } from '../dashboard.ts'
import { rateOf } from '../expressions.ts'

/** Who comes in, who does not, and why. */
export function securityDashboard(): Dashboard {
  const [successes, failures] = ['authentication_successes_total', 'authentication_failures_total']
  const failed = `(${rateOf(failures)} or vector(0))`
  return {
    id: 'api-security',
    title: 'API security',
    description:
      'Authentication, rate limits and signatures. Where the failures come from, the application can ask of `sources`.',
    rows: [
      {
        title: 'Authentication',
        panels: [
          {
            kind: 'time-series',
            title: 'Successes',
            description: 'A second, by method.',
            unit: 'per-second',
            needs: successes,
            queries: [{ expr: rateOf(successes, 'method'), legend: '{{method}}' }],
            min: 0,
          },
          {
            kind: 'time-series',
            title: 'Failures',
            description: 'A second, by method and reason. A burst is somebody who guesses.',
            unit: 'per-second',
            needs: failures,
            queries: [{ expr: rateOf(failures, 'method, reason'), legend: '{{method}}: {{reason}}' }],
            min: 0,
          },
          {
            kind: 'time-series',
            title: 'Failed share',
            description: 'Of all attempts. Above a half, most who come are not those who should.',
            unit: 'percent-of-one',
            needs: successes,
            queries: [{ expr: `${failed} / (${failed} + ${rateOf(successes)})`, legend: 'failed' }],
            thresholds: [{ from: 0.5, level: 'warning' }],
            min: 0,
            max: 1,
          },
        ],
      },
      {
        title: 'Refused',
        panels: [
          {
            kind: 'time-series',
            title: 'Rate limits',
            description: 'Requests a second that were above a limit.',
            unit: 'per-second',
            needs: 'rate_limit_hits_total',
            queries: [{ expr: rateOf('rate_limit_hits_total', 'limit'), legend: '{{limit}}' }],
            min: 0,
          },
          {
            kind: 'time-series',
            title: 'Invalid signatures',
            description: 'A second, by method. Any is a sender with a wrong key, or a forgery.',
            unit: 'per-second',
            needs: 'invalid_signatures_total',
            queries: [{ expr: rateOf('invalid_signatures_total', 'method'), legend: '{{method}}' }],
            thresholds: [{ from: 1, level: 'warning' }],
            min: 0,
          },
        ],
      },
    ],
  }
}
