import type { Counter } from '../counter.ts'
import { trusted } from '../trusted.ts'
import type { Setting } from './setting.ts'

export function processCpuTotal(setting: Setting): void {
  const { labels, configuration } = setting
  let last = process.cpuUsage()
  const userSeconds = setting.counter(
    { name: 'process_cpu_user_seconds_total', help: 'Total user CPU time spent in seconds.' },
    () => {
      const now = process.cpuUsage()
      const user = now.user - last.user
      const system = now.system - last.system
      last = now
      add(userSeconds, user)
      add(systemSeconds, system)
      add(bothSeconds, user + system)
    },
  )
  const systemSeconds = setting.counter({
    name: 'process_cpu_system_seconds_total',
    help: 'Total system CPU time spent in seconds.',
  })
  const bothSeconds = setting.counter({
    name: 'process_cpu_seconds_total',
    help: 'Total user and system CPU time spent in seconds.',
  })
  const add = (counter: Counter, microseconds: number): void => {
    const value = microseconds / 1e6
    if (configuration.enableExemplars) counter.inc({ labels, value, exemplarLabels: activeSpan() })
    else counter.inc(labels, value)
  }
}

/** What of OpenTelemetry's API is needed, as it registers itself for all its versions 1. */
interface OpenTelemetry {
  readonly context?: { active(): { getValue(key: symbol): unknown } }
}

interface Span {
  spanContext(): { readonly traceId: string; readonly spanId: string }
}

function activeSpan(): Record<string, string> {
  const api = trusted<OpenTelemetry | undefined>(Reflect.get(globalThis, Symbol.for('opentelemetry.js.api.1')))
  const span = trusted<Span | undefined>(api?.context?.active().getValue(Symbol.for('OpenTelemetry Context Key SPAN')))
  if (span === undefined) return {}
  const { traceId, spanId } = span.spanContext()
  return { traceId, spanId }
}
