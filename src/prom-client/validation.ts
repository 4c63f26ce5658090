import { format, inspect } from 'node:util'
import { trusted } from './trusted.ts'

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/

/** Whether a metric may have this name. */
export function validateMetricName(name: string): boolean {
  return METRIC_NAME.test(name)
}

export function isLabelName(name: string): boolean {
  return LABEL_NAME.test(name)
}

export function isObject(value: unknown): value is object {
  return value !== null && typeof value === 'object'
}

/** @throws Error for the first label that the metric has not. */
export function checkLabels(labelNames: readonly string[], labels: unknown): void {
  // Of anything, as for-in takes it, and with inherited labels.
  for (const label in trusted<object>(labels)) {
    if (!labelNames.includes(label)) {
      throw new Error(`Added label "${label}" is not included in initial labelset: ${inspect(labelNames)}`)
    }
  }
}

export function refuseValue(value: unknown): never {
  throw new TypeError(`Value is not a valid number: ${format(value)}`)
}

export function refuseDelta(delta: unknown): never {
  throw new TypeError(`Delta is not a valid number: ${format(delta)}`)
}
