import type { TraceData } from '../../tracing/index.ts'
import { encodeTracesProtobuf, OtlpSender } from '../../wire/index.ts'
import { tokenFetch } from '../own-fetch.ts'
import type { TracesOptions } from './traces.ts'

export type CreateSpanSender = (options: Omit<TracesOptions, 'createSender'>) => OtlpSender<TraceData> | undefined

/** Sends spans to `tracing.otlpUrl`, if there is one, with the token of the moment. */
export const createSpanSender: CreateSpanSender = (options) => {
  const { config, boxmanVersion, wallNow, onProblem } = options
  const { otlpUrl } = config.tracing
  if (otlpUrl === undefined) return undefined
  return new OtlpSender<TraceData>({
    url: otlpUrl,
    contentType: 'application/x-protobuf',
    encode: (parts) => encodeTracesProtobuf(parts, { name: 'boxman', version: boxmanVersion }),
    weigh: ({ spans }) => spans.length,
    wallNow,
    onProblem,
    fetch: tokenFetch(() => config.tracing.otlpToken),
  })
}
