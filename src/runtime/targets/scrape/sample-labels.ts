import { LabelSet, METRIC_NAME_LABEL } from '../../../series/index.ts'
import { isLabelName, isMetricName } from '../config/label-name.ts'
import type { ScrapeConfig } from '../config/scrape-config.ts'
import { relabel } from '../relabel.ts'

export type SampleLabels =
  | { readonly kind: 'kept'; readonly labels: LabelSet }
  | { readonly kind: 'dropped' }
  /** The scrape fails. */
  | { readonly kind: 'refused'; readonly reason: string }

const EXPORTED = 'exported_'

/**
 * The labels with which a series of a page is stored: with those of the target, and as the job's metric rules make them. `key` is
 * how the page spells the series: with `honor_labels` a label that it states as empty takes the target's away.
 */
export function sampleLabels(onPage: LabelSet, key: string, target: LabelSet, config: ScrapeConfig): SampleLabels {
  const labels = new Map(onPage)
  if (config.honorLabels) addMissing(labels, key, target)
  else addAll(labels, target)
  if (!relabel(labels, config.metricRelabel) || labels.size === 0) return { kind: 'dropped' }
  const metric = labels.get(METRIC_NAME_LABEL)
  if (metric === undefined) return { kind: 'refused', reason: 'missing metric name (__name__ label)' }
  const stored = LabelSet.of(labels)
  if (
    !isMetricName(metric, config.nameScheme) ||
    !Array.from(labels.keys()).every((name) => isLabelName(name, config.nameScheme))
  ) {
    return { kind: 'refused', reason: `invalid metric name or label names: ${stored.toString()}` }
  }
  const reason = overLimit(stored, metric, config)
  return reason === undefined ? { kind: 'kept', labels: stored } : { kind: 'refused', reason }
}

/** The labels of a series about the scrape itself. */
export function reportLabels(metric: string, target: LabelSet): LabelSet {
  return LabelSet.of([[METRIC_NAME_LABEL, metric], ...target])
}

function addMissing(labels: Map<string, string>, key: string, target: LabelSet): void {
  for (const [name, value] of target) if (!labels.has(name) && !statesEmpty(key, name)) labels.set(name, value)
}

/** A quote inside a value is escaped, so that this spelling is a label's and no value's. */
function statesEmpty(key: string, name: string): boolean {
  if (!key.includes('""')) return false
  const at = key.search(new RegExp(`(?:^|[{,\\s"])${name.replaceAll(/[^\w]/g, '\\$&')}"?\\s*=\\s*""`))
  return at >= 0
}

function addAll(labels: Map<string, string>, target: LabelSet): void {
  const taken: [string, string][] = []
  for (const [name, value] of target) {
    const own = labels.get(name)
    if (own !== undefined) taken.push([name, own])
    labels.set(name, value)
  }
  // The shortest first, so that `exported_job` of the page makes room for `job`'s.
  for (const [name, value] of taken.sort(([a], [b]) => a.length - b.length)) {
    let renamed = EXPORTED + name
    while (labels.has(renamed)) renamed = EXPORTED + renamed
    labels.set(renamed, value)
  }
}

function overLimit(labels: LabelSet, metric: string, { limits }: ScrapeConfig): string | undefined {
  const { labels: most, labelNameLength, labelValueLength } = limits
  const shown = metric.slice(0, 50)
  if (most > 0 && labels.size > most) {
    return `label_limit exceeded (metric: ${shown}, number of labels: ${labels.size}, limit: ${most})`
  }
  if (labelNameLength === 0 && labelValueLength === 0) return undefined
  for (const [name, value] of labels) {
    const [nameLength, valueLength] = [Buffer.byteLength(name), Buffer.byteLength(value)]
    const label = `metric: ${shown}, label name: ${name.slice(0, 50)}`
    if (labelNameLength > 0 && nameLength > labelNameLength) {
      return `label_name_length_limit exceeded (${label}, length: ${nameLength}, limit: ${labelNameLength})`
    }
    if (labelValueLength > 0 && valueLength > labelValueLength) {
      const quoted = JSON.stringify(value.slice(0, 50))
      return `label_value_length_limit exceeded (${label}, value: ${quoted}, length: ${valueLength}, limit: ${labelValueLength})`
    }
  }
  return undefined
}
