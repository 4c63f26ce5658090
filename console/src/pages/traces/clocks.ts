import type { Trace } from './trace.ts'

/** Two processes whose clocks do not agree. */
export interface ClockGap {
  readonly service: string
  readonly parentService: string
  /** Spans that cannot have been when they say. */
  readonly spans: number
  /** The least by which the clock must be off, ms: above 0 it is behind that of the parent, below 0 ahead. */
  readonly offMs: number
}

export interface Stretch {
  readonly fromMs: number
  readonly toMs: number
}

/** Microseconds are rounded on their way. */
const ROUNDING_MS = 0.002
/** Of a trace's length: a shorter pause is nothing to speak of. */
const LEAST_PAUSE = 0.02

/**
 * Where a span of another process begins before the one that called it, although it is short enough to fit into it. Nothing is
 * moved: the waterfall shows what the clocks said.
 */
export function clockGaps(trace: Trace): readonly ClockGap[] {
  const gaps = new Map<string, { service: string; parentService: string; spans: number; offMs: number }>()
  for (const { span, parent } of trace.nodes) {
    if (parent === undefined || parent.span.process === span.process) continue
    const above = parent.span
    if (span.endMs - span.startMs > above.endMs - above.startMs + ROUNDING_MS) continue
    const isCall = span.kind === 'server' && above.kind === 'client'
    const early = above.startMs - span.startMs
    const late = isCall ? span.endMs - above.endMs : 0
    if (Math.max(early, late) <= ROUNDING_MS) continue
    const offMs = early > late ? early : -late
    const key = `${above.process} ${span.process}`
    const gap = gaps.get(key) ?? { service: span.service, parentService: above.service, spans: 0, offMs: 0 }
    gap.spans++
    if (Math.abs(offMs) > Math.abs(gap.offMs)) gap.offMs = offMs
    gaps.set(key, gap)
  }
  return [...gaps.values()]
}

/** When no span at all was under way: who waited for what is not known. */
export function pauses(trace: Trace): readonly Stretch[] {
  const least = (trace.endMs - trace.startMs) * LEAST_PAUSE
  const found: Stretch[] = []
  let reached = trace.startMs
  for (const { span } of [...trace.nodes].sort((a, b) => a.span.startMs - b.span.startMs)) {
    if (span.startMs - reached > least) found.push({ fromMs: reached, toMs: span.startMs })
    reached = Math.max(reached, span.endMs)
  }
  return found
}
