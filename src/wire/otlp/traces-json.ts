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

/** An ExportTraceServiceRequest as JSON: ids as hex, 64-bit numbers as text. `ownScope` is that of spans without one. */
export function encodeTracesJson(parts: readonly OtlpSpans[], ownScope: OtlpScope): Uint8Array {
  const request = {
    resourceSpans: grouped(parts, ownScope).map(({ resource, scopes }) => ({
      resource: { attributes: attributesJson(resource), droppedAttributesCount: 0 },
      scopeSpans: Array.from(scopes.values(), ({ scope, spans }) => ({ scope, spans: spans.map(spanJson) })),
    })),
  }
  return Buffer.from(JSON.stringify(request))
}

function spanJson(span: OtlpSpan): Readonly<Record<string, unknown>> {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    traceState: span.traceState,
    name: span.name,
    kind: SPAN_KINDS[span.kind],
    startTimeUnixNano: String(nanosecondsOf(span.startMs)),
    endTimeUnixNano: String(nanosecondsOf(span.endMs)),
    attributes: attributesJson(span.attributes),
    droppedAttributesCount: span.droppedAttributes,
    events: span.events.map(({ name, atMs, attributes }) => ({
      name,
      timeUnixNano: String(nanosecondsOf(atMs)),
      attributes: attributesJson(attributes),
      droppedAttributesCount: 0,
    })),
    droppedEventsCount: span.droppedEvents,
    links: span.links.map(linkJson),
    droppedLinksCount: span.droppedLinks,
    status: { code: STATUS_CODES[span.status], message: span.statusMessage },
    flags: flagsOf(span.traceFlags, span.parentIsRemote),
  }
}

function linkJson({
  traceId,
  spanId,
  traceState,
  traceFlags,
  attributes,
}: OtlpLink): Readonly<Record<string, unknown>> {
  return {
    traceId,
    spanId,
    traceState,
    attributes: attributesJson(attributes),
    droppedAttributesCount: 0,
    flags: flagsOf(traceFlags ?? 0, false),
  }
}

function attributesJson(attributes: OtlpAttributes): readonly { readonly key: string; readonly value: unknown }[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: valueJson(value) }))
}

function valueJson(value: OtlpValue): unknown {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'object') return { arrayValue: { values: value.map(valueJson) } }
  if (Number.isSafeInteger(value)) return { intValue: String(value) }
  return { doubleValue: Number.isFinite(value) ? value : String(value) }
}
