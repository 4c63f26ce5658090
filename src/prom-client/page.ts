import type { Cells, Labels } from './cells.ts'
import { escapeText, joined, labelText, numberText } from './label-text.ts'

export interface PageStyle {
  readonly openMetrics: boolean
  /** Stand on every series that has no such labels of its own. */
  readonly defaultLabels: Labels
}

/** A metric as `get()` or `getForPromString()` tells of it. */
export interface MetricData {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly values?: readonly ValueData[]
}

interface ValueData {
  readonly value: unknown
  readonly metricName?: string
  readonly labels?: object
  /** Come last. */
  readonly sharedLabels?: object
  readonly exemplar?: { readonly labelSet: object; readonly value: unknown; readonly timestamp: unknown } | null
}

/** The lines of a metric, without a last line break. */
export function writeFamily(metric: MetricData, { openMetrics, defaultLabels }: PageStyle): string {
  const { family, sample } = namesOf(metric, openMetrics)
  let text = header(family, metric)
  for (const { value, metricName, labels = {}, sharedLabels = {}, exemplar } of metric.values ?? []) {
    const name = metricName === undefined || metricName === metric.name ? sample : metricName
    const all = joined(labelText({ ...labels, ...defaultLabels, ...labels }, sharedLabels), labelText(sharedLabels))
    text += `\n${name}${all === '' ? '' : `{${all}}`} ${numberText(value)}`
    if (openMetrics && exemplar) text += exemplarText(exemplar.labelSet, exemplar.value, exemplar.timestamp)
  }
  return text
}

/** As {@link writeFamily}, for a metric of ours: no object is made for a value. */
export function writeCells(metric: MetricData, cells: Cells, style: PageStyle): string {
  const { openMetrics } = style
  const { family, sample } = namesOf(metric, openMetrics)
  const labelsOf = seriesLabels(cells, style.defaultLabels, metric.type === 'histogram')
  const head = header(family, metric)
  switch (cells.store.kind) {
    case 'histogram':
      return head + histogramLines(sample, cells, labelsOf, openMetrics)
    case 'summary':
      return head + summaryLines(sample, cells, labelsOf)
    case 'counter':
    case 'gauge':
    case 'info':
    case 'stateset':
      return head + valueLines(sample, cells, labelsOf, openMetrics)
  }
}

function valueLines(sample: string, cells: Cells, labelsOf: (slot: number) => string, openMetrics: boolean): string {
  const { store } = cells
  const bare = `\n${sample} `
  const open = `\n${sample}{`
  let text = ''
  for (const slot of cells.slots()) {
    const labels = labelsOf(slot)
    const value = numberText(store.page(slot)[store.offset(slot)])
    text += labels === '' ? bare + value : open + labels + '} ' + value
    if (openMetrics) text += exemplarOf(cells, slot, 0)
  }
  return text
}

function histogramLines(
  sample: string,
  cells: Cells,
  labelsOf: (slot: number) => string,
  openMetrics: boolean,
): string {
  const { store } = cells
  const { bounds } = store
  const heads = [...bounds, '+Inf'].map((bound) => `\n${sample}_bucket{le="${bound}"`)
  let text = ''
  for (const slot of cells.slots()) {
    const labels = labelsOf(slot)
    const rest = labels === '' ? '} ' : `,${labels}} `
    const whole = labels === '' ? ' ' : `{${labels}} `
    const page = store.page(slot)
    const at = store.offset(slot)
    let count = 0
    for (let i = 0; i <= bounds.length; i++) {
      count += page[at + i] ?? 0
      text += heads[i] + rest + count
      if (openMetrics) text += exemplarOf(cells, slot, i)
    }
    text += `\n${sample}_sum${whole}${numberText(page[at + bounds.length + 1])}\n${sample}_count${whole}${count}`
  }
  return text
}

function summaryLines(sample: string, cells: Cells, labelsOf: (slot: number) => string): string {
  const { store } = cells
  const heads = store.quantiles.map((quantile) => `\n${sample}{quantile="${quantile}"`)
  let text = ''
  for (const slot of cells.slots()) {
    const labels = labelsOf(slot)
    const rest = labels === '' ? '} ' : `,${labels}} `
    const whole = labels === '' ? ' ' : `{${labels}} `
    const page = store.page(slot)
    const at = store.offset(slot)
    heads.forEach((head, i) => {
      text += head + rest + numberText(page[at + 2 + i])
    })
    text += `\n${sample}_sum${whole}${numberText(page[at + 1])}\n${sample}_count${whole}${page[at]}`
  }
  return text
}

/** What says the labels of a slot: its own first, but for histograms, where the default ones are. */
function seriesLabels(cells: Cells, defaultLabels: Labels, defaultsFirst: boolean): (slot: number) => string {
  const names = Object.keys(defaultLabels)
  if (names.length === 0) return (slot) => cells.text(slot)
  if (names.some((name) => cells.labelNames.includes(name))) {
    return (slot) => {
      const labels = cells.labels(slot)
      const defaults = labelText(defaultLabels, labels)
      return defaultsFirst ? joined(defaults, cells.text(slot)) : joined(cells.text(slot), defaults)
    }
  }
  const defaults = labelText(defaultLabels)
  return defaultsFirst ? (slot) => joined(defaults, cells.text(slot)) : (slot) => joined(cells.text(slot), defaults)
}

/** In OpenMetrics a counter's samples end in `_total`, and its family does not. */
function namesOf(
  { name, type }: MetricData,
  openMetrics: boolean,
): { readonly family: string; readonly sample: string } {
  if (!openMetrics || type !== 'counter') return { family: name, sample: name }
  const family = name.replace(/_total$/, '')
  return { family, sample: `${family}_total` }
}

function header(family: string, { help, type }: MetricData): string {
  return `# HELP ${family} ${escapeText(help)}\n# TYPE ${family} ${type}`
}

function exemplarOf({ store }: Cells, slot: number, bucket: number): string {
  const exemplar = store.exemplar(slot, bucket)
  return exemplar === undefined ? '' : exemplarText(exemplar.labels, exemplar.value, exemplar.at / 1000)
}

function exemplarText(labels: object, value: unknown, timestamp: unknown): string {
  return ` # {${labelText(labels)}} ${numberText(value)} ${String(timestamp)}`
}
