import { setImmediate as nextTurn } from 'node:timers/promises'
import { CUSTOM_BOUNDS_SCHEMA, type SelectedSeries } from '../../series/index.ts'
import {
  decodeReadRequest,
  encodeReadResponse,
  encodeWriteRequest,
  ProtobufError,
  type SeriesToWrite,
  snap,
  SnappyError,
  unsnap,
} from '../../wire/index.ts'
import { type Answer, textAnswer } from './answer.ts'
import type { ApiContext, ApiRequest } from './context.ts'
import { deadline } from './query-gate.ts'

/** Samples of an answer, as Prometheus has it by default. */
const MAX_SAMPLES = 5e7
/** Samples that are read before others may run. */
const SLICE = 20_000

/** Remote read: the samples themselves, one by one. Histograms with custom bounds have no place in it. */
export async function remoteRead(context: ApiContext, request: ApiRequest): Promise<Answer> {
  const { gate, limits, sources } = context
  const queries = await readQueries(request.body, limits.bodyBytes)
  if (typeof queries === 'string') return textAnswer(400, `${queries}\n`)
  const { signal, clear } = deadline(limits.timeoutMs, request.signal)
  try {
    const { leave } = await gate.enter(signal)
    try {
      const results: Uint8Array[] = []
      let left = MAX_SAMPLES
      for (const { matchers, from, to } of queries) {
        const series: SeriesToWrite[] = []
        let slice = 0
        for (const each of await sources.queryable.select(matchers, from, to)) {
          const written = seriesToWrite(each)
          const samples = written.times.length + (written.histograms?.length ?? 0)
          if ((left -= samples) < 0) return textAnswer(400, `exceeded sample limit (${MAX_SAMPLES})\n`)
          if (samples > 0) series.push(written)
          if ((slice += samples) < SLICE) continue
          slice = 0
          await nextTurn()
          if (signal.aborted) return textAnswer(503, 'the read timed out\n')
        }
        series.sort((a, b) => a.labels.compare(b.labels))
        results.push(encodeWriteRequest(series, '1.0'))
      }
      const headers = { 'content-encoding': 'snappy' }
      const body = await snap(encodeReadResponse(results))
      return { kind: 'text', status: 200, contentType: 'application/x-protobuf', headers, pieces: [body] }
    } finally {
      leave()
    }
  } finally {
    clear()
  }
}

/** Or what is wrong with them. */
async function readQueries(body: Uint8Array, maxBytes: number): Promise<ReturnType<typeof decodeReadRequest> | string> {
  try {
    return decodeReadRequest(await unsnap(body, maxBytes))
  } catch (error) {
    if (error instanceof SnappyError || error instanceof ProtobufError || error instanceof RangeError) {
      return error.message
    }
    throw error
  }
}

function seriesToWrite({ labels, columns }: SelectedSeries): SeriesToWrite {
  const { times, values, histograms } = columns()
  const own = histograms?.values.flatMap((value, i) =>
    value.schema === CUSTOM_BOUNDS_SCHEMA ? [] : [{ at: histograms.times[i] ?? 0, value, start: 0 }],
  )
  return { labels, times, values, ...(own === undefined ? {} : { histograms: own }) }
}
