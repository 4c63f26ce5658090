import type { RuleGroup } from '../../alerting/index.ts'
import { resolvePrefix } from '../pack.ts'
import { type ReadyAlert, readyAlert, type RuleSetOptions } from './ready-alert.ts'

/** Alerts on the process and its machine: what the node pack exports. */
export function nodeRules(options: RuleSetOptions = {}): readonly RuleGroup[] {
  const p = resolvePrefix(options)
  const free = `${p}_machine_memory_available_bytes / ${p}_machine_memory_total_bytes`
  const alerts: readonly ReadyAlert[] = [
    {
      alert: 'HighCpuUsage',
      expr: `${p}_machine_cpu_usage_percent > 85 or ${p}_cpu_usage_percent / ${p}_cpu_limit_cores > 85`,
      for: '5m',
      severity: 'warning',
      category: 'system',
      summary: '{{ $value | printf "%.0f" }} % of the CPU of {{ $labels.instance }} is in use',
      description:
        'More than 85 % of the machine, or of what its control group allows, for 5 minutes. Look at the event loop and at what the process does most; add instances or cores.',
    },
    {
      alert: 'MemoryNearlyFull',
      expr: `(1 - ${free}) * 100 > 90 or ${p}_memory_usage_bytes / ${p}_memory_limit_bytes * 100 > 90`,
      for: '5m',
      severity: 'critical',
      category: 'system',
      summary: '{{ $value | printf "%.0f" }} % of the memory of {{ $labels.instance }} is in use',
      description:
        'More than 90 % of the machine, or of what its control group allows, for 5 minutes: the kernel ends the process when there is none left. Find what grows; raise the limit or restart before it is ended.',
    },
    {
      alert: 'HighMemoryUsage',
      expr: `${p}_memory_usage_bytes > 150000000`,
      for: '5m',
      severity: 'warning',
      category: 'system',
      summary: 'The process on {{ $labels.instance }} holds {{ $value | humanize1024 }}B',
      description:
        'Above 150 MB for 5 minutes. Compare heap and external memory; a steady rise is a leak: take a heap snapshot before it is restarted.',
    },
    {
      alert: 'BatteryLow',
      expr: `${p}_battery_level_percent < 20 and ${p}_battery_charging == 0`,
      for: '5m',
      severity: 'warning',
      category: 'device',
      summary: 'The battery of {{ $labels.instance }} is at {{ $value | printf "%.0f" }} %',
      description: 'Below 20 % and not charging for 5 minutes. Plug it in, or end its games before it goes off.',
    },
    {
      alert: 'BatteryDrainHigh',
      // Per hour, and not before half an hour is known: a single step in a few minutes is no rate.
      expr: `-3600 * deriv(${p}_battery_level_percent[1h]) > 5 and ${p}_battery_level_percent offset 30m`,
      for: '5m',
      severity: 'warning',
      category: 'device',
      summary: 'The battery of {{ $labels.instance }} loses {{ $value | printf "%.1f" }} points an hour',
      description:
        'More than 5 points an hour. See what keeps the device awake: CPU, connections, the interval of collection.',
    },
    {
      alert: 'ThermalThrottling',
      expr: `${p}_thermal_throttling == 1`,
      for: '2m',
      severity: 'warning',
      category: 'device',
      summary: 'Heat slows {{ $labels.instance }} down',
      description:
        'For 2 minutes the processors have run slower because of heat: latencies rise. Take load away, and cool it.',
    },
    {
      alert: 'SecurityIncidents',
      expr: `sum by (job, instance) (increase(${p}_errors_total{category="security"}[5m])) > 0`,
      severity: 'critical',
      category: 'security',
      summary: '{{ $value | printf "%.0f" }} security errors on {{ $labels.instance }} within 5 minutes',
      description:
        'Errors of the category security were recorded. Read the last of them in the diagnostics and the log of security events; block the source.',
    },
  ]
  return [{ name: 'boxman-node', interval: '15s', rules: alerts.map((alert) => readyAlert(alert, options)) }]
}
