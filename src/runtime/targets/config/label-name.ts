/** Which names labels and metrics may have: any text, or the letters that Prometheus 2 allowed. */
export type NameScheme = 'utf8' | 'legacy'

const LEGACY_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/
const LEGACY_METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/

export function isLabelName(name: string, scheme: NameScheme = 'utf8'): boolean {
  return scheme === 'legacy' ? LEGACY_LABEL.test(name) : name !== '' && name.isWellFormed()
}

export function isMetricName(name: string, scheme: NameScheme): boolean {
  return scheme === 'legacy' ? LEGACY_METRIC.test(name) : name !== '' && name.isWellFormed()
}
