import { decodeWriteRequest1 } from './decode-1.ts'
import { decodeWriteRequest2 } from './decode-2.ts'
import type { RemoteWriteVersion } from './fields.ts'
import type { WriteRequest } from './write-request.ts'

/** Reads a request's message. @throws ProtobufError */
export function decodeWriteRequest(bytes: Uint8Array, version: RemoteWriteVersion): WriteRequest {
  return version === '1.0' ? decodeWriteRequest1(bytes) : decodeWriteRequest2(bytes)
}
