import type { SpanNode, Trace } from './trace.ts'

/** A stretch of time in which the trace waited for one span's own work. */
export interface PathPart {
  readonly spanId: string
  readonly fromMs: number
  readonly toMs: number
}

/**
 * What the trace took its time for: making any of it shorter would make the trace shorter. Walked backwards from the end of the root:
 * the time is the span's own until the last of its children that had ended by then; that child's time is looked at likewise, and so
 * on from its start. As in CRISP (Zhang et al., "CRISP: Critical Path Analysis of Large-Scale Microservice Architectures", USENIX
 * ATC 2022, section 4). Of a child that goes on after its parent, which then did not wait for it, nothing is on the path; one that
 * begins before its parent, by another clock, is cut. Of a trace without a root, the longest of what there is.
 */
export function criticalPath(trace: Trace): readonly PathPart[] {
  let root: SpanNode | undefined
  for (const node of trace.roots) {
    if (root === undefined || lengthOf(node) > lengthOf(root)) root = node
  }
  if (root === undefined) return []
  const parts: PathPart[] = []
  interface Visit {
    readonly node: SpanNode
    readonly fromMs: number
    /** Where the walk is. */
    atMs: number
    /** Those whose ends are to come, the last at the end. */
    readonly waiting: SpanNode[]
  }
  const begin = (node: SpanNode, fromMs: number, toMs: number): Visit => ({
    node,
    fromMs: Math.max(fromMs, node.span.startMs),
    atMs: toMs,
    waiting: [...node.children].sort((a, b) => a.span.endMs - b.span.endMs),
  })
  const stack = [begin(root, root.span.startMs, root.span.endMs)]
  for (let visit = stack.at(-1); visit !== undefined; visit = stack.at(-1)) {
    const child = visit.waiting.pop()
    if (child === undefined) {
      if (visit.atMs > visit.fromMs) {
        parts.push({ spanId: visit.node.span.id, fromMs: visit.fromMs, toMs: visit.atMs })
      }
      stack.pop()
      continue
    }
    const { startMs, endMs } = child.span
    if (endMs > visit.atMs || endMs <= visit.fromMs) continue
    if (visit.atMs > endMs) parts.push({ spanId: visit.node.span.id, fromMs: endMs, toMs: visit.atMs })
    visit.atMs = Math.max(visit.fromMs, startMs)
    stack.push(begin(child, visit.fromMs, endMs))
  }
  return parts.toReversed()
}

/** How long the path is in each span, ms. */
export function timeOnPath(parts: readonly PathPart[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>()
  for (const { spanId, fromMs, toMs } of parts) times.set(spanId, (times.get(spanId) ?? 0) + toMs - fromMs)
  return times
}

function lengthOf({ span }: SpanNode): number {
  return span.endMs - span.startMs
}
