import { DEFAULT_MAX_SERIES } from '../options.ts'
import type { MetricReader } from '../reader.ts'
import { checkLabelNames, checkMetricName, checkUnit, ownLabelsOf } from '../name.ts'
import { aggregateOf, checkAggregate, type Mergeable } from './aggregate.ts'

/** What a metric is, as one thread or process tells another. */
export type Outline = Required<
  Pick<
    Mergeable,
    | 'kind'
    | 'name'
    | 'help'
    | 'unit'
    | 'labelNames'
    | 'bounds'
    | 'quantiles'
    | 'states'
    | 'width'
    | 'aggregate'
    | 'maxSeries'
  >
>

/** No one who is told of a metric holds more of its series than this, whatever it is told. */
export const MOST_SERIES: number = 1 << 20
const MOST_NUMBERS = 4096
const KINDS: readonly string[] = [
  'counter',
  'gauge',
  'histogram',
  'summary',
  'info',
  'stateset',
] satisfies readonly MetricReader['kind'][]

export function outlineOf(metric: Pick<Mergeable, keyof Outline>): Outline {
  const {
    kind,
    name,
    help,
    unit,
    labelNames,
    bounds,
    quantiles,
    states,
    width,
    maxSeries = DEFAULT_MAX_SERIES,
  } = metric
  const aggregate = aggregateOf(metric)
  return { kind, name, help, unit, labelNames, bounds, quantiles, states, width, aggregate, maxSeries }
}

/** What somebody else says that a metric is; undefined when there can be no such metric. */
export function readOutline(value: unknown): Outline | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every part of it is checked below
  const told = value as Partial<Record<keyof Outline, unknown>>
  const { kind, name, help, unit, labelNames, bounds, quantiles, states, width, aggregate, maxSeries } = told
  if (!isKind(kind) || typeof name !== 'string' || typeof help !== 'string' || typeof unit !== 'string')
    return undefined
  if (!isListOf(labelNames, isText) || !isListOf(states, isText)) return undefined
  if (!isListOf(bounds, isAscending) || !isListOf(quantiles, isQuantile)) return undefined
  if (typeof maxSeries !== 'number' || typeof aggregate !== 'string') return undefined
  const outline = { kind, name, help, unit, labelNames, bounds, quantiles, states }
  if (width !== widthOf(outline) || width > MOST_NUMBERS || !(maxSeries >= 1)) return undefined
  try {
    checkMetricName(name)
    checkUnit(name, unit)
    checkLabelNames(name, labelNames, ownLabelsOf(kind, name))
    return {
      ...outline,
      width,
      aggregate: checkAggregate(name, aggregate),
      maxSeries: Math.min(maxSeries, MOST_SERIES),
    }
  } catch {
    return undefined
  }
}

function widthOf({
  kind,
  bounds,
  quantiles,
  states,
}: Pick<Outline, 'kind' | 'bounds' | 'quantiles' | 'states'>): number {
  switch (kind) {
    case 'counter':
    case 'gauge':
    case 'info':
      return 1
    case 'histogram':
      return bounds.length + 2
    case 'summary':
      return quantiles.length + 2
    case 'stateset':
      return states.length
  }
}

function isKind(value: unknown): value is MetricReader['kind'] {
  return typeof value === 'string' && KINDS.includes(value)
}

type Test<T> = (item: unknown, i: number, list: readonly unknown[]) => item is T

function isListOf<T>(value: unknown, test: Test<T>): value is readonly T[] {
  return Array.isArray(value) && value.length <= MOST_NUMBERS && value.every((item, i) => test(item, i, value))
}

function isText(item: unknown): item is string {
  return typeof item === 'string'
}

function isQuantile(item: unknown): item is number {
  return typeof item === 'number' && item >= 0 && item <= 1
}

function isAscending(item: unknown, i: number, list: readonly unknown[]): item is number {
  return typeof item === 'number' && Number.isFinite(item) && (i === 0 || Number(list[i - 1]) < item)
}
