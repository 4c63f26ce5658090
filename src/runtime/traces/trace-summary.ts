import { serviceOf, type StoredTrace } from '../../tracing/index.ts'

/** A trace in one line. */
export interface TraceSummary {
  readonly traceId: string
  /** ms since the epoch. */
  readonly startMs: number
  /** From the first start to the last end. */
  readonly durationMs: number
  /** The first span that has no parent; where there is none, the first of all. */
  readonly root: { readonly service: string; readonly name: string; readonly kind: string }
  readonly spans: number
  /** Spans that failed. */
  readonly errors: number
  /** How many spans each has. */
  readonly services: Readonly<Record<string, number>>
  /** Parts of it may be missing here. */
  readonly partial: boolean
}

export function summaryOf(trace: StoredTrace): TraceSummary {
  let [endMs, spans, errors] = [-Infinity, 0, 0]
  const services: Record<string, number> = {}
  let root: (TraceSummary['root'] & { readonly isRoot: boolean; readonly startMs: number }) | undefined
  for (const part of trace.parts) {
    const service = serviceOf(part)
    services[service] = (services[service] ?? 0) + part.spans.length
    spans += part.spans.length
    for (const { name, kind, startMs, endMs: end, status, parentSpanId } of part.spans) {
      if (status === 'error') errors++
      endMs = Math.max(endMs, end)
      const isRoot = parentSpanId === undefined
      const goesBefore =
        root === undefined || (isRoot && !root.isRoot) || (isRoot === root.isRoot && startMs < root.startMs)
      if (goesBefore) root = { service, name, kind, isRoot, startMs }
    }
  }
  const { service = '', name = '', kind = '', isRoot = false } = root ?? {}
  return {
    traceId: trace.traceId,
    startMs: trace.startMs,
    durationMs: Math.max(0, endMs - trace.startMs),
    root: { service, name, kind },
    spans,
    errors,
    services,
    partial: !isRoot || trace.parts.some(({ partial }) => partial),
  }
}
