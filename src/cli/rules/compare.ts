import type { Alert } from '../../alerting/index.ts'
import { histogramNotation, parseRow, parseValues, type VectorSample } from '../../promql/index.ts'
import { LabelSet } from '../../series/index.ts'
import type { ExpectedAlert, ExpectedSample } from './test-file.ts'

export interface ShownAlert {
  readonly labels: LabelSet
  readonly annotations: LabelSet
}

export function shownAlerts(alerts: readonly Pick<Alert, 'labels' | 'annotations'>[]): readonly ShownAlert[] {
  return alerts
    .map(({ labels, annotations }) => ({ labels, annotations }))
    .sort((a, b) => a.labels.compare(b.labels) || a.annotations.compare(b.annotations))
}

export function expectedAlerts(alertname: string, expected: readonly ExpectedAlert[]): readonly ShownAlert[] {
  return shownAlerts(
    expected.map(({ labels, annotations }) => ({
      labels: LabelSet.of({ ...labels, alertname }),
      annotations: LabelSet.of(annotations),
    })),
  )
}

export function sameAlerts(a: readonly ShownAlert[], b: readonly ShownAlert[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ labels, annotations }, i) => {
      const other = b[i]
      return other !== undefined && labels.equals(other.labels) && annotations.equals(other.annotations)
    })
  )
}

export function alertsText(alerts: readonly ShownAlert[]): string {
  if (alerts.length === 0) return '[]'
  const shown = alerts.map(
    ({ labels, annotations }, i) => `${i}:\n  Labels:${labelsText(labels)}\n  Annotations:${labelsText(annotations)}`,
  )
  return `[\n${shown.join(',\n')}\n]`.replaceAll('\n', '\n            ')
}

/** A histogram is compared by its notation. */
export interface ShownSample {
  readonly labels: LabelSet
  readonly value: number
  readonly histogram: string
}

export function shownSample({ labels, value }: VectorSample): ShownSample {
  return typeof value === 'number'
    ? { labels, value, histogram: '' }
    : { labels, value: 0, histogram: histogramNotation(value) }
}

/** @throws RangeError for labels or a histogram that cannot be read. */
export function expectedSample({ labels, value, histogram }: ExpectedSample): ShownSample {
  const read = labels.trim() === '' ? LabelSet.EMPTY : parseRow(labels).labels
  if (histogram === '') return { labels: read, value, histogram: '' }
  const values = parseValues(histogram)
  const [only] = values
  if (values.length !== 1) throw new RangeError(`expected 1 value, got ${values.length}`)
  if (typeof only?.value !== 'object') throw new RangeError(`expected histogram, got ${histogram}`)
  return { labels: read, value, histogram: histogramNotation(only.value) }
}

export function sorted(samples: readonly ShownSample[]): readonly ShownSample[] {
  return [...samples].sort((a, b) => a.labels.compare(b.labels))
}

/** `fuzzy`: numbers may be neighbours. */
export function sameSamples(a: readonly ShownSample[], b: readonly ShownSample[], fuzzy: boolean): boolean {
  return (
    a.length === b.length &&
    a.every((sample, i) => {
      const other = b[i]
      if (other === undefined || !sample.labels.equals(other.labels)) return false
      if (sample.histogram !== other.histogram) return false
      return sample.value === other.value || (fuzzy && areNeighbours(sample.value, other.value))
    })
  )
}

function areNeighbours(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return false
  const step = place(a) - place(b)
  return step === 1n || step === -1n
}

/** Doubles in their order, without gaps. */
function place(value: number): bigint {
  const [bits = 0n] = new BigInt64Array(Float64Array.of(value).buffer)
  return bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits
}

export function samplesText(samples: readonly ShownSample[]): string {
  if (samples.length === 0) return 'nil'
  return samples
    .map(({ labels, value, histogram }) => `${labelsText(labels)} ${histogram || exponential(value)}`)
    .join(', ')
}

/** As Go prints labels, the name among them. */
function labelsText(labels: LabelSet): string {
  const pairs = Array.from(labels, ([name, value]) => {
    const plain = /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)
    return `${plain ? name : JSON.stringify(name)}=${JSON.stringify(value)}`
  })
  return `{${pairs.join(', ')}}`
}

function exponential(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const text = Object.is(value, -0) ? '-0e+0' : value.toExponential()
  return text.toUpperCase().replace(/E([+-])(\d)$/, 'E$10$2')
}
