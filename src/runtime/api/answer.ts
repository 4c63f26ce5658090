import type { LabelSet } from '../../series/index.ts'
import { ByteSink } from './byte-sink.ts'
import { goJson } from './go-text.ts'

/** Writes `data`; yields where the pieces that are full may be sent. */
export type DataWriter = (sink: ByteSink) => Iterable<void>

export type Answer =
  | {
      readonly kind: 'data'
      readonly data: DataWriter
      readonly warnings: readonly string[]
      readonly infos: readonly string[]
    }
  /** There is nothing to say: 204. */
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'text'
      readonly status: number
      readonly contentType: string
      readonly headers?: Readonly<Record<string, string>>
      readonly pieces: Iterable<Uint8Array>
    }

export const TRUNCATED = 'results truncated due to limit'
const PLAIN = 'text/plain; charset=utf-8'
/** Of warnings, and of infos. */
const MAX_NOTES = 10

export function dataAnswer(data: DataWriter, warnings: readonly string[] = [], infos: readonly string[] = []): Answer {
  return { kind: 'data', data, warnings, infos }
}

export function jsonAnswer(value: unknown, warnings: readonly string[] = []): Answer {
  return dataAnswer(json(value), warnings)
}

export function textAnswer(status: number, text: string, contentType: string = PLAIN): Answer {
  return { kind: 'text', status, contentType, pieces: [Buffer.from(text)] }
}

function json(value: unknown): DataWriter {
  return (sink) => {
    sink.text(goJson(value))
    return []
  }
}

/** `{"status":"success","data":…}`, piece by piece. */
export function* envelope(
  data: DataWriter,
  warnings: readonly string[],
  infos: readonly string[],
): Iterable<Uint8Array> {
  const sink = new ByteSink().text('{"status":"success","data":')
  for (const _ of data(sink)) yield* sink.take()
  if (warnings.length > 0) sink.text(`,"warnings":${goJson(atMost(warnings, 'warning'))}`)
  if (infos.length > 0) sink.text(`,"infos":${goJson(atMost(infos, 'info'))}`)
  sink.text('}')
  yield* sink.end()
}

function atMost(notes: readonly string[], what: string): readonly string[] {
  if (notes.length <= MAX_NOTES) return notes
  return [...notes.slice(0, MAX_NOTES), `${notes.length - MAX_NOTES} more ${what} annotations omitted`]
}

export function writeLabels(sink: ByteSink, labels: LabelSet): void {
  let mark = '{'
  for (const [name, value] of labels) {
    sink.text(mark).label(name).text(':').label(value)
    mark = ','
  }
  sink.text(labels.size === 0 ? '{}' : '}')
}

/** An array, its entries written one by one. */
export function arrayOf<T>(entries: readonly T[], write: (sink: ByteSink, entry: T) => void): DataWriter {
  return function* (sink) {
    sink.text('[')
    for (const [i, entry] of entries.entries()) {
      if (i > 0) sink.text(',')
      write(sink, entry)
      if (i % 64 === 63) yield
    }
    sink.text(']')
  }
}
