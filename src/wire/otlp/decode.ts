import { OtlpError } from './model.ts'
import { readOtlpJson } from './read-json.ts'
import { readOtlpProtobuf } from './read-protobuf.ts'
import { translateOtlp, type TranslatedMetrics } from './translate.ts'

/** Reads an OTLP export of metrics. @throws ProtobufError, OtlpError */
export function decodeOtlpMetrics(bytes: Uint8Array, format: 'protobuf' | 'json'): TranslatedMetrics {
  return translateOtlp(format === 'protobuf' ? readOtlpProtobuf(bytes) : readOtlpJson(textOf(bytes)))
}

const decoder = new TextDecoder('utf-8', { fatal: true })

function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new OtlpError('not UTF-8', { cause })
  }
}
