import { LabelSet, METRIC_NAME_LABEL, type MetricMetadata } from '../../series/index.ts'
import { ProtobufError, ProtobufReader } from '../protobuf/reader.ts'
import { VARINT } from '../protobuf/wire-type.ts'
import { IntegerColumn } from './column.ts'
import { EXEMPLAR, METADATA_2, REQUEST_2, SERIES_2, TYPES } from './fields.ts'
import { RequestBuilder } from './request-builder.ts'
import type { SymbolIds } from './symbol-ids.ts'
import { Symbols } from './symbols.ts'
import type { Spelling, WriteRequest } from './write-request.ts'

interface PendingExemplar {
  readonly series: number
  readonly refs: readonly number[]
  readonly value: number
  readonly at: number
}

interface PendingMetadata {
  readonly series: number
  readonly type: number
  readonly help: number
  readonly unit: number
}

interface Pending {
  readonly labelRefs: IntegerColumn
  readonly exemplars: PendingExemplar[]
  readonly metadata: PendingMetadata[]
}

/** @throws ProtobufError; among others for a reference to a symbol that is not there. */
export function decodeWriteRequest2(bytes: Uint8Array, ids: SymbolIds): WriteRequest {
  const built = new RequestBuilder()
  const symbols = new Symbols(bytes, ids)
  const labelEnds = new IntegerColumn()
  // Symbols may come last.
  const pending: Pending = { labelRefs: new IntegerColumn(), exemplars: [], metadata: [] }
  const reader = new ProtobufReader(bytes)
  while (reader.next()) {
    if (reader.field === REQUEST_2.symbol) symbols.add(reader)
    else if (reader.field === REQUEST_2.series) {
      decodeSeries(reader, built, pending)
      // The series before were even.
      if (pending.labelRefs.length % 2 !== 0) {
        throw new ProtobufError(`series ${built.series}: a label's name without its value`)
      }
      labelEnds.push(pending.labelRefs.length)
      built.endSeries()
    } else reader.skip()
  }
  const refs = pending.labelRefs.values
  const ends = labelEnds.values
  symbols.check(refs)
  for (const { series, refs: own, value, at } of pending.exemplars) {
    symbols.check(own)
    if (own.length % 2 !== 0) throw new ProtobufError(`exemplar at ${at}: a label's name without its value`)
    built.exemplar(series, symbols.pairs(own, 0, own.length), value, at)
  }

  const spelling = (i: number): Spelling => symbols.spell(refs, labelsFrom(ends, i), ends[i] ?? 0)
  const labels = (i: number): LabelSet => LabelSet.of(symbols.pairs(refs, labelsFrom(ends, i), ends[i] ?? 0))
  const nameOf = (i: number): string => symbols.valueOf(METRIC_NAME_LABEL, refs, labelsFrom(ends, i), ends[i] ?? 0)
  const metadata = pending.metadata.map(({ series, type, help, unit }) => {
    symbols.check([help, unit])
    const found: MetricMetadata = {
      type: TYPES[type] ?? 'unknown',
      help: symbols.text(help),
      unit: symbols.text(unit),
    }
    return { name: familyOf(nameOf(series), found.type), metadata: found }
  })
  return { version: '2.0', ...built.parts, metadata: metadata.filter(({ name }) => name !== ''), spelling, labels }
}

/** Metadata is a family's, and is sent with each of its series. */
function familyOf(name: string, type: MetricMetadata['type']): string {
  if (type === 'histogram' || type === 'gaugehistogram') return name.replace(/_(?:bucket|count|sum)$/, '')
  return type === 'summary' ? name.replace(/_(?:count|sum)$/, '') : name
}

function labelsFrom(ends: Uint32Array, i: number): number {
  return i === 0 ? 0 : (ends[i - 1] ?? 0)
}

function decodeSeries(
  reader: ProtobufReader,
  built: RequestBuilder,
  { labelRefs, exemplars, metadata }: Pending,
): void {
  const { series } = built
  const firstSample = built.times.length
  const firstHistogram = built.histograms.length
  let created = 0
  const end = reader.begin()
  while (reader.next()) {
    switch (reader.field) {
      case SERIES_2.labels:
        reader.repeated(VARINT, () => labelRefs.push(reader.uint32()))
        break
      case SERIES_2.sample:
        built.sample(reader)
        break
      case SERIES_2.histogram:
        built.histogram(reader)
        break
      case SERIES_2.exemplar:
        exemplars.push(decodeExemplar(reader, series))
        break
      case SERIES_2.metadata:
        metadata.push(decodeMetadata(reader, series))
        break
      case SERIES_2.created:
        created = reader.int64()
        break
      default:
        reader.skip()
    }
  }
  reader.end(end)
  if (created === 0) return
  // Before 2.0-rc.4 a series had one start time for all its samples.
  const starts = built.starts.values
  for (let i = firstSample; i < starts.length; i++) if (starts[i] === 0) starts[i] = created
  for (let i = firstHistogram; i < built.histograms.length; i++) {
    const histogram = built.histograms[i]
    if (histogram?.start === 0) built.histograms[i] = { ...histogram, start: created }
  }
}

function decodeExemplar(reader: ProtobufReader, series: number): PendingExemplar {
  const refs: number[] = []
  let [value, at] = [0, 0]
  const end = reader.begin()
  while (reader.next()) {
    if (reader.field === EXEMPLAR.labels) reader.repeated(VARINT, () => refs.push(reader.uint32()))
    else if (reader.field === EXEMPLAR.value) value = reader.double()
    else if (reader.field === EXEMPLAR.at) at = reader.int64()
    else reader.skip()
  }
  reader.end(end)
  return { series, refs, value, at }
}

function decodeMetadata(reader: ProtobufReader, series: number): PendingMetadata {
  let [type, help, unit] = [0, 0, 0]
  const end = reader.begin()
  while (reader.next()) {
    if (reader.field === METADATA_2.type) type = reader.uint32()
    else if (reader.field === METADATA_2.help) help = reader.uint32()
    else if (reader.field === METADATA_2.unit) unit = reader.uint32()
    else reader.skip()
  }
  reader.end(end)
  return { series, type, help, unit }
}
