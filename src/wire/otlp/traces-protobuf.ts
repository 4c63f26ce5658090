import { ProtobufWriter } from '../protobuf/writer.ts'
import {
  flagsOf,
  grouped,
  nanosecondsOf,
  type OtlpAttributes,
  type OtlpLink,
  type OtlpScope,
  type OtlpSpan,
  type OtlpSpans,
  type OtlpValue,
  SPAN_KINDS,
  STATUS_CODES,
} from './spans.ts'

/** Field numbers of opentelemetry/proto/trace/v1/trace.proto, and of the common and resource messages. */
const REQUEST = { resourceSpans: 1 } as const
const RESOURCE_SPANS = { resource: 1, scopeSpans: 2 } as const
const RESOURCE = { attributes: 1 } as const
const SCOPE_SPANS = { scope: 1, spans: 2 } as const
const SCOPE = { name: 1, version: 2 } as const
const SPAN = {
  traceId: 1,
  spanId: 2,
  traceState: 3,
  parentSpanId: 4,
  name: 5,
  kind: 6,
  start: 7,
  end: 8,
  attributes: 9,
  droppedAttributes: 10,
  events: 11,
  droppedEvents: 12,
  links: 13,
  droppedLinks: 14,
  status: 15,
  flags: 16,
} as const
const EVENT = { time: 1, name: 2, attributes: 3 } as const
const LINK = { traceId: 1, spanId: 2, traceState: 3, attributes: 4, flags: 6 } as const
const STATUS = { message: 2, code: 3 } as const
const KEY_VALUE = { key: 1, value: 2 } as const
const ANY_VALUE = { string: 1, bool: 2, int: 3, double: 4, array: 5 } as const
const ARRAY_VALUE = { values: 1 } as const

/** An ExportTraceServiceRequest. `ownScope` is that of spans without one. */
export function encodeTracesProtobuf(parts: readonly OtlpSpans[], ownScope: OtlpScope): Uint8Array {
  const out = new ProtobufWriter()
  for (const { resource, scopes } of grouped(parts, ownScope)) {
    nested(out, REQUEST.resourceSpans, () => {
      nested(out, RESOURCE_SPANS.resource, () => writeAttributes(out, RESOURCE.attributes, resource))
      for (const { scope, spans } of scopes.values()) {
        nested(out, RESOURCE_SPANS.scopeSpans, () => {
          nested(out, SCOPE_SPANS.scope, () => {
            out.text(SCOPE.name, scope.name)
            if (scope.version !== undefined) out.text(SCOPE.version, scope.version)
          })
          for (const span of spans) nested(out, SCOPE_SPANS.spans, () => writeSpan(out, span))
        })
      }
    })
  }
  return out.finish()
}

function writeSpan(out: ProtobufWriter, span: OtlpSpan): void {
  out.bytes(SPAN.traceId, Buffer.from(span.traceId, 'hex'))
  out.bytes(SPAN.spanId, Buffer.from(span.spanId, 'hex'))
  if (span.traceState !== undefined) out.text(SPAN.traceState, span.traceState)
  if (span.parentSpanId !== undefined) out.bytes(SPAN.parentSpanId, Buffer.from(span.parentSpanId, 'hex'))
  out.text(SPAN.name, span.name)
  out.uint(SPAN.kind, SPAN_KINDS[span.kind])
  out.fixed64(SPAN.start, nanosecondsOf(span.startMs))
  out.fixed64(SPAN.end, nanosecondsOf(span.endMs))
  writeAttributes(out, SPAN.attributes, span.attributes)
  if (span.droppedAttributes > 0) out.uint(SPAN.droppedAttributes, span.droppedAttributes)
  for (const { name, atMs, attributes } of span.events) {
    nested(out, SPAN.events, () => {
      out.fixed64(EVENT.time, nanosecondsOf(atMs))
      out.text(EVENT.name, name)
      writeAttributes(out, EVENT.attributes, attributes)
    })
  }
  if (span.droppedEvents > 0) out.uint(SPAN.droppedEvents, span.droppedEvents)
  for (const link of span.links) nested(out, SPAN.links, () => writeLink(out, link))
  if (span.droppedLinks > 0) out.uint(SPAN.droppedLinks, span.droppedLinks)
  nested(out, SPAN.status, () => {
    if (span.statusMessage !== undefined) out.text(STATUS.message, span.statusMessage)
    if (span.status !== 'unset') out.uint(STATUS.code, STATUS_CODES[span.status])
  })
  out.fixed32(SPAN.flags, flagsOf(span.traceFlags, span.parentIsRemote))
}

function writeLink(out: ProtobufWriter, { traceId, spanId, traceState, traceFlags, attributes }: OtlpLink): void {
  out.bytes(LINK.traceId, Buffer.from(traceId, 'hex'))
  out.bytes(LINK.spanId, Buffer.from(spanId, 'hex'))
  if (traceState !== undefined) out.text(LINK.traceState, traceState)
  writeAttributes(out, LINK.attributes, attributes)
  out.fixed32(LINK.flags, flagsOf(traceFlags ?? 0, false))
}

function writeAttributes(out: ProtobufWriter, field: number, attributes: OtlpAttributes): void {
  for (const [key, value] of Object.entries(attributes)) {
    nested(out, field, () => {
      out.text(KEY_VALUE.key, key)
      nested(out, KEY_VALUE.value, () => writeValue(out, value))
    })
  }
}

function writeValue(out: ProtobufWriter, value: OtlpValue): void {
  if (typeof value === 'string') out.text(ANY_VALUE.string, value)
  else if (typeof value === 'boolean') out.bool(ANY_VALUE.bool, value)
  else if (typeof value === 'object') {
    nested(out, ANY_VALUE.array, () => {
      for (const one of value) nested(out, ARRAY_VALUE.values, () => writeValue(out, one))
    })
  } else if (Number.isSafeInteger(value)) out.int(ANY_VALUE.int, value)
  else out.double(ANY_VALUE.double, value)
}

function nested(out: ProtobufWriter, field: number, write: () => void): void {
  const start = out.begin(field)
  write()
  out.end(start)
}
