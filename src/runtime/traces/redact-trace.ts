import type { Redactor } from '../../logging/index.ts'
import type { AttributeValue, SpanData, SpanEvent, SpanLink, TraceData } from '../../tracing/index.ts'

type Attributes = Readonly<Record<string, AttributeValue>>

/** A trace as it may be held and sent: whatever the application or a client has put into it is looked at. */
export function redactTrace(trace: TraceData, redactor: Redactor): TraceData {
  const { correlationId, route, spans, traceId } = trace
  return {
    ...trace,
    correlationId: correlationId === traceId ? traceId : redactor.text(correlationId),
    route: maybe(route, redactor),
    spans: spans.map((span) => redactSpan(span, redactor)),
  }
}

export function redactAttributes(attributes: Attributes, redactor: Redactor): Attributes {
  let copy: Record<string, AttributeValue> | undefined
  for (const name in attributes) {
    const value = attributes[name]
    if (value === undefined) continue
    const safe = redactor.field(name, value)
    if (safe === value) continue
    copy ??= { ...attributes }
    copy[name] = isAttribute(safe) ? safe : String(safe)
  }
  return copy ?? attributes
}

function redactSpan(span: SpanData, redactor: Redactor): SpanData {
  const { name, statusMessage, traceState, scope, attributes, events, links } = span
  return {
    ...span,
    name: redactor.text(name),
    statusMessage: maybe(statusMessage, redactor),
    traceState: maybe(traceState, redactor),
    scope: scope === undefined ? undefined : { ...scope, name: redactor.text(scope.name) },
    attributes: redactAttributes(attributes, redactor),
    events: events.map((event) => redactEvent(event, redactor)),
    links: links.map((link) => redactLink(link, redactor)),
  }
}

function redactEvent(event: SpanEvent, redactor: Redactor): SpanEvent {
  return {
    ...event,
    name: redactor.text(event.name),
    attributes: redactAttributes(event.attributes, redactor),
  }
}

function redactLink(link: SpanLink, redactor: Redactor): SpanLink {
  const { traceState, attributes } = link
  return {
    ...link,
    ...(traceState === undefined ? {} : { traceState: redactor.text(traceState) }),
    attributes: redactAttributes(attributes, redactor),
  }
}

function maybe(text: string | undefined, redactor: Redactor): string | undefined {
  return text === undefined ? undefined : redactor.text(text)
}

/** What a redactor makes of one is a text, or a list of the same kind in which some are a text now. */
function isAttribute(value: unknown): value is AttributeValue {
  return ['string', 'number', 'boolean'].includes(typeof value) || isTexts(value)
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}
