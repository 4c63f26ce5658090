import type { MetricReader } from './reader.ts'

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/

export function checkMetricName(name: string): void {
  if (!METRIC_NAME.test(name)) {
    throw new RangeError(`metric name ${JSON.stringify(name)}: use letters, digits, _ and :, not a digit first`)
  }
}

/** @param reserved names that the exposition itself sets on this metric, such as `le`. */
export function checkLabelNames(metric: string, names: readonly string[], reserved: readonly string[]): void {
  const seen = new Set(reserved)
  for (const name of names) {
    if (!LABEL_NAME.test(name) || name.startsWith('__')) {
      throw new RangeError(
        `${metric}: label name ${JSON.stringify(name)}: use letters, digits and _, not a digit or __ first`,
      )
    }
    if (seen.has(name)) throw new RangeError(`${metric}: label name ${JSON.stringify(name)} is already taken`)
    seen.add(name)
  }
}

/** OpenMetrics asks for the unit at the end of the name. */
export function checkUnit(metric: string, unit: string): void {
  if (unit === '' || metric.replace(/_total$/, '').endsWith(`_${unit}`)) return
  throw new RangeError(`${metric}: unit ${JSON.stringify(unit)}: the name must end in _${unit}, or in _${unit}_total`)
}

/** What stands on the page under another name than the metric's own. */
export function linesOf(kind: MetricReader['kind'], name: string): string[] {
  const suffixes = kind === 'histogram' ? ['_bucket', '_sum', '_count'] : kind === 'summary' ? ['_sum', '_count'] : []
  return suffixes.map((suffix) => name + suffix)
}

/** Labels that the page itself sets on the metric's lines. */
export function ownLabelsOf(kind: MetricReader['kind'], name: string): string[] {
  const own = { histogram: 'le', summary: 'quantile', stateset: name.replaceAll(':', '_') }
  return kind === 'histogram' || kind === 'summary' || kind === 'stateset' ? [own[kind]] : []
}
