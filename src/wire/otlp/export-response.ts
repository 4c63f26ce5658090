import { ProtobufReader } from '../protobuf/reader.ts'

/** What a receiver did not take of a batch that it otherwise took. */
export interface PartialSuccess {
  readonly rejected: number
  readonly message: string
}

/** Field numbers: the same for traces, metrics and logs. */
const RESPONSE = { partialSuccess: 1 } as const
const PARTIAL_SUCCESS = { rejected: 1, message: 2 } as const
const REJECTED = ['rejectedSpans', 'rejectedLogRecords', 'rejectedDataPoints'] as const

/** Reads the answer to an export. Nothing rejected, and nothing said, is undefined; so is what cannot be read. */
export function readExportResponse(body: Uint8Array, isJson: boolean): PartialSuccess | undefined {
  try {
    const { rejected, message } = isJson ? fromJson(body) : fromProtobuf(body)
    return rejected > 0 || message !== '' ? { rejected, message } : undefined
  } catch {
    return undefined
  }
}

function fromProtobuf(body: Uint8Array): PartialSuccess {
  const reader = new ProtobufReader(body)
  let [rejected, message] = [0, '']
  while (reader.next()) {
    if (reader.field !== RESPONSE.partialSuccess) {
      reader.skip()
      continue
    }
    const end = reader.begin()
    while (reader.next()) {
      if (reader.field === PARTIAL_SUCCESS.rejected) rejected = reader.int64()
      else if (reader.field === PARTIAL_SUCCESS.message) message = reader.text()
      else reader.skip()
    }
    reader.end(end)
  }
  return { rejected, message }
}

function fromJson(body: Uint8Array): PartialSuccess {
  const response: unknown = JSON.parse(Buffer.from(body).toString())
  const partial = property(response, 'partialSuccess')
  const rejected = REJECTED.map((name) => Number(property(partial, name) ?? 0)).find((count) => count > 0) ?? 0
  const message = property(partial, 'errorMessage')
  return { rejected, message: typeof message === 'string' ? message : '' }
}

function property(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null ? Reflect.get(from, name) : undefined
}
