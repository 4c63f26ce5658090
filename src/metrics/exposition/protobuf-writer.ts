import type { Exemplar, MetricReader, NativeBuckets, NativeSnapshot } from '../reader.ts'
import type { Format } from './negotiate.ts'
import { ProtobufOut, varintBytes } from './protobuf.ts'
import { Scratch } from './scratch.ts'
import type { Revision, SeriesWriter } from './series-writer.ts'
import { exemplarsOf, familyNames, legacyName, stateLabel } from './spelling.ts'

/**
 * Field numbers of io.prometheus.client.MetricFamily and what is in it:
 * https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto
 */
const FAMILY = { name: 1, help: 2, type: 3, metric: 4, unit: 5 } as const
const TYPE = { counter: 0, gauge: 1, summary: 2, histogram: 4, info: 1, stateset: 1 } as const
const METRIC = { label: 1, gauge: 2, counter: 3, summary: 4, histogram: 7 } as const
const LABEL = { name: 1, value: 2 } as const
const GAUGE = { value: 1 } as const
const COUNTER = { value: 1, exemplar: 2, created: 3 } as const
const SUMMARY = { count: 1, sum: 2, quantile: 3, created: 4 } as const
const QUANTILE = { quantile: 1, value: 2 } as const
const HISTOGRAM = {
  count: 1,
  sum: 2,
  bucket: 3,
  countFloat: 4,
  schema: 5,
  zeroThreshold: 6,
  zeroCount: 7,
  zeroCountFloat: 8,
  negative: { span: 9, delta: 10, count: 11 },
  positive: { span: 12, delta: 13, count: 14 },
  created: 15,
  exemplar: 16,
} as const
const BUCKET = { count: 1, upperBound: 2, exemplar: 3, countFloat: 4 } as const
const SPAN = { offset: 1, length: 2 } as const
const EXEMPLAR = { label: 1, value: 2, time: 3 } as const
const TIMESTAMP = { seconds: 1, nanos: 2 } as const

/** Length-delimited MetricFamily messages, one a metric. */
export class ProtobufWriter implements SeriesWriter {
  readonly lines: number
  readonly marks: number
  readonly exemplars: number
  readonly created: boolean
  readonly #metric: MetricReader
  readonly #name: string
  readonly #unit: string
  readonly #labelNames: readonly string[]
  readonly #constant: readonly (readonly [string, string])[]
  readonly #state: string
  readonly #out = new ProtobufOut(new Scratch(0))

  constructor(metric: MetricReader, format: Format, constantLabels: Readonly<Record<string, string>>) {
    const { sample, unit } = familyNames(metric, format)
    const spell = (name: string): string => (format.utf8Names ? name : legacyName(name).replaceAll(':', '_'))
    this.#metric = metric
    this.#name = sample
    this.#unit = unit
    this.#labelNames = metric.labelNames.map(spell)
    this.#constant = Object.entries(constantLabels).map(([name, value]) => [spell(name), value])
    this.#state = stateLabel(metric, format.utf8Names)
    this.lines = metric.width + 1
    this.marks = metric.kind === 'stateset' ? 0 : 2
    this.exemplars = exemplarsOf(metric)
    this.created = metric.kind === 'counter' || metric.kind === 'histogram' || metric.kind === 'summary'
  }

  header(seriesBytes: number): Uint8Array {
    const { help, kind } = this.#metric
    const out = new ProtobufOut(new Scratch(256))
    out.text(FAMILY.name, this.#name)
    out.text(FAMILY.help, help)
    out.uint(FAMILY.type, TYPE[kind])
    if (this.#unit !== '') out.text(FAMILY.unit, this.#unit)
    const fields = out.scratch.take()
    out.scratch.start()
    out.varint(fields.length + seriesBytes)
    out.scratch.put(fields)
    return out.scratch.take()
  }

  write(scratch: Scratch, slot: number, marks: Uint32Array, mark: number): void {
    const metric = this.#metric
    const out = this.#out
    out.scratch = scratch
    const pairs: (readonly [string, string])[] = []
    for (const [i, name] of this.#labelNames.entries()) {
      const value = metric.label(slot, i)
      if (value !== undefined) pairs.push([name, value])
    }
    pairs.push(...this.#constant)
    if (metric.kind === 'stateset') {
      for (const [i, state] of metric.states.entries()) {
        const start = out.begin(FAMILY.metric)
        putLabels(out, METRIC.label, [...pairs, [this.#state, state]])
        this.#gauge(metric.page(slot)[metric.offset(slot) + i] ?? 0)
        out.end(start)
      }
      return
    }
    const start = out.begin(FAMILY.metric)
    putLabels(out, METRIC.label, pairs)
    this.#finish(start, scratch.at - start, slot, marks, mark)
  }

  rewrite(scratch: Scratch, { slot, marks, mark, start, end }: Revision): void {
    scratch.keepTo(start)
    // The states of a stateset are messages of their own: too rare a change to keep their places.
    if (this.marks === 0) {
      scratch.from = end
      return this.write(scratch, slot, marks, mark)
    }
    const labelsFrom = marks[mark] ?? 0
    const labelsTo = marks[mark + 1] ?? 0
    const out = this.#out
    out.scratch = scratch
    const begun = out.begin(FAMILY.metric)
    scratch.reserve(labelsTo - labelsFrom)
    scratch.copyOld(labelsFrom, labelsTo)
    scratch.from = end
    this.#finish(begun, labelsTo - labelsFrom, slot, marks, mark)
  }

  /** What comes after the labels, and the marks around these. */
  #finish(start: number, labelBytes: number, slot: number, marks: Uint32Array, mark: number): void {
    this.#value(slot)
    this.#out.end(start)
    const labelsAt = start - 1 + varintBytes(this.#out.scratch.at - start)
    marks[mark] = labelsAt
    marks[mark + 1] = labelsAt + labelBytes
  }

  #value(slot: number): void {
    const metric = this.#metric
    const page = metric.page(slot)
    const at = metric.offset(slot)
    switch (metric.kind) {
      case 'counter':
        return this.#counter(slot, page[at] ?? 0)
      case 'gauge':
      case 'info':
      case 'stateset':
        return this.#gauge(page[at] ?? 0)
      case 'summary':
        return this.#summary(slot, page, at)
      case 'histogram':
        return this.#histogram(slot, page, at)
    }
  }

  #counter(slot: number, value: number): void {
    const out = this.#out
    const start = out.begin(METRIC.counter)
    out.double(COUNTER.value, value)
    putExemplar(out, COUNTER.exemplar, this.#metric.exemplar(slot, 0))
    putTime(out, COUNTER.created, this.#metric.createdAt(slot))
    out.end(start)
  }

  #gauge(value: number): void {
    const out = this.#out
    const start = out.begin(METRIC.gauge)
    out.double(GAUGE.value, value)
    out.end(start)
  }

  #summary(slot: number, page: Float64Array, at: number): void {
    const out = this.#out
    const { quantiles } = this.#metric
    const start = out.begin(METRIC.summary)
    out.uint(SUMMARY.count, Math.max(0, Math.round(page[at] ?? 0)))
    out.double(SUMMARY.sum, page[at + 1] ?? 0)
    for (const [i, quantile] of quantiles.entries()) {
      const begun = out.begin(SUMMARY.quantile)
      out.double(QUANTILE.quantile, quantile)
      out.double(QUANTILE.value, page[at + 2 + i] ?? 0)
      out.end(begun)
    }
    putTime(out, SUMMARY.created, this.#metric.createdAt(slot))
    out.end(start)
  }

  /**
   * Classic and native in one message. Both share its count, so that when they disagree (the native one has started anew)
   * the native one goes alone.
   */
  #histogram(slot: number, page: Float64Array, at: number): void {
    const out = this.#out
    const metric = this.#metric
    const { bounds } = metric
    const native = metric.native(slot)
    let total = 0
    for (let i = 0; i <= bounds.length; i++) total += page[at + i] ?? 0
    const float = !Number.isSafeInteger(total) || (native !== undefined && !Number.isSafeInteger(native.count))
    const start = out.begin(METRIC.histogram)
    putCount(out, HISTOGRAM.count, HISTOGRAM.countFloat, native?.count ?? total, float)
    out.double(HISTOGRAM.sum, native?.sum ?? page[at + bounds.length + 1] ?? 0)
    const exemplars: Exemplar[] = []
    if (native === undefined || (native.count === total && bounds.length > 0)) {
      let count = 0
      for (let i = 0; i <= bounds.length; i++) {
        count += page[at + i] ?? 0
        const begun = out.begin(HISTOGRAM.bucket)
        putCount(out, BUCKET.count, BUCKET.countFloat, count, float)
        out.double(BUCKET.upperBound, bounds[i] ?? Infinity)
        putExemplar(out, BUCKET.exemplar, metric.exemplar(slot, i))
        out.end(begun)
      }
    }
    if (native !== undefined) {
      for (let i = 0; i <= bounds.length; i++) {
        const exemplar = metric.exemplar(slot, i)
        if (exemplar !== undefined && Number.isFinite(exemplar.at)) exemplars.push(exemplar)
      }
      putNative(out, native, float)
    }
    putTime(out, HISTOGRAM.created, native?.createdAt ?? metric.createdAt(slot))
    for (const exemplar of exemplars) putExemplar(out, HISTOGRAM.exemplar, exemplar)
    out.end(start)
  }
}

function putNative(out: ProtobufOut, native: NativeSnapshot, float: boolean): void {
  out.sint(HISTOGRAM.schema, native.schema)
  out.double(HISTOGRAM.zeroThreshold, native.zeroThreshold)
  putCount(out, HISTOGRAM.zeroCount, HISTOGRAM.zeroCountFloat, native.zeroCount, float)
  putBuckets(out, HISTOGRAM.negative, native.negative, float)
  putBuckets(out, HISTOGRAM.positive, native.positive, float)
}

/** Unpacked, as the proto2 schema says. */
function putBuckets(
  out: ProtobufOut,
  fields: { readonly span: number; readonly delta: number; readonly count: number },
  { spans, deltas }: NativeBuckets,
  float: boolean,
): void {
  for (const { offset, length } of spans) {
    const start = out.begin(fields.span)
    out.sint(SPAN.offset, offset)
    out.uint(SPAN.length, length)
    out.end(start)
  }
  let count = 0
  for (const delta of deltas) {
    count += delta
    if (float) out.double(fields.count, count)
    else out.sint(fields.delta, delta)
  }
}

function putCount(out: ProtobufOut, whole: number, fraction: number, count: number, float: boolean): void {
  if (float) out.double(fraction, count)
  else out.uint(whole, count)
}

function putExemplar(out: ProtobufOut, field: number, exemplar: Exemplar | undefined): void {
  if (exemplar === undefined) return
  const pairs = Object.entries(exemplar.labels)
  const start = out.begin(field)
  putLabels(out, EXEMPLAR.label, pairs)
  out.double(EXEMPLAR.value, exemplar.value)
  putTime(out, EXEMPLAR.time, exemplar.at)
  out.end(start)
}

/** @param at ms since epoch; nothing is written when it is unknown. */
function putTime(out: ProtobufOut, field: number, at: number): void {
  if (!Number.isFinite(at)) return
  const seconds = Math.floor(at / 1000)
  const start = out.begin(field)
  out.int64(TIMESTAMP.seconds, seconds)
  out.uint(TIMESTAMP.nanos, Math.min(999_999_999, Math.round((at - seconds * 1000) * 1e6)))
  out.end(start)
}

function putLabels(out: ProtobufOut, field: number, pairs: readonly (readonly [string, string])[]): void {
  for (const [name, value] of pairs) {
    const start = out.begin(field)
    out.text(LABEL.name, name)
    out.text(LABEL.value, value)
    out.end(start)
  }
}
