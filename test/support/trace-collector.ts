import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { ProtobufReader } from 'boxman/wire'
import { portOf } from './port-of.ts'

export interface CollectedSpan {
  /** `service.instance.id` of who sent it, else `service.name`. */
  readonly process: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly traceState: string
  readonly name: string
  readonly failed: boolean
  /** Lists are left out. */
  readonly attributes: Readonly<Record<string, string | number | boolean>>
}

const ERROR = 2

/** Takes spans by OTLP/HTTP in protobuf, as a collector does. */
export class TraceCollector {
  readonly spans: CollectedSpan[] = []
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(): Promise<TraceCollector> {
    const server = createServer((request, response) => {
      const pieces: Buffer[] = []
      request.on('data', (piece: Buffer) => pieces.push(piece))
      request.on('end', () => {
        const body = Buffer.concat(pieces)
        collector.#take(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body)
        response.end()
      })
    })
    const collector = new TraceCollector(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return collector
  }

  get url(): string {
    return `http://127.0.0.1:${portOf(this.#server)}/v1/traces`
  }

  /** What all processes sent of each trace. */
  get traces(): ReadonlyMap<string, readonly CollectedSpan[]> {
    const found = new Map<string, CollectedSpan[]>()
    for (const span of this.spans) {
      const known = found.get(span.traceId)
      if (known === undefined) found.set(span.traceId, [span])
      else known.push(span)
    }
    return found
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  /** Field numbers of opentelemetry/proto/trace/v1/trace.proto. */
  #take(body: Uint8Array): void {
    fields(body, {
      1: (reader) => {
        let process = ''
        fields(reader.bytes(), {
          1: (resource) => {
            const attributes = attributesIn(resource.bytes(), 1)
            process = String(attributes['service.instance.id'] ?? attributes['service.name'])
          },
          2: (scope) => fields(scope.bytes(), { 2: (span) => this.spans.push(readSpan(process, span.bytes())) }),
        })
      },
    })
  }
}

function readSpan(process: string, bytes: Uint8Array): CollectedSpan {
  const texts: Record<number, string> = {}
  let status = 0
  const hex = (reader: ProtobufReader): void => {
    texts[reader.field] = Buffer.from(reader.bytes()).toString('hex')
  }
  const text = (reader: ProtobufReader): void => {
    texts[reader.field] = reader.text()
  }
  const code = (reader: ProtobufReader): void => {
    fields(reader.bytes(), {
      3: (inner) => {
        status = inner.uint64()
      },
    })
  }
  fields(bytes, { 1: hex, 2: hex, 3: text, 4: hex, 5: text, 15: code })
  return {
    process,
    traceId: texts[1] ?? '',
    spanId: texts[2] ?? '',
    traceState: texts[3] ?? '',
    parentSpanId: texts[4] ?? '',
    name: texts[5] ?? '',
    failed: status === ERROR,
    attributes: attributesIn(bytes, 9),
  }
}

function attributesIn(bytes: Uint8Array, field: number): Record<string, string | number | boolean> {
  const found: Record<string, string | number | boolean> = {}
  fields(bytes, {
    [field]: (reader) => {
      let key = ''
      fields(reader.bytes(), {
        1: (inner) => {
          key = inner.text()
        },
        2: (inner) => {
          fields(inner.bytes(), {
            1: (value) => (found[key] = value.text()),
            2: (value) => (found[key] = value.bool()),
            3: (value) => (found[key] = value.int64()),
            4: (value) => (found[key] = value.double()),
          })
        },
      })
    },
  })
  return found
}

/** Each must take its field's value. */
function fields(bytes: Uint8Array, readers: Readonly<Record<number, (reader: ProtobufReader) => unknown>>): void {
  const reader = new ProtobufReader(bytes)
  while (reader.next()) {
    const read = readers[reader.field]
    if (read === undefined) reader.skip()
    else read(reader)
  }
}
