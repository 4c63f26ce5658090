import type { JaegerSpan, JaegerTag, JaegerTrace } from 'boxman/tracing'

/** A span as the page shows it. Times are ms since the epoch, with fractions. */
export interface Span {
  readonly id: string
  readonly parentId: string | undefined
  readonly name: string
  readonly service: string
  /** Spans of one process have one clock. */
  readonly process: string
  readonly kind: string
  readonly startMs: number
  readonly endMs: number
  readonly isError: boolean
  readonly message: string | undefined
  readonly tags: readonly JaegerTag[]
  readonly resource: readonly JaegerTag[]
  readonly events: readonly { readonly atMs: number; readonly name: string; readonly fields: readonly JaegerTag[] }[]
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
  readonly warnings: readonly string[]
}

export interface SpanNode {
  readonly span: Span
  readonly parent: SpanNode | undefined
  readonly depth: number
  /** In the order of their starts. */
  readonly children: readonly SpanNode[]
  /** How many are beneath it. */
  readonly below: number
  readonly errorsBelow: number
}

export interface Trace {
  readonly id: string
  readonly startMs: number
  readonly endMs: number
  /** Every span, each before those beneath it. */
  readonly nodes: readonly SpanNode[]
  readonly roots: readonly SpanNode[]
  readonly byId: ReadonlyMap<string, SpanNode>
  /** In the order in which they come, with the number of their spans. */
  readonly services: ReadonlyMap<string, number>
  readonly errors: readonly SpanNode[]
  /** Spans whose parent is not here. */
  readonly orphans: readonly SpanNode[]
  /** Whether a process has said that parts may be missing. */
  readonly isPartial: boolean
}

interface Growing {
  span: Span
  parent: Growing | undefined
  depth: number
  children: Growing[]
  below: number
  errorsBelow: number
}

/** The spans of an answer as a tree, or as several where a parent is missing. */
export function traceOf({ traceID, spans, processes }: JaegerTrace): Trace {
  const all = spans.map((span): Growing => {
    const read = spanOf(span, processes[span.processID])
    return { span: read, parent: undefined, depth: 0, children: [], below: 0, errorsBelow: 0 }
  })
  const byId = new Map(all.map((node) => [node.span.id, node]))
  const roots: Growing[] = []
  for (const node of all) {
    const { parentId, id } = node.span
    const parent = parentId === undefined || parentId === id ? undefined : byId.get(parentId)
    if (parent === undefined || isAbove(node, parent)) roots.push(node)
    else {
      node.parent = parent
      parent.children.push(node)
    }
  }
  const inOrder = (nodes: Growing[]): Growing[] => nodes.sort((a, b) => a.span.startMs - b.span.startMs)
  const nodes: Growing[] = []
  const stack = inOrder(roots).toReversed()
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    nodes.push(node)
    node.depth = node.parent === undefined ? 0 : node.parent.depth + 1
    for (const child of inOrder(node.children).toReversed()) stack.push(child)
  }
  for (const { span, parent, below, errorsBelow } of nodes.toReversed()) {
    if (parent === undefined) continue
    parent.below += below + 1
    parent.errorsBelow += errorsBelow + Number(span.isError)
  }
  const services = new Map<string, number>()
  for (const { span } of nodes) services.set(span.service, (services.get(span.service) ?? 0) + 1)
  return {
    id: traceID,
    startMs: nodes.reduce((least, { span }) => Math.min(least, span.startMs), Infinity),
    endMs: nodes.reduce((most, { span }) => Math.max(most, span.endMs), -Infinity),
    nodes,
    roots,
    byId,
    services,
    errors: nodes.filter(({ span }) => span.isError),
    orphans: roots.filter(({ span }) => span.parentId !== undefined),
    isPartial: nodes.some(({ span }) => span.tags.some(({ key, value }) => key === 'boxman.partial' && value === true)),
  }
}

/** Whether it is above another already: a ring of parents has no beginning. */
function isAbove(node: Growing, other: Growing): boolean {
  for (let at: Growing | undefined = other; at !== undefined; at = at.parent) if (at === node) return true
  return false
}

function spanOf(span: JaegerSpan, process: JaegerTrace['processes'][string] | undefined): Span {
  const tag = (key: string): JaegerTag['value'] | undefined => span.tags.find((each) => each.key === key)?.value
  const message = tag('otel.status_description')
  return {
    id: span.spanID,
    parentId: span.references.find(({ refType }) => refType === 'CHILD_OF')?.spanID,
    name: span.operationName,
    service: process?.serviceName ?? 'unknown_service',
    process: span.processID,
    kind: String(tag('span.kind') ?? 'internal'),
    startMs: span.startTime / 1000,
    endMs: (span.startTime + span.duration) / 1000,
    isError: tag('error') === true,
    message: message === undefined ? undefined : String(message),
    tags: span.tags,
    resource: process?.tags ?? [],
    events: span.logs.map(({ timestamp, fields }) => ({
      atMs: timestamp / 1000,
      name: String(fields.find(({ key }) => key === 'event')?.value ?? 'event'),
      fields: fields.filter(({ key }) => key !== 'event'),
    })),
    links: span.references.flatMap(({ refType, traceID, spanID }) =>
      refType === 'FOLLOWS_FROM' ? [{ traceId: traceID, spanId: spanID }] : [],
    ),
    warnings: span.warnings ?? [],
  }
}

/** Those that are not beneath a closed one. */
export function openNodes(trace: Trace, closed: ReadonlySet<string>): readonly SpanNode[] {
  if (closed.size === 0) return trace.nodes
  const hidden = new Set<SpanNode>()
  return trace.nodes.filter((node) => {
    const { parent } = node
    if (parent === undefined || !(hidden.has(parent) || closed.has(parent.span.id))) return true
    hidden.add(node)
    return false
  })
}

/** Which spans have all the words; `key=value` is an attribute of the span or of its process. */
export function findSpans(trace: Trace, text: string): readonly SpanNode[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  return trace.nodes.filter(({ span }) => words.every((word) => has(span, word)))
}

function has(span: Span, word: string): boolean {
  const at = word.indexOf('=')
  const all = [...span.tags, ...span.resource]
  if (at > 0) {
    const [key, value] = [word.slice(0, at), word.slice(at + 1)]
    if (all.some((tag) => tag.key.toLowerCase() === key && String(tag.value).toLowerCase() === value)) return true
  }
  const contains = (value: unknown): boolean => String(value).toLowerCase().includes(word)
  return (
    [span.name, span.service, span.id, span.kind].some(contains) ||
    all.some(({ key, value }) => contains(key) || contains(value)) ||
    span.events.some(({ name, fields }) => contains(name) || fields.some(({ value }) => contains(value)))
  )
}
