import type { RuleGroup } from '../../alerting/index.ts'
import { resolvePrefix } from '../pack.ts'
import { type ReadyAlert, readyAlert, type RuleSetOptions } from './ready-alert.ts'

const P95 = 'job:http_request_duration_seconds:p95'
const P95_DAY = 'job:http_request_duration_seconds:p95_1d'
const RATE = 'job:http_requests:rate5m'
const LOOK_UPS = 'job_cache_type:cache_look_ups:rate15m'
const HIT_RATIO = 'job_cache_type:cache_hits:ratio_rate15m'

/** Alerts on a service that is not as it was: instrumented HTTP, caches and the event loop. */
export function reliabilityRules(options: RuleSetOptions = {}): readonly RuleGroup[] {
  const p = resolvePrefix(options)
  const p95 = (range: string): string =>
    `histogram_quantile(0.95, sum by (job, le) (rate(http_request_duration_seconds_bucket[${range}])))`
  const ofCache = (metric: string): string => `sum by (job, cache_type) (rate(${metric}[15m]))`
  const records = [
    { record: RATE, expr: 'sum by (job) (rate(http_requests_total[5m]))' },
    { record: P95, expr: p95('10m') },
    { record: P95_DAY, expr: p95('1d') },
    { record: LOOK_UPS, expr: `${ofCache('cache_hits_total')} + ${ofCache('cache_misses_total')}` },
    { record: HIT_RATIO, expr: `${ofCache('cache_hits_total')} / (${LOOK_UPS} > 0)` },
  ]
  const alerts: readonly ReadyAlert[] = [
    {
      alert: 'LatencyRegression',
      // Half as much again, and at least 50 ms, while there is enough to judge by.
      expr: `${P95} > 1.5 * ${P95_DAY} and ${P95} - ${P95_DAY} > 0.05 and ${RATE} > 0.1`,
      for: '10m',
      severity: 'warning',
      category: 'reliability',
      summary:
        '1 request in 20 takes {{ $value | humanizeDuration }} or longer, half as much again as over the last day',
      description:
        'The 95th percentile of 10 minutes is 1.5 times that of a day. See what was deployed, and which route has become slow; look at databases and calls downstream.',
    },
    {
      alert: 'CacheEfficiencyLow',
      expr: `${HIT_RATIO} < 0.7 * avg_over_time(${HIT_RATIO}[1d]) and ${LOOK_UPS} > 1`,
      for: '15m',
      severity: 'warning',
      category: 'reliability',
      summary: 'The cache {{ $labels.cache_type }} answers only {{ $value | humanizePercentage }} of the look-ups',
      description:
        'Less than 70 % of what it has answered over the last day. See its evictions and its size, whether its keys have changed, and what the misses cost.',
    },
    {
      alert: 'EventLoopLagHigh',
      expr: `${p}_event_loop_lag_p95_seconds > 0.1`,
      for: '5m',
      severity: 'warning',
      category: 'reliability',
      summary: 'The event loop of {{ $labels.instance }} is {{ $value | humanizeDuration }} late',
      description:
        'For 5 minutes 1 turn in 20 has begun 100 ms late or more: everything waits so long. Take a CPU profile, and look for synchronous work and large JSON.',
    },
    {
      alert: 'RequestVolumeAnomaly',
      // Outside of four deviations, and half or twice of what is usual, once there is something usual.
      expr: [
        `abs(${RATE} - avg_over_time(${RATE}[1d])) > 4 * stddev_over_time(${RATE}[1d])`,
        `(${RATE} > 2 * avg_over_time(${RATE}[1d]) or ${RATE} < 0.5 * avg_over_time(${RATE}[1d]))`,
        `avg_over_time(${RATE}[1d]) > 0.1`,
        `count_over_time(${RATE}[1d]) > 60`,
      ].join(' and '),
      for: '10m',
      severity: 'warning',
      category: 'reliability',
      summary: 'The number of requests is {{ $value | printf "%.1f" }} a second off from what it was over the last day',
      description:
        'More than four deviations, and less than half or more than twice as many. Few: see whether clients get here at all. Many: see who sends them, and the rate limits.',
    },
  ]
  return [
    {
      name: 'boxman-reliability',
      interval: '1m',
      rules: [...records, ...alerts.map((alert) => readyAlert(alert, options))],
    },
  ]
}
