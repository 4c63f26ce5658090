import { SEVERITY_NUMBERS } from '../presets.ts'
import type { Delivery, Entry, Outlet } from './delivery.ts'
import { addressed, type Fetch, packed, post, type PostOptions } from './http-post.ts'
import { LastBatch } from './last-batch.ts'

export interface OtlpLogsOptions {
  /** The whole endpoint: `https://collector:4318/v1/logs`. */
  readonly url: string
  /** Such as `service.name`. */
  readonly resource: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly gzip: boolean
  readonly timeoutMs: number
  readonly fetch: Fetch
  readonly now: () => number
}

/** OTLP/HTTP in JSON. */
export class OtlpLogs implements Outlet {
  readonly #resource: Readonly<Record<string, string>>
  readonly #post: PostOptions
  readonly #bodies = new LastBatch<Promise<Uint8Array>>()

  constructor({ url: address, resource, headers: given, ...options }: OtlpLogsOptions) {
    this.#resource = resource
    const { url, headers } = addressed(address, given)
    this.#post = { ...options, url: url.href, headers, contentType: 'application/json', patient: false }
  }

  async deliver(batch: readonly Entry[], signal: AbortSignal): Promise<Delivery> {
    const body = await this.#bodies.of(batch, () =>
      packed(JSON.stringify(otlpRequest(batch, this.#resource)), this.#post.gzip),
    )
    const { delivery, text } = await post(body, signal, this.#post)
    if (delivery.kind !== 'later') this.#bodies.forget()
    return delivery.kind === 'taken' ? judgePartial(text, batch.length) : delivery
  }

  close(): void {
    // fetch keeps its own connections.
  }
}

/** An ExportLogsServiceRequest. */
export function otlpRequest(batch: readonly Entry[], resource: Readonly<Record<string, string>>): object {
  return {
    resourceLogs: [
      {
        resource: { attributes: attributesOf(Object.entries(resource)) },
        scopeLogs: [{ scope: { name: 'boxman' }, logRecords: batch.map(recordOf) }],
      },
    ],
  }
}

/** What has a place of its own in a record, under whatever name the line has it. */
const PLACED = [
  'time',
  '@timestamp',
  'level',
  'log.level',
  'ecs.version',
  'service',
  'service.name',
  'msg',
  'message',
] as const
/** Of a line of the preset `otel`, which is known by its severity number. */
const PLACED_OTEL = ['timestamp', 'severity_text', 'severity_number', 'service.name', 'body'] as const
const TRACE_IDS = ['trace_id', 'trace.id', 'traceId']
const SPAN_IDS = ['span_id', 'span.id', 'spanId']

function recordOf({ line, level, at }: Entry): object {
  const fields = fieldsOf(line)
  const traceId = idOf(fields, TRACE_IDS, /^(?!0{32})[0-9a-f]{32}$/)
  const spanId = idOf(fields, SPAN_IDS, /^(?!0{16})[0-9a-f]{16}$/)
  const isOtel = typeof fields['severity_number'] === 'number'
  const used = new Set<string | undefined>([...(isOtel ? PLACED_OTEL : PLACED), traceId?.name, spanId?.name])
  const nanoseconds = String(BigInt(Math.floor(at)) * 1_000_000n)
  return {
    timeUnixNano: nanoseconds,
    observedTimeUnixNano: nanoseconds,
    severityNumber: SEVERITY_NUMBERS[level],
    severityText: level.toUpperCase(),
    body: { stringValue: textOf(isOtel ? fields['body'] : (fields['msg'] ?? fields['message'])) },
    attributes: attributesOf(Object.entries(fields).filter(([name]) => !used.has(name))),
    ...(traceId === undefined ? {} : { traceId: traceId.id }),
    ...(spanId === undefined ? {} : { spanId: spanId.id }),
  }
}

function fieldsOf(line: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(line)
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed }
  } catch {
    // A line that is no JSON is a text.
  }
  return { msg: line }
}

function textOf(value: unknown): string {
  const text = value ?? ''
  return typeof text === 'string' ? text : JSON.stringify(text)
}

function idOf(
  fields: Readonly<Record<string, unknown>>,
  names: readonly string[],
  form: RegExp,
): { readonly name: string; readonly id: string } | undefined {
  for (const name of names) {
    const id = fields[name]
    if (typeof id === 'string' && form.test(id)) return { name, id }
  }
  return undefined
}

type AnyValue = Readonly<Record<string, unknown>>

function attributesOf(fields: readonly (readonly [string, unknown])[]): readonly AnyValue[] {
  return fields.flatMap(([key, value]) => (value === null ? [] : [{ key, value: anyValue(value) }]))
}

function anyValue(value: unknown): AnyValue {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') return Number.isSafeInteger(value) ? { intValue: value } : { doubleValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } }
  if (typeof value === 'object' && value !== null)
    return { kvlistValue: { values: attributesOf(Object.entries(value)) } }
  return {}
}

function judgePartial(text: string, count: number): Delivery {
  try {
    const answer: unknown = JSON.parse(text)
    const partial = property(answer, 'partialSuccess')
    const rejected = Math.min(count, Number(property(partial, 'rejectedLogRecords') ?? 0))
    if (rejected > 0) {
      return { kind: 'partly', again: [], reason: 'server', rejected, detail: `${rejected} rejected: ${said(partial)}` }
    }
  } catch {
    // It has been taken, whatever is said about it.
  }
  return { kind: 'taken' }
}

function said(partial: unknown): string {
  const message = property(partial, 'errorMessage')
  return typeof message === 'string' ? message.slice(0, 300) : ''
}

function property(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null ? Reflect.get(from, name) : undefined
}
