import {
  type AttributeList,
  acceptedAttributes,
  acceptedValue,
  attributesOf,
  putAttribute,
  weightOf,
} from './attribute-list.ts'
import type { CorrelationContext } from './context.ts'
import { isCorrelationId } from './correlation-id.ts'
import type { LocalTrace } from './local-trace.ts'
import type {
  Attributes,
  AttributeValue,
  SpanData,
  SpanEvent,
  SpanKind,
  SpanLink,
  SpanScope,
  SpanStatus,
} from './span-data.ts'

/** What most spans do not have. */
interface Rare {
  events: SpanEvent[]
  links: SpanLink[]
  statusMessage: string | undefined
  droppedAttributes: number
  droppedEvents: number
  droppedLinks: number
  scope: SpanScope | undefined
}

/** What a span is in the end; it comes over what was said before. */
export interface SpanDetails {
  readonly name: string
  readonly attributes: Attributes
}

/** Of a span without attributes, in bytes of memory. */
export const SPAN_BYTES = 256
const ENTRY_BYTES = 64
const MAX_NAME = 256
const ENTRY_ATTRIBUTES = 16

/**
 * A piece of work that is timed; it is also the context of that work. Times are ms since the epoch; where none is
 * given, it is the tracer's `now`. After the end nothing changes it. A span that is not `recorded`, for want of room,
 * stands for the recorded one above it.
 */
export class Span implements CorrelationContext {
  readonly trace: LocalTrace
  readonly parent: Span | undefined
  readonly kind: SpanKind
  readonly startMs: number
  readonly recorded: boolean
  name: string
  spelling: unknown
  #endMs: number | undefined
  #id: string | undefined
  #status: SpanStatus = 'unset'
  #attributes: AttributeList | undefined
  #rare: Rare | undefined
  #details: SpanDetails | undefined

  constructor(
    trace: LocalTrace,
    parent: Span | undefined,
    name: string,
    kind: SpanKind,
    startMs: number,
    recorded: boolean,
  ) {
    this.trace = trace
    this.parent = parent
    this.name = name
    this.kind = kind
    this.startMs = startMs
    this.recorded = recorded
  }

  get ended(): boolean {
    return this.#endMs !== undefined
  }

  get endMs(): number | undefined {
    return this.#endMs
  }

  get status(): SpanStatus {
    return this.#status
  }

  get spanId(): string {
    if (!this.recorded && this.parent !== undefined) return this.parent.spanId
    return (this.#id ??= this.trace.newSpanId())
  }

  get parentSpanId(): string | undefined {
    if (!this.recorded && this.parent !== undefined) return this.parent.parentSpanId
    return this.parent === undefined ? this.trace.parentSpanId : this.parent.spanId
  }

  get correlationId(): string {
    return this.trace.correlationId
  }

  get traceId(): string {
    return this.trace.traceId
  }

  /** Asking decides whether callees are told that the trace is kept. */
  get traceFlags(): number {
    return this.trace.traceFlags
  }

  get traceState(): string | undefined {
    return this.trace.traceState
  }

  get baggage(): string | undefined {
    return this.trace.baggage
  }

  get userId(): string | undefined {
    return this.trace.userId
  }

  set userId(id: string | undefined) {
    if (isCorrelationId(id)) this.trace.userId = id
  }

  get sessionId(): string | undefined {
    return this.trace.sessionId
  }

  set sessionId(id: string | undefined) {
    if (isCorrelationId(id)) this.trace.sessionId = id
  }

  get gameId(): string | undefined {
    return this.trace.gameId
  }

  set gameId(id: string | undefined) {
    if (isCorrelationId(id)) this.trace.gameId = id
  }

  /** Names the route of the trace, by which it is sampled. Best before the first call downstream. */
  setRoute(route: string): this {
    if (!this.ended) this.trace.givenRoute = route.slice(0, MAX_NAME)
    return this
  }

  /** A value that is none, or for which there is no room, is counted and not taken. */
  setAttribute(key: string, value: AttributeValue | undefined): this {
    if (this.#endMs !== undefined || !this.recorded) return this
    const { limits } = this.trace
    const accepted = acceptedValue(value, limits.valueLength)
    this.#attributes ??= []
    if (
      accepted === undefined ||
      !(typeof accepted === 'number' || this.trace.weigh(weightOf(accepted))) ||
      !putAttribute(this.#attributes, key, accepted, limits.attributes)
    ) {
      this.#more().droppedAttributes++
    }
    return this
  }

  setAttributes(attributes: Attributes): this {
    if (this.#endMs !== undefined || !this.recorded) return this
    if (this.#attributes === undefined && this.#takeFirst(attributes)) return this
    for (const key in attributes) if (attributes[key] !== undefined) this.setAttribute(key, attributes[key])
    return this
  }

  addEvent(name: string, attributes?: Attributes, at?: number): this {
    if (this.#endMs !== undefined || !this.recorded) return this
    const rare = this.#more()
    const accepted = rare.events.length < this.trace.limits.events ? this.#entry(attributes) : undefined
    if (accepted === undefined) rare.droppedEvents++
    else rare.events.push({ name: name.slice(0, MAX_NAME), atMs: at ?? this.trace.now(), attributes: accepted })
    return this
  }

  addLink(link: Omit<SpanLink, 'attributes'> & { readonly attributes?: Attributes }): this {
    if (this.#endMs !== undefined || !this.recorded) return this
    const rare = this.#more()
    const accepted = rare.links.length < this.trace.limits.links ? this.#entry(link.attributes) : undefined
    if (accepted === undefined) rare.droppedLinks++
    else rare.links.push({ ...link, attributes: accepted })
    return this
  }

  /** An error of any span is one of the trace; `ok` is the last word, and takes an error back from this span. */
  setStatus(status: SpanStatus, message?: string): this {
    if (this.#endMs !== undefined || this.#status === 'ok' || status === 'unset') return this
    // Whether the request failed is counted also where there was no room to record it.
    if (!this.recorded && this.parent !== undefined) return this
    this.#status = status
    if (status === 'error') {
      this.trace.hasErrors = true
      if (message !== undefined) this.#more().statusMessage = message.slice(0, this.trace.limits.valueLength)
    } else if (this.#rare !== undefined) this.#rare.statusMessage = undefined
    return this
  }

  /** An event `exception`. Whether the span failed by it is for `setStatus` to say. */
  recordException(error: unknown, at?: number): this {
    return this.recorded ? this.addEvent('exception', exceptionAttributes(error), at) : this
  }

  /** For spans of others' instrumentation. */
  setScope(scope: SpanScope): this {
    if (this.recorded) this.#more().scope = scope
    return this
  }

  /** An end before the start is taken for the start. The local root's end decides its trace. */
  end(at?: number): void {
    if (this.#endMs !== undefined) return
    const now = this.trace.now()
    const end = at ?? now
    this.#endMs = end > this.startMs ? end : this.startMs
    this.trace.ended(this, now)
    // Where the trace is held, they are asked for later.
    if (this.trace.verdict !== undefined) this.#details = undefined
  }

  /** Ends the first span of a trace under a name and with attributes that are only asked for where it is kept. */
  endAs(details: SpanDetails): void {
    if (this.#endMs !== undefined) return
    this.#details = details
    this.end()
  }

  /** A copy for those who keep it; of a span that has not ended, undefined. */
  data(traceFlags: number, traceState: string | undefined): SpanData | undefined {
    if (this.#endMs === undefined) return undefined
    const rare = this.#rare
    return {
      traceId: this.traceId,
      spanId: this.spanId,
      parentSpanId: this.parentSpanId,
      parentIsRemote: this.parent === undefined && this.trace.parentSpanId !== undefined,
      traceFlags,
      traceState,
      name: (this.#details?.name ?? this.name).slice(0, MAX_NAME),
      kind: this.kind,
      startMs: this.startMs,
      endMs: this.#endMs,
      status: this.#status,
      statusMessage: rare?.statusMessage,
      attributes: this.parent === undefined ? this.#rootAttributes() : attributesOf(this.#attributes),
      events: rare?.events ?? [],
      links: rare?.links ?? [],
      droppedAttributes: rare?.droppedAttributes ?? 0,
      droppedEvents: rare?.droppedEvents ?? 0,
      droppedLinks: rare?.droppedLinks ?? 0,
      scope: rare?.scope,
    }
  }

  #rootAttributes(): SpanData['attributes'] {
    const { userId, sessionId, gameId, isPartial, limits } = this.trace
    for (const [key, value] of Object.entries(this.#details?.attributes ?? {})) {
      const accepted = acceptedValue(value, limits.valueLength)
      if (accepted !== undefined) putAttribute((this.#attributes ??= []), key, accepted, limits.attributes)
    }
    const attributes = attributesOf(this.#attributes)
    if (userId === undefined && sessionId === undefined && gameId === undefined && !isPartial) return attributes
    return {
      ...(isPartial ? { 'boxman.partial': true } : {}),
      ...(userId === undefined ? {} : { 'user.id': userId }),
      ...(sessionId === undefined ? {} : { 'session.id': sessionId }),
      ...(gameId === undefined ? {} : { 'game.id': gameId }),
      ...attributes,
    }
  }

  /** The usual case at once: a few short texts, numbers and truths, and none there before. False: it is not the usual case. */
  #takeFirst(attributes: Attributes): boolean {
    const list: AttributeList = []
    let characters = 0
    for (const key in attributes) {
      const value = attributes[key]
      if (typeof value === 'string') characters += value.length
      else if (typeof value !== 'number' && typeof value !== 'boolean') return false
      if (key === '') return false
      list.push(key, value)
    }
    const { limits } = this.trace
    if (characters > limits.valueLength || list.length > limits.attributes * 2) return false
    if (!this.trace.weigh(characters * 2)) return false
    this.#attributes = list
    return true
  }

  /** Undefined where there is no room for it. */
  #entry(attributes: Attributes | undefined): SpanEvent['attributes'] | undefined {
    const list = acceptedAttributes(attributes, ENTRY_ATTRIBUTES, this.trace.limits.valueLength)
    let bytes = ENTRY_BYTES
    for (const one of list) bytes += weightOf(one)
    return this.trace.weigh(bytes) ? attributesOf(list) : undefined
  }

  #more(): Rare {
    if (this.#rare !== undefined) return this.#rare
    this.#rare = {
      events: [],
      links: [],
      statusMessage: undefined,
      droppedAttributes: 0,
      droppedEvents: 0,
      droppedLinks: 0,
      scope: undefined,
    }
    return this.#rare
  }
}

function exceptionAttributes(error: unknown): Attributes {
  if (typeof error !== 'object' || error === null) return { 'exception.message': String(error) }
  const text = (name: string): string | undefined => {
    const value: unknown = Reflect.get(error, name)
    return typeof value === 'string' ? value : undefined
  }
  return {
    'exception.type': text('name') ?? text('code'),
    'exception.message': text('message'),
    'exception.stacktrace': text('stack'),
  }
}
