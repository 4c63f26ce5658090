import { bucketsOf, type Bucket, type MatrixSeries, type QueryValue, type SampleValue } from '../../promql/index.ts'
import type { HistogramValue } from '../../series/index.ts'
import { type DataWriter, writeLabels } from './answer.ts'
import { type ByteSink, SECONDS_BYTES, writeSeconds } from './byte-sink.ts'
import { decimal, goJson } from './go-text.ts'

/** The moments of a range query, ms. */
export interface TimeGrid {
  readonly start: number
  readonly step: number
  readonly count: number
}

/** `{"resultType":…,"result":…}`; `more` is written into the object at its end. */
export function queryData(value: QueryValue, grid: TimeGrid | undefined, more: string): DataWriter {
  return function* (sink) {
    sink.text(`{"resultType":"${value.type}","result":`)
    switch (value.type) {
      case 'scalar':
        sink.text(`[${value.at / 1000},"${decimal(value.value)}"]`)
        break
      case 'string':
        sink.text(`[${value.at / 1000},${goJson(value.value)}]`)
        break
      case 'vector': {
        const time = new Uint8Array(SECONDS_BYTES)
        const head = time.subarray(0, writeSeconds(time, 0, value.at))
        let mark = '[{"metric":'
        for (const { labels, value: sample } of value.samples) {
          sink.text(mark)
          writeLabels(sink, labels)
          writeSample(sink, head, sample)
          mark = ',{"metric":'
          yield
        }
        sink.text(value.samples.length === 0 ? '[]' : ']')
        break
      }
      case 'matrix': {
        const heads = new PointHeads(grid)
        let mark = '[{"metric":'
        for (const series of value.series) {
          sink.text(mark)
          writeLabels(sink, series.labels)
          yield* writeSeries(sink, series, heads)
          mark = ',{"metric":'
        }
        sink.text(value.series.length === 0 ? '[]' : ']')
      }
    }
    sink.text(`${more}}`)
  }
}

/** At most so many results; whether some were left out. */
export function truncated(value: QueryValue, limit: number): { readonly value: QueryValue; readonly cut: boolean } {
  if (limit > 0 && value.type === 'matrix' && value.series.length > limit) {
    return { value: { ...value, series: value.series.slice(0, limit) }, cut: true }
  }
  if (limit > 0 && value.type === 'vector' && value.samples.length > limit) {
    return { value: { ...value, samples: value.samples.slice(0, limit) }, cut: true }
  }
  return { value, cut: false }
}

/** Points that are written at once: a part of a piece. */
const STRETCH = 512

function* writeSeries(sink: ByteSink, { times, values, histograms }: MatrixSeries, heads: PointHeads): Iterable<void> {
  if (values.length > 0) {
    sink.text(',"values":[').point(times[0] ?? 0, values[0] ?? Number.NaN)
    for (let from = 1; from < values.length; from += STRETCH) {
      heads.write(sink, times, values, from, Math.min(from + STRETCH, values.length))
      yield
    }
    sink.text(']')
  }
  if (histograms !== undefined && histograms.values.length > 0) {
    let mark = ',"histograms":[['
    for (const [i, value] of histograms.values.entries()) {
      sink
        .text(mark)
        .seconds(histograms.times[i] ?? 0)
        .text(',')
      writeHistogram(sink, value)
      sink.text(']')
      mark = ',['
      yield
    }
    sink.text(']')
  }
  sink.text('}')
  yield
}

function writeSample(sink: ByteSink, time: Uint8Array, sample: SampleValue): void {
  if (typeof sample === 'number') sink.text(',"value":[').bytes(time).text(',"').number(sample).text('"]}')
  else {
    sink.text(',"histogram":[').bytes(time).text(',')
    writeHistogram(sink, sample)
    sink.text(']}')
  }
}

/** The times of a range query's points, `,[1795253227,"`, written once for all series. */
class PointHeads {
  readonly #start: number
  readonly #step: number
  readonly #bytes: Uint8Array
  /** Where each head ends; it begins where the one before ends. */
  readonly #ends: Uint32Array

  constructor(grid: TimeGrid | undefined) {
    const { start, step, count } = grid ?? { start: 0, step: 1, count: 0 }
    this.#start = start
    this.#step = step
    this.#ends = new Uint32Array(count)
    const bytes = Buffer.allocUnsafe(count * (SECONDS_BYTES + 4))
    let at = 0
    for (let i = 0; i < count; i++) {
      at += bytes.write(',[', at, 'latin1')
      at = writeSeconds(bytes, at, start + i * step)
      at += bytes.write(',"', at, 'latin1')
      this.#ends[i] = at
    }
    this.#bytes = bytes
  }

  write(sink: ByteSink, times: Float64Array, values: Float64Array, from: number, to: number): void {
    const first = ((times[from] ?? 0) - this.#start) / this.#step
    const last = ((times[to - 1] ?? 0) - this.#start) / this.#step
    // As many as there are moments from the first to the last: none is left out between them.
    if (last - first === to - 1 - from && this.#ends[first] !== undefined && last < this.#ends.length) {
      sink.points(values, from, to, this.#bytes, this.#ends, first)
    } else for (let i = from; i < to; i++) sink.byte(COMMA).point(times[i] ?? 0, values[i] ?? Number.NaN)
  }
}

const COMMA = 0x2c

/** How the bounds of a bucket belong to it, as the API numbers it. */
const LEFT_OPEN = 0
const RIGHT_OPEN = 1
const OPEN = 2
const CLOSED = 3

function writeHistogram(sink: ByteSink, histogram: HistogramValue): void {
  sink.text('{"count":"').number(histogram.count).text('","sum":"').number(histogram.sum).text('"')
  let mark = ',"buckets":[['
  for (const bucket of bucketsOf(histogram)) {
    // Prometheus leaves out a zero bucket below zero as well.
    if (bucket.count === 0 || (bucket.side === 'zero' && bucket.count < 0)) continue
    sink
      .text(`${mark}${boundaries(bucket)},"`)
      .number(bucket.lower)
      .text('","')
      .number(bucket.upper)
    sink.text('","').number(bucket.count).text('"]')
    mark = ',['
  }
  sink.text(mark === ',[' ? ']}' : '}')
}

function boundaries({ side, lower, upper }: Bucket): number {
  switch (side) {
    case 'zero':
      return CLOSED
    case 'custom':
      return lower === -Infinity ? CLOSED : LEFT_OPEN
    case 'negative':
    case 'positive':
      return lower < 0 ? (upper > 0 ? CLOSED : RIGHT_OPEN) : upper > 0 ? LEFT_OPEN : OPEN
  }
}
