import { Matcher, type MatchOperator, type SelectedSeries, type SeriesColumns } from '../../series/index.ts'
import { ProtobufError, ProtobufReader } from '../protobuf/reader.ts'
import { ProtobufWriter } from '../protobuf/writer.ts'
import { decodeWriteRequest } from '../remote-write/decode.ts'
import type { WriteRequest, WrittenHistogram } from '../remote-write/write-request.ts'

/** Fields of the messages, by their names in `remote.proto`. */
const REQUEST = { query: 1 } as const
const QUERY = { start: 1, end: 2, matcher: 3 } as const
const MATCHER = { type: 1, name: 2, value: 3 } as const
const RESPONSE = { result: 1 } as const

const OPERATORS: readonly MatchOperator[] = ['=', '!=', '=~', '!~']

/** Series wanted: times in ms since the epoch, both ends inclusive. */
export interface ReadQuery {
  readonly matchers: readonly Matcher[]
  readonly from: number
  readonly to: number
}

/** Asks for samples, one by one: not for chunks. */
export function encodeReadRequest(queries: readonly ReadQuery[]): Uint8Array {
  const out = new ProtobufWriter()
  for (const { matchers, from, to } of queries) {
    const query = out.begin(REQUEST.query)
    out.int(QUERY.start, from)
    out.int(QUERY.end, to)
    for (const { operator, name, value } of matchers) {
      const matcher = out.begin(QUERY.matcher)
      out.uint(MATCHER.type, OPERATORS.indexOf(operator))
      out.text(MATCHER.name, name)
      out.text(MATCHER.value, value)
      out.end(matcher)
    }
    out.end(query)
  }
  return out.finish()
}

/** @throws ProtobufError; PatternError, a RangeError, for a matcher's pattern. */
export function decodeReadRequest(bytes: Uint8Array): readonly ReadQuery[] {
  const queries: ReadQuery[] = []
  const reader = new ProtobufReader(bytes)
  while (reader.next()) {
    if (reader.field === REQUEST.query) queries.push(decodeQuery(reader))
    else reader.skip()
  }
  return queries
}

function decodeQuery(reader: ProtobufReader): ReadQuery {
  let [from, to] = [0, 0]
  const matchers: Matcher[] = []
  const end = reader.begin()
  while (reader.next()) {
    if (reader.field === QUERY.start) from = reader.int64()
    else if (reader.field === QUERY.end) to = reader.int64()
    else if (reader.field === QUERY.matcher) matchers.push(decodeMatcher(reader))
    else reader.skip()
  }
  reader.end(end)
  return { matchers, from, to }
}

function decodeMatcher(reader: ProtobufReader): Matcher {
  let [type, name, value] = [0, '', '']
  const end = reader.begin()
  while (reader.next()) {
    if (reader.field === MATCHER.type) type = reader.uint32()
    else if (reader.field === MATCHER.name) name = reader.text()
    else if (reader.field === MATCHER.value) value = reader.text()
    else reader.skip()
  }
  reader.end(end)
  const operator = OPERATORS[type]
  if (operator === undefined) throw new ProtobufError(`a matcher of type ${type}`)
  return new Matcher(name, operator, value)
}

/** The answer of samples: for each query the message of its series, laid out as a write request's of version 1.0 is. */
export function encodeReadResponse(results: readonly Uint8Array[]): Uint8Array {
  const out = new ProtobufWriter(results.reduce((sum, { length }) => sum + length + 16, 0))
  for (const result of results) out.bytes(RESPONSE.result, result)
  return out.finish()
}

/** The results of the one query that was asked. A result is laid out as a write request is. @throws ProtobufError */
export function decodeReadResponse(bytes: Uint8Array): readonly SelectedSeries[] {
  const selected: SelectedSeries[] = []
  const reader = new ProtobufReader(bytes)
  while (reader.next()) {
    if (reader.field === RESPONSE.result) selected.push(...seriesOf(decodeWriteRequest(reader.bytes(), '1.0')))
    else reader.skip()
  }
  return selected
}

function seriesOf(read: WriteRequest): SelectedSeries[] {
  const [fault] = read.faults
  if (fault !== undefined) throw new ProtobufError(fault)
  const histograms = new Map<number, WrittenHistogram[]>()
  for (const each of read.histograms) {
    const own = histograms.get(each.series)
    if (own === undefined) histograms.set(each.series, [each])
    else own.push(each)
  }
  return Array.from({ length: read.series }, (_, i) => {
    const columns = columnsOf(read, i, histograms.get(i))
    return { labels: read.labels(i), columns: () => columns }
  })
}

function columnsOf(read: WriteRequest, i: number, histograms: readonly WrittenHistogram[] = []): SeriesColumns {
  const from = i === 0 ? 0 : (read.sampleEnds[i - 1] ?? 0)
  const to = read.sampleEnds[i]
  const present = histograms.flatMap(({ at, value }) => (value === undefined ? [] : [{ at, value }]))
  return {
    times: read.times.subarray(from, to),
    values: read.values.subarray(from, to),
    startTimes: undefined,
    histograms:
      present.length === 0
        ? undefined
        : {
            times: Float64Array.from(present, ({ at }) => at),
            values: present.map(({ value }) => value),
            startTimes: undefined,
          },
  }
}
