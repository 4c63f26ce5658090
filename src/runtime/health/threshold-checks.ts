import type { CheckFinding, CheckOptions } from '../../health/index.ts'
import type { SystemReading } from '../../instrument/index.ts'
import type { Config } from '../config/config.ts'

/** The limits of `thresholds` as checks. They degrade the service and no more: to take it out of traffic would heal nothing. */
export function thresholdChecks(
  thresholds: () => Config['thresholds'],
  read: () => Pick<SystemReading, 'memoryBytes' | 'cpuPercent' | 'throttling'>,
): readonly CheckOptions[] {
  return [
    check('process:memory', () => compare(read().memoryBytes, thresholds().memoryBytes, 'bytes')),
    check('process:cpu', () => compare(read().cpuPercent, thresholds().cpuPercent, 'percent')),
    check('machine:throttling', () => {
      const { throttling } = read()
      if (throttling === undefined) return { output: 'not known here' }
      return throttling ? { status: 'fail', output: 'slowed down by heat' } : {}
    }),
  ]
}

function check(name: string, run: () => CheckFinding): CheckOptions {
  return { name, cacheMs: 1000, run }
}

function compare(value: number | undefined, limit: number, unit: string): CheckFinding {
  if (value === undefined) return { output: 'not known yet' }
  const observed = { observedValue: value, observedUnit: unit }
  if (value <= limit) return observed
  return { ...observed, status: 'fail', output: `${amount(value, unit)}, above ${amount(limit, unit)}` }
}

function amount(value: number, unit: string): string {
  return unit === 'bytes' && value >= 2 ** 20 ? `${Math.round(value / 2 ** 20)} MiB` : `${Math.round(value)} ${unit}`
}
