import {
  type HistogramBuckets,
  type HistogramValue,
  LabelSet,
  METRIC_NAME_LABEL,
  parseDuration,
} from '../../series/index.ts'
import { addHistograms, subtractHistograms } from '../engine/histogram/index.ts'
import { explainParseError } from '../parse-error.ts'
import { parse } from '../parser.ts'
import type { StoredValue } from './memory-store.ts'

/** A row of a test script: a metric and what stands after it. */
export interface SeriesRow {
  readonly labels: LabelSet
  /** The row gives start times: `metric{...}@st`. */
  readonly startTimes: boolean
  readonly values: string
}

export function parseRow(line: string): SeriesRow {
  const end = metricEnd(line)
  const startTimes = line.startsWith('@st', end)
  return {
    labels: parseMetric(line.slice(0, end)),
    startTimes,
    values: line.slice(startTimes ? end + 3 : end).trim(),
  }
}

/** After the name, or the brace that closes the labels. */
function metricEnd(line: string): number {
  let quote = ''
  let inside = false
  for (let i = 0; i < line.length; i++) {
    const char = line.charAt(i)
    if (quote !== '') {
      if (char === '\\' && quote !== '`') i++
      else if (char === quote) quote = ''
    } else if (char === '"' || char === "'" || char === '`') quote = char
    else if (char === '{') inside = true
    else if (char === '}') return i + 1
    else if (!inside && (/\s/.test(char) || char === '@')) {
      return char !== '@' && line.slice(i).trimStart().startsWith('{') && !line.slice(i).trimStart().startsWith('{{')
        ? metricEnd(line.slice(i)) + i
        : i
    }
  }
  return line.length
}

function parseMetric(text: string): LabelSet {
  const direct = parse(text)
  const parsed = direct.ok ? direct : parse(`x${text}`)
  const [fault] = direct.ok || parsed.ok ? [] : direct.errors
  if (fault !== undefined) throw new RangeError(explainParseError(fault))
  if (!parsed.ok || parsed.expr.kind !== 'vector-selector') throw new RangeError(`no metric: ${text}`)
  const inexact = parsed.expr.matchers.find(({ operator }) => operator !== '=')
  if (inexact !== undefined)
    throw new RangeError(`no metric: ${text}: ${inexact.name}${inexact.operator}, and only = is one`)
  const labels = parsed.expr.matchers.map(({ name, value }) => [name, value] as const)
  return LabelSet.of(direct.ok ? labels : labels.filter(([name]) => name !== METRIC_NAME_LABEL))
}

const NUMBER = String.raw`(?:(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|inf|nan)`
const FLOATS = new RegExp(String.raw`^([+-]?${NUMBER})(?:(?:([+-]${NUMBER}))?x(\d+))?$`, 'i')
const GAPS = /^_(?:x(\d+))?$/
const HISTOGRAMS = /^\{\{(.*?)\}\}(?:(?:([+-])\{\{(.*?)\}\})?x(\d+))?$/
const ITEM = /\{\{.*?\}\}(?:[+-]\{\{.*?\}\})?(?:x\d+)?|\S+/g

/** What a histogram's notation says beside its value: whether the hint of a reset was written. */
export interface Notated {
  readonly value: StoredValue
  readonly hinted: boolean
}

/** `1+2x3 _ stale {{count:1}}`: undefined is a gap. */
export function parseValues(text: string): readonly (Notated | undefined)[] {
  return (text.match(ITEM) ?? []).flatMap((item): readonly (Notated | undefined)[] => {
    const gaps = GAPS.exec(item)
    if (gaps !== null) return Array.from({ length: Number(gaps[1] ?? 1) }, () => undefined)
    if (item === 'stale') return [{ value: 'stale', hinted: false }]
    const floats = FLOATS.exec(item)
    if (floats !== null) {
      const [, first = '', step = '0', times = '0'] = floats
      let value = goNumber(first)
      return Array.from({ length: Number(times) + 1 }, () => {
        const own = { value, hinted: false }
        value += goNumber(step)
        return own
      })
    }
    const histograms = HISTOGRAMS.exec(item)
    if (histograms !== null) return repeatedHistogram(histograms)
    return [{ value: parseDuration(item) / 1000, hinted: false }]
  })
}

function repeatedHistogram([, first = '', sign, step, times = '0']: RegExpExecArray): readonly Notated[] {
  let value = parseHistogram(first)
  const increment = step === undefined ? undefined : parseHistogram(step)
  const hinted = first.includes('counter_reset_hint')
  return Array.from({ length: Number(times) + 1 }, () => {
    const own = { value, hinted }
    if (increment !== undefined) {
      const next = sign === '-' ? subtractHistograms(value, increment) : addHistograms(value, increment)
      if (next === undefined) throw new RangeError(`histograms that cannot be added: ${first}, ${step}`)
      value = next.value
    }
    return own
  })
}

export function goNumber(text: string): number {
  if (/^\+?inf$/i.test(text)) return Infinity
  if (/^-inf$/i.test(text)) return -Infinity
  return /^[+-]?nan$/i.test(text) ? NaN : Number(text)
}

const HISTOGRAM_KEYS: ReadonlySet<string> = new Set([
  'schema',
  'sum',
  'count',
  'z_bucket',
  'z_bucket_w',
  'custom_values',
  'buckets',
  'offset',
  'n_buckets',
  'n_offset',
  'counter_reset_hint',
])

function parseHistogram(text: string): HistogramValue {
  const fields = new Map(
    Array.from(text.matchAll(/(\w+):(\[[^\]]*\]|\S+)/g), ([, key = '', value = '']) => [key, value] as const),
  )
  for (const key of fields.keys()) {
    if (!HISTOGRAM_KEYS.has(key)) throw new RangeError(`bad histogram descriptor found: ${JSON.stringify(key)}`)
  }
  const left = text.replaceAll(/(\w+):(\[[^\]]*\]|\S+)/g, '').trim()
  if (left !== '') throw new RangeError(`bad histogram descriptor found: ${JSON.stringify(left)}`)
  const number = (key: string): number => soundNumber(fields.get(key) ?? '0')
  const list = (key: string): readonly number[] =>
    (fields.get(key) ?? '[]')
      .slice(1, -1)
      .split(/\s+/)
      .filter((part) => part !== '')
      .map(soundNumber)
  const buckets = (key: string, offset: string): HistogramBuckets => {
    const counts = list(key)
    return { spans: counts.length === 0 ? [] : [{ offset: number(offset), length: counts.length }], counts }
  }
  return {
    schema: number('schema'),
    count: number('count'),
    sum: number('sum'),
    zeroThreshold: number('z_bucket_w'),
    zeroCount: number('z_bucket'),
    positive: buckets('buckets', 'offset'),
    negative: buckets('n_buckets', 'n_offset'),
    customBounds: list('custom_values'),
    counterReset: hint(fields.get('counter_reset_hint')),
  }
}

function soundNumber(text: string): number {
  const value = goNumber(text)
  if (Number.isNaN(value) && !/nan$/i.test(text)) throw new RangeError(`bad histogram descriptor found: ${text}`)
  return value
}

function hint(text: string | undefined): HistogramValue['counterReset'] {
  if (text === undefined || text === 'unknown') return 'unknown'
  if (text === 'reset' || text === 'gauge') return text
  if (text === 'not_reset') return 'not-reset'
  throw new RangeError(`no hint of a counter's reset: ${text}`)
}

const OFFSETS = /^(?:_(?:x(\d+))?|([+-]?[\da-wyz]+)(?:([+-][\da-wyz]+))?(?:x(\d+))?)$/

/** `-30s-1mx2 _`: offsets in ms. */
export function parseOffsets(text: string): readonly (number | undefined)[] {
  return text
    .split(/\s+/)
    .filter((item) => item !== '')
    .flatMap((item): readonly (number | undefined)[] => {
      const match = OFFSETS.exec(item)
      if (match === null) throw new RangeError(`no offset of a start time: ${item}`)
      const [, gaps, first, step = '0', times = '0'] = match
      if (first === undefined) return Array.from({ length: Number(gaps ?? 1) }, () => undefined)
      return Array.from({ length: Number(times) + 1 }, (_, i) => signedMs(first) + i * signedMs(step))
    })
}

/** A duration with a sign, or a number of seconds. */
export function signedMs(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1
  const size = text.replace(/^[+-]/, '')
  return sign * (/^[\d.]+$/.test(size) ? Number(size) * 1000 : parseDuration(size))
}
