import { LabelSet, type MetricMetadata } from '../../series/index.ts'
import { ProtobufReader } from '../protobuf/reader.ts'
import { IntegerColumn } from './column.ts'
import { EXEMPLAR, LABEL_1, METADATA_1, REQUEST_1, SERIES_1, TYPES } from './fields.ts'
import { RequestBuilder } from './request-builder.ts'
import type { Spelling, WriteRequest } from './write-request.ts'

/** @throws ProtobufError */
export function decodeWriteRequest1(bytes: Uint8Array): WriteRequest {
  const built = new RequestBuilder()
  const labelStarts = new IntegerColumn()
  const labelEnds = new IntegerColumn()
  /** Labels with something between them, put together: nobody sends that, but he may. */
  const scattered = new Map<number, Uint8Array>()
  const metadata: { name: string; metadata: MetricMetadata }[] = []
  const reader = new ProtobufReader(bytes)
  while (reader.next()) {
    if (reader.field === REQUEST_1.series) {
      const pieces = decodeSeries(reader, built)
      const [[start, end] = [0, 0]] = pieces
      labelStarts.push(start)
      labelEnds.push(end)
      if (pieces.length > 1) scattered.set(built.series, together(bytes, pieces))
      built.endSeries()
    } else if (reader.field === REQUEST_1.metadata) metadata.push(decodeMetadata(reader))
    else reader.skip()
  }

  const [starts, ends] = [labelStarts.values, labelEnds.values]
  const spelled: Spelling = { bytes, start: 0, end: 0 }
  const spelling = (i: number): Spelling => {
    const own = scattered.get(i)
    spelled.bytes = own ?? bytes
    spelled.start = own === undefined ? (starts[i] ?? 0) : 0
    spelled.end = own?.length ?? ends[i] ?? 0
    return spelled
  }
  const labels = (i: number): LabelSet => {
    const { bytes: from, start, end } = spelling(i)
    const inner = new ProtobufReader(from, start, end)
    const pairs: [string, string][] = []
    while (inner.next()) pairs.push(decodeLabel(inner))
    return LabelSet.of(pairs)
  }
  return { version: '1.0', ...built.parts, metadata, spelling, labels }
}

/** Where the labels lie: as a rule in one piece. */
function decodeSeries(reader: ProtobufReader, built: RequestBuilder): [start: number, end: number][] {
  const pieces: [number, number][] = []
  let start = -1
  let stop = -1
  const end = reader.begin()
  for (let at = reader.at; reader.next(); at = reader.at) {
    switch (reader.field) {
      case SERIES_1.label:
        reader.passBytes()
        if (at !== stop) {
          if (start >= 0) pieces.push([start, stop])
          start = at
        }
        stop = reader.at
        break
      case SERIES_1.sample:
        built.sample(reader)
        break
      case SERIES_1.exemplar:
        decodeExemplar(reader, built)
        break
      case SERIES_1.histogram:
        built.histogram(reader)
        break
      default:
        reader.skip()
    }
  }
  reader.end(end)
  if (start >= 0) pieces.push([start, stop])
  return pieces
}

function together(bytes: Uint8Array, pieces: readonly (readonly [number, number])[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap(([start, end]) => [...bytes.subarray(start, end)]))
}

function decodeLabel(reader: ProtobufReader): [string, string] {
  let [name, value] = ['', '']
  const end = reader.begin()
  while (reader.next()) {
    if (reader.field === LABEL_1.name) name = reader.text()
    else if (reader.field === LABEL_1.value) value = reader.text()
    else reader.skip()
  }
  reader.end(end)
  return [name, value]
}

function decodeExemplar(reader: ProtobufReader, built: RequestBuilder): void {
  const pairs: [string, string][] = []
  let [value, at] = [0, 0]
  const end = reader.begin()
  while (reader.next()) {
    if (reader.field === EXEMPLAR.labels) pairs.push(decodeLabel(reader))
    else if (reader.field === EXEMPLAR.value) value = reader.double()
    else if (reader.field === EXEMPLAR.at) at = reader.int64()
    else reader.skip()
  }
  reader.end(end)
  built.exemplar(built.series, pairs, value, at)
}

function decodeMetadata(reader: ProtobufReader): { name: string; metadata: MetricMetadata } {
  let type = 0
  let [name, help, unit] = ['', '', '']
  const end = reader.begin()
  while (reader.next()) {
    if (reader.field === METADATA_1.type) type = reader.uint32()
    else if (reader.field === METADATA_1.name) name = reader.text()
    else if (reader.field === METADATA_1.help) help = reader.text()
    else if (reader.field === METADATA_1.unit) unit = reader.text()
    else reader.skip()
  }
  reader.end(end)
  return { name, metadata: { type: TYPES[type] ?? 'unknown', help, unit } }
}
