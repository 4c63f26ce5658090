import { weightOf } from '../attribute-list.ts'
import { SPAN_BYTES } from '../span.ts'
import type { AttributeValue, SpanData, TraceData } from '../span-data.ts'

const PART_BYTES = 512
const ENTRY_BYTES = 64

/** Bytes of memory, about. */
export function weightOfTrace({ spans }: TraceData): number {
  return spans.reduce((sum, span) => sum + weightOfSpan(span), PART_BYTES)
}

function weightOfSpan(span: SpanData): number {
  let bytes = SPAN_BYTES + 2 * (span.name.length + (span.statusMessage?.length ?? 0) + (span.traceState?.length ?? 0))
  bytes += weightOfAttributes(span.attributes)
  for (const { attributes } of span.events) bytes += weightOfAttributes(attributes)
  for (const { attributes } of span.links) bytes += weightOfAttributes(attributes)
  return bytes
}

function weightOfAttributes(attributes: Readonly<Record<string, AttributeValue>>): number {
  let bytes = ENTRY_BYTES
  for (const [key, value] of Object.entries(attributes)) bytes += 16 + key.length + weightOf(value)
  return bytes
}
