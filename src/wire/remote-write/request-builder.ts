import { LabelSet } from '../../series/index.ts'
import type { ProtobufReader } from '../protobuf/reader.ts'
import { DoubleColumn, IntegerColumn } from './column.ts'
import { decodeHistogram } from './decode-histogram.ts'
import { SAMPLE } from './fields.ts'
import type { WrittenExemplar, WrittenHistogram } from './write-request.ts'

const MAX_FAULTS = 10

/** What both versions of a request gather on the way. */
export class RequestBuilder {
  series = 0
  readonly sampleEnds: IntegerColumn = new IntegerColumn()
  readonly times: DoubleColumn = new DoubleColumn()
  readonly values: DoubleColumn = new DoubleColumn()
  readonly starts: DoubleColumn = new DoubleColumn()
  readonly histograms: WrittenHistogram[] = []
  readonly exemplars: WrittenExemplar[] = []
  readonly faults: string[] = []
  readonly leftOut: { histograms: number; exemplars: number } = { histograms: 0, exemplars: 0 }

  /** Reads the sample that the reader stands before. */
  sample(reader: ProtobufReader): void {
    let at = 0
    let start = 0
    const { values } = this
    const place = values.length
    values.push(0)
    const end = reader.begin()
    while (reader.next()) {
      if (reader.field === SAMPLE.value) reader.doubleInto(values.room(), place)
      else if (reader.field === SAMPLE.at) at = reader.int64()
      else if (reader.field === SAMPLE.start) start = reader.int64()
      else reader.skip()
    }
    reader.end(end)
    this.times.push(at)
    this.starts.push(start)
  }

  histogram(reader: ProtobufReader): void {
    const { at, start, value, fault } = decodeHistogram(reader)
    if (fault === undefined) {
      this.histograms.push({ series: this.series, at, value, start })
      return
    }
    this.leftOut.histograms++
    this.fault(`histogram at ${at}: ${fault}`)
  }

  exemplar(series: number, pairs: readonly (readonly [string, string])[], value: number, at: number): void {
    try {
      this.exemplars.push({ series, labels: LabelSet.of(pairs), value, at })
    } catch (error) {
      this.leftOut.exemplars++
      this.fault(`exemplar at ${at}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  fault(what: string): void {
    if (this.faults.length < MAX_FAULTS) this.faults.push(what)
  }

  endSeries(): void {
    this.sampleEnds.push(this.times.length)
    this.series++
  }

  /** What there is in columns and lists. */
  get parts(): {
    series: number
    sampleEnds: Uint32Array
    times: Float64Array
    values: Float64Array
    starts: Float64Array
    histograms: readonly WrittenHistogram[]
    exemplars: readonly WrittenExemplar[]
    faults: readonly string[]
    leftOut: { histograms: number; exemplars: number }
  } {
    const { series, sampleEnds, times, values, starts, histograms, exemplars, faults, leftOut } = this
    return {
      series,
      sampleEnds: sampleEnds.values,
      times: times.values,
      values: values.values,
      starts: starts.values,
      histograms,
      exemplars,
      faults,
      leftOut,
    }
  }
}
