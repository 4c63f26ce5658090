import { type HistogramValue, type LabelSet, METRIC_NAME_LABEL } from '../../series/index.ts'
import { compact } from '../engine/histogram/index.ts'
import type { MatrixSeries, Notes, QueryResult, QueryValue, SampleValue, VectorSample } from '../engine/index.ts'
import type { StoredValue } from './memory-store.ts'
import type { Expectations, Pattern } from './script.ts'
import { goNumber, type Notated, parseRow, parseValues } from './series-notation.ts'

/** What is wrong with an answer first: its error, its notes, then what `compare` finds; undefined when nothing is. */
export function judge(
  result: QueryResult,
  expect: Expectations,
  compare: (value: QueryValue) => string | undefined,
): string | undefined {
  if (!result.ok) {
    if (!expect.fail) return `failed: ${result.error.message}`
    const { failure } = expect
    return failure === undefined || matches(failure, result.error.message)
      ? undefined
      : `failed: ${result.error.message}`
  }
  if (expect.fail) return 'did not fail'
  return notesFault(result, expect) ?? compare(result.value)
}

function notesFault({ warnings, infos }: Notes, expect: Expectations): string | undefined {
  return (
    noteFault('warning', warnings, expect.warn, expect.noWarn) ?? noteFault('info', infos, expect.info, expect.noInfo)
  )
}

function noteFault(
  what: string,
  notes: readonly string[],
  wanted: readonly (Pattern | undefined)[],
  none: boolean,
): string | undefined {
  if (none && notes.length > 0) return `unexpected ${what}: ${notes.join('; ')}`
  if (wanted.length === 0) return undefined
  const fits = (pattern: Pattern | undefined, note: string): boolean => pattern === undefined || matches(pattern, note)
  const missing = wanted.some((pattern) => !notes.some((note) => fits(pattern, note)))
  const surplus = notes.some((note) => !wanted.some((pattern) => fits(pattern, note)))
  if (!missing && !surplus) return undefined
  return `${what}s: wanted ${wanted.map((pattern) => pattern?.text ?? 'any').join('; ')}, got ${notes.join('; ') || 'none'}`
}

function matches({ kind, text }: Pattern, message: string): boolean {
  return kind === 'msg' ? message === text : new RegExp(text).test(message)
}

export function instantFault(value: QueryValue, rows: readonly string[], expect: Expectations): string | undefined {
  if (expect.text !== undefined) {
    return value.type === 'string' && value.value === expect.text ? undefined : `wanted the string ${expect.text}`
  }
  if (expect.rangeVector !== undefined)
    return matrixFault(value, rows, expect.rangeVector.from, expect.rangeVector.step)
  const [row = ''] = rows
  if (rows.length === 1 && !Number.isNaN(bareNumber(row) ?? NaN)) return scalarFault(value, bareNumber(row) ?? NaN)
  if (rows.length === 1 && /^[+-]?nan$/i.test(row)) return scalarFault(value, NaN)
  if (value.type !== 'vector') return `wanted a vector, got a ${value.type}`
  return vectorFault(value.samples, rows, expect.ordered)
}

function bareNumber(row: string): number | undefined {
  return /^[+-]?(?:inf|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/i.test(row) ? goNumber(row) : undefined
}

function scalarFault(value: QueryValue, wanted: number): string | undefined {
  const got = value.type === 'scalar' ? value.value : value.type === 'vector' ? value.samples[0]?.value : undefined
  return typeof got === 'number' && almost(got, wanted) ? undefined : `wanted ${wanted}, got ${show(got)}`
}

function vectorFault(samples: readonly VectorSample[], rows: readonly string[], ordered: boolean): string | undefined {
  const byKey = new Map(samples.map((sample, i) => [sample.labels.key, { ...sample, i }]))
  for (const [i, line] of rows.entries()) {
    const row = parseRow(line)
    const [wanted] = parseValues(row.values)
    const got = byKey.get(row.labels.key)
    if (got === undefined) return `no ${String(row.labels)} among ${samples.map(describe).join(', ') || 'nothing'}`
    if (ordered && got.i !== i) return `${String(row.labels)} at place ${got.i}, wanted ${i}`
    if (wanted === undefined || !same(got.value, wanted)) {
      return `${String(row.labels)}: wanted ${row.values}, got ${show(got.value)}`
    }
    byKey.delete(row.labels.key)
  }
  const [surplus] = byKey.values()
  return surplus && `surplus ${describe(surplus)}`
}

export function matrixFault(
  value: QueryValue,
  rows: readonly string[],
  start: number,
  step: number,
): string | undefined {
  if (value.type !== 'matrix') return `wanted a matrix, got a ${value.type}`
  const left = new Map(value.series.map((series) => [series.labels.key, series]))
  const [only = ''] = rows
  for (const line of rows) {
    const scalar = rows.length === 1 && bareNumber(only) !== undefined
    const row = scalar ? { labels: undefined, values: line } : parseRow(line)
    const wanted = parseValues(row.values)
    const series = row.labels === undefined ? value.series[0] : left.get(row.labels.key)
    const some = wanted.some((each) => each !== undefined)
    if (series === undefined) {
      if (!some) continue
      return `no ${String(row.labels)} among ${value.series.map(({ labels }) => String(labels)).join(', ') || 'nothing'}`
    }
    const fault = seriesFault(series, wanted, start, step)
    if (fault !== undefined) return `${String(series.labels)}: ${fault}`
    left.delete(series.labels.key)
  }
  const [surplus] = left.values()
  return surplus && `surplus ${String(surplus.labels)} ${showSeries(surplus)}`
}

function seriesFault(
  { times, values, histograms }: MatrixSeries,
  wanted: readonly (Notated | undefined)[],
  start: number,
  step: number,
): string | undefined {
  const got = new Map<number, SampleValue>()
  times.forEach((time, i) => got.set(time, values[i] ?? NaN))
  histograms?.times.forEach((time, i) => {
    const histogram = histograms.values[i]
    if (histogram !== undefined) got.set(time, histogram)
  })
  for (const [i, each] of wanted.entries()) {
    const own = got.get(start + i * step)
    got.delete(start + i * step)
    if (each === undefined ? own !== undefined : own === undefined || !same(own, each)) {
      return `step ${i}: wanted ${show(each?.value)}, got ${show(own)}`
    }
  }
  const [surplus] = got
  return surplus && `surplus at ${surplus[0]}: ${show(surplus[1])}`
}

function same(got: SampleValue, { value, hinted }: Notated): boolean {
  if (typeof got === 'number') return typeof value === 'number' && almost(got, value)
  return typeof value === 'object' && sameHistograms(got, value, hinted)
}

function sameHistograms(given: HistogramValue, wanted: HistogramValue, hinted: boolean): boolean {
  const [a, b] = [compact(given), compact(wanted)]
  const all = (x: readonly number[], y: readonly number[]): boolean =>
    x.length === y.length && x.every((value, i) => almost(value, y[i] ?? NaN))
  return (
    a.schema === b.schema &&
    almost(a.count, b.count) &&
    almost(a.sum, b.sum) &&
    almost(a.zeroThreshold, b.zeroThreshold) &&
    almost(a.zeroCount, b.zeroCount) &&
    all(a.customBounds, b.customBounds) &&
    (['positive', 'negative'] as const).every(
      (side) => all(a[side].counts, b[side].counts) && JSON.stringify(a[side].spans) === JSON.stringify(b[side].spans),
    ) &&
    (!hinted || a.counterReset === b.counterReset)
  )
}

const MIN_NORMAL = 2.2250738585072014e-308

export function almost(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b)
  if (a === b) return true
  const size = Math.abs(a) + Math.abs(b)
  const difference = Math.abs(a - b)
  if (a === 0 || b === 0 || size < MIN_NORMAL) return difference < 1e-6 * MIN_NORMAL
  return difference / Math.min(size, Number.MAX_VALUE) < 1e-6
}

export function describe({ labels, value }: { readonly labels: LabelSet; readonly value: SampleValue }): string {
  return `${labels.has(METRIC_NAME_LABEL) || labels.size > 0 ? String(labels) : '{}'} ${show(value)}`
}

export function show(value: StoredValue | undefined): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

export function showSeries({ times, values }: MatrixSeries): string {
  return Array.from(times, (time, i) => `${values[i]}@${time}`).join(' ')
}
