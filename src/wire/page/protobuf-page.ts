import { isUtf8 } from 'node:buffer'
import { canonicalFloat } from '../../metrics/index.ts'
import { type LabelSet, METRIC_NAME_LABEL, type MetricMetadata } from '../../series/index.ts'
import { ProtobufError, ProtobufReader } from '../protobuf/reader.ts'
import { goQuotedText } from './go-quote.ts'
import { metricEntries } from './metric-entries.ts'
import type { PageEntry } from './page-entry.ts'
import { PageError } from './page-error.ts'
import {
  COUNTER,
  GAUGE,
  GAUGE_HISTOGRAM,
  HISTOGRAM,
  readLabels,
  readMetric,
  SUMMARY,
  text,
  UNTYPED,
  type WireMetric,
} from './protobuf-metric.ts'
import { seriesLabels } from './series-labels.ts'
import { MAX_SERIES_BYTES } from './series-reader.ts'

/** A length is no longer than a varint of 32 bits. */
const MAX_LENGTH_BYTES = 5

const MAX_SPELLINGS = 1000

const TYPES: ReadonlyMap<number, MetricMetadata['type']> = new Map([
  [COUNTER, 'counter'],
  [GAUGE, 'gauge'],
  [SUMMARY, 'summary'],
  [UNTYPED, 'unknown'],
  [HISTOGRAM, 'histogram'],
  [GAUGE_HISTOGRAM, 'gaugehistogram'],
])

interface WireFamily {
  readonly name: string
  readonly help: string
  readonly unit: string
  readonly type: number
  readonly start: number
  readonly end: number
}

/** A page of delimited io.prometheus.client.MetricFamily messages. @throws PageError */
export function* readProtobufPage(page: Uint8Array, classicToo: boolean): Generator<PageEntry, void> {
  const bytes = Buffer.from(page)
  const spellings = rememberedSpellings()
  for (let at = 0; at < bytes.length;) {
    const { start, end } = messageAt(bytes, at)
    at = end
    const family = faultsTold(() => readFamily(bytes, start, end))
    if (family === undefined) continue
    yield { kind: 'metadata', name: family.name, help: family.help }
    if (family.unit !== '') yield { kind: 'metadata', name: family.name, unit: family.unit }
    yield { kind: 'metadata', name: family.name, type: TYPES.get(family.type) ?? 'unknown' }
    const reader = new ProtobufReader(bytes, start, end)
    const prefix = `\0${family.name.length}:${family.name}`
    const next = (): WireMetric | undefined => nextMetric(reader, family.type)
    for (let metric = faultsTold(next); metric !== undefined; metric = faultsTold(next)) {
      const { labels } = metric
      yield* metricEntries(metric, {
        type: family.type,
        classicToo,
        spelled: spellings,
        key: prefix + keyOf(bytes, labels),
        labels: (suffix, more) => () => labelsOf(bytes, labels, family.name + suffix, more),
      })
    }
  }
}

/** Most series of a page have the same few bounds. */
function rememberedSpellings(): (value: number) => string {
  const known = new Map<number, string>()
  return (value) => {
    const before = known.get(value)
    if (before !== undefined) return before
    const text = canonicalFloat(value)
    if (known.size < MAX_SPELLINGS) known.set(value, text)
    return text
  }
}

/** The message whose length stands at `at`. */
function messageAt(bytes: Buffer, at: number): { start: number; end: number } {
  let length = 0
  for (let i = 0; i < MAX_LENGTH_BYTES; i++) {
    const byte = bytes[at + i]
    if (byte === undefined) break
    length += (byte & 127) * 2 ** (7 * i)
    if (byte >= 128) continue
    const start = at + i + 1
    if (start + length <= bytes.length) return { start, end: start + length }
    const found = bytes.length - at
    const needed = i + 1 + length
    throw new PageError(
      `clientpb: insufficient length of buffer, expected at least ${needed} bytes, got ${found} bytes`,
      at,
    )
  }
  throw new PageError('clientpb: invalid varint encountered', at)
}

/** Undefined for a family without a metric, of which nothing else matters. */
function readFamily(bytes: Buffer, start: number, end: number): WireFamily | undefined {
  const reader = new ProtobufReader(bytes, start, end)
  let name: Uint8Array = new Uint8Array()
  let help = name
  let unit = name
  let type = COUNTER
  let empty = true
  while (reader.next()) {
    if (reader.field === 1) name = reader.bytes()
    else if (reader.field === 2) help = reader.bytes()
    else if (reader.field === 3) type = reader.int32()
    else if (reader.field === 5) unit = reader.bytes()
    else {
      if (reader.field === 4) empty = false
      reader.skip()
    }
  }
  if (empty) return undefined
  const family = { name: text(name), help: text(help), unit: text(unit), type, start, end }
  const shown = goQuotedText(family.name)
  if (name.length === 0 || !isUtf8(name)) throw new PageError(`invalid metric name: ${family.name}`, start)
  if (!isUtf8(help)) throw new PageError(`invalid help for metric ${shown}: ${family.help}`, start)
  if (!TYPES.has(type)) throw new PageError(`unknown metric type for metric ${shown}: ${type}`, start)
  checkUnit(family)
  return family
}

function checkUnit({ name, unit, type, start }: WireFamily): void {
  const counter = type === COUNTER && name.endsWith('_total')
  const base = counter ? name.slice(0, -'_total'.length) : name
  if (unit === '' || base.endsWith(`_${unit}`)) return
  const what = `${counter ? 'counter' : 'metric'} ${goQuotedText(name)}`
  throw new PageError(`unit ${goQuotedText(unit)} not a suffix of ${what}`, start)
}

/** Goes on to the family's next metric. */
function nextMetric(reader: ProtobufReader, type: number): WireMetric | undefined {
  while (reader.next()) {
    if (reader.field !== 4) {
      reader.skip()
      continue
    }
    const outer = reader.begin()
    const metric = readMetric(reader, type)
    reader.end(outer)
    return metric
  }
  return undefined
}

/** Their bytes as they are: each label has its length before it. */
function keyOf(bytes: Buffer, labels: readonly number[]): string {
  let key = ''
  for (let i = 0; i < labels.length; i += 2) key += bytes.toString('latin1', labels[i], labels[i + 1])
  if (key.length > MAX_SERIES_BYTES) throw new PageError(`a series of over ${MAX_SERIES_BYTES} bytes`, labels[0])
  return key
}

function labelsOf(
  bytes: Buffer,
  runs: readonly number[],
  name: string,
  more: readonly [string, string] | undefined,
): LabelSet {
  return faultsTold(() => {
    const labels: (readonly [string, string])[] = [[METRIC_NAME_LABEL, name]]
    for (let i = 0; i < runs.length; i += 2) labels.push(...readLabels(bytes, runs[i] ?? 0, runs[i + 1] ?? 0))
    if (more !== undefined) labels.push(more)
    return seriesLabels(labels)
  })
}

/** Bytes that are no protobuf make no page. */
function faultsTold<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof ProtobufError ? new PageError(error.message) : error
  }
}
