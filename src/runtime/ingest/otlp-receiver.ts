import type { IncomingMessage } from 'node:http'
import { decodeOtlpMetrics, ProtobufWriter } from '../../wire/index.ts'
import { gunzipBody, readBody, Refused } from './body.ts'
import type { Answer, IngestLimits } from './ingestion.ts'
import type { Outcome } from './outcome.ts'
import type { StoreWriter } from './store-writer.ts'

/** Of ExportMetricsServiceResponse. */
const PARTIAL_SUCCESS = 1
const PARTIAL = { rejected: 1, message: 2 } as const

type Format = 'protobuf' | 'json'

/** POST /api/v1/otlp/v1/metrics */
export async function receiveOtlp(
  request: IncomingMessage,
  writer: StoreWriter,
  limits: IngestLimits,
): Promise<{ answer: Answer; outcome: Outcome }> {
  const format = formatOf(request.headers['content-type'])
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (encoding !== 'gzip' && encoding !== 'identity') {
    throw new Refused(415, `${encoding} encoding (compression) is not accepted by this server; only gzip is acceptable`)
  }
  const body = await readBody(request, limits.maxBodyBytes)
  const bytes = encoding === 'gzip' ? await gunzipBody(body, limits.maxDecodedBytes) : body
  const { series, metadata, rejected, faults } = decodeOtlpMetrics(bytes, format)
  const outcome = await writer.writeSeries(series, metadata)
  const message = [...faults, ...(outcome.verdict === 'taken' ? [] : [outcome.message])].join('; ')
  if (outcome.verdict === 'retry') {
    return { outcome, answer: { status: 503, headers: { 'retry-after': '5' }, text: message } }
  }
  const lost = rejected + outcome.lost
  outcome.lose('unfit', rejected)
  return { outcome, answer: answerOf(format, lost, message) }
}

/** @throws Refused (415) */
function formatOf(contentType: string | undefined): Format {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase()
  if (type === 'application/x-protobuf') return 'protobuf'
  if (type === 'application/json') return 'json'
  throw new Refused(415, `content type ${contentType ?? ''}: expected application/x-protobuf or application/json`)
}

/** Success, or what of it there was. */
function answerOf(format: Format, lost: number, message: string): Answer {
  if (format === 'json') {
    const told = lost === 0 ? {} : { partialSuccess: { rejectedDataPoints: String(lost), errorMessage: message } }
    return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(told)) }
  }
  const out = new ProtobufWriter(0)
  if (lost > 0) {
    const start = out.begin(PARTIAL_SUCCESS)
    out.uint(PARTIAL.rejected, lost)
    out.text(PARTIAL.message, message)
    out.end(start)
  }
  return { status: 200, headers: { 'content-type': 'application/x-protobuf' }, body: out.finish() }
}
