import type { IncomingMessage } from 'node:http'
import {
  decodeWriteRequest,
  OtlpError,
  ProtobufError,
  type RemoteWriteVersion,
  SnappyError,
  unsnap,
} from '../../wire/index.ts'
import { readBody, Refused } from './body.ts'
import type { Answer, IngestLimits } from './ingestion.ts'
import type { Outcome } from './outcome.ts'
import type { StoreWriter } from './store-writer.ts'

const PROTOS: ReadonlyMap<string, RemoteWriteVersion> = new Map([
  ['prometheus.WriteRequest', '1.0'],
  ['io.prometheus.write.v2.Request', '2.0'],
])

/** POST /api/v1/write */
export async function receiveWrite(
  request: IncomingMessage,
  writer: StoreWriter,
  limits: IngestLimits,
): Promise<{ answer: Answer; outcome: Outcome }> {
  const version = versionOf(request.headers['content-type'])
  const encoding = request.headers['content-encoding']
  // Senders before the header are known to compress.
  if (encoding !== undefined && encoding !== 'snappy') {
    throw new Refused(
      415,
      `${encoding} encoding (compression) is not accepted by this server; only snappy is acceptable`,
    )
  }
  const body = await readBody(request, limits.maxBodyBytes)
  const bytes = await uncompressed(body, limits.maxDecodedBytes)
  const outcome = await writer.write(decodeWriteRequest(bytes, version, writer.symbols))
  return { answer: answerOf(outcome, version), outcome }
}

/** @throws Refused (415) */
function versionOf(contentType: string | undefined): RemoteWriteVersion {
  // Nothing said: it is the first version.
  if (contentType === undefined || contentType === '') return '1.0'
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim())
  if (type.toLowerCase() !== 'application/x-protobuf') {
    throw new Refused(415, `expected application/x-protobuf as the first (media) part, got ${contentType} content-type`)
  }
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=', 2)
    if (name.toLowerCase() !== 'proto') continue
    const version = PROTOS.get(value.replaceAll('"', ''))
    if (version === undefined) {
      throw new Refused(
        415,
        `protobuf message ${value} is not accepted by this server; only ${[...PROTOS.keys()].join(', ')}`,
      )
    }
    return version
  }
  return '1.0'
}

async function uncompressed(body: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  try {
    return await unsnap(body, maxBytes)
  } catch (error) {
    if (error instanceof SnappyError) throw new Refused(error.tooLarge ? 413 : 400, error.message)
    throw error
  }
}

function answerOf(outcome: Outcome, version: RemoteWriteVersion): Answer {
  const { samples, histograms, exemplars, verdict, message } = outcome
  const headers = {
    'x-prometheus-remote-write-samples-written': String(samples),
    'x-prometheus-remote-write-histograms-written': String(histograms),
    'x-prometheus-remote-write-exemplars-written': String(exemplars),
  }
  const told = version === '2.0' ? headers : {}
  switch (verdict) {
    case 'taken':
      return { status: 204, headers: told }
    case 'retry':
      return { status: 503, headers: { ...told, 'retry-after': '5' }, text: message }
    case 'refused':
      return { status: 400, headers: told, text: message }
  }
}

/** What a decoder throws at bytes that are not what they should be. */
export function isBadInput(error: unknown): error is Error {
  return error instanceof ProtobufError || error instanceof OtlpError
}
