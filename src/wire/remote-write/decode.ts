import { decodeWriteRequest1 } from './decode-1.ts'
import { decodeWriteRequest2 } from './decode-2.ts'
import type { RemoteWriteVersion } from './fields.ts'
import { SymbolIds } from './symbol-ids.ts'
import type { WriteRequest } from './write-request.ts'

/**
 * Reads a request's message.
 * @param ids by which labels of 2.0 are spelled: the same for all requests whose spellings are to be compared.
 * @throws ProtobufError
 */
export function decodeWriteRequest(
  bytes: Uint8Array,
  version: RemoteWriteVersion,
  ids: SymbolIds = new SymbolIds(),
): WriteRequest {
  return version === '1.0' ? decodeWriteRequest1(bytes) : decodeWriteRequest2(bytes, ids)
}
