import { type CorrelationContext, currentContext, runWithin } from './context.ts'
import { DecisionRing } from './decision-ring.ts'
import { createIdSource, type TraceIdSource } from './id-source.ts'
import { type Incoming, type IncomingHeaders, readIncoming } from './incoming.ts'
import { LocalTrace, type TraceHost } from './local-trace.ts'
import { SpanPool } from './pool.ts'
import { probabilityOf } from './probability.ts'
import type { Propagation } from './propagation.ts'
import type { Verdict } from './sampler/decide.ts'
import { Sampler } from './sampler/sampler.ts'
import { Span } from './span.ts'
import {
  type Attributes,
  type AttributeValue,
  SPAN_LIMITS,
  type SpanData,
  type SpanKind,
  type SpanLimits,
  type TraceData,
} from './span-data.ts'
import { FLAG_RANDOM, FLAG_SAMPLED } from './traceparent.ts'

export interface TracerOptions {
  /** Milliseconds since the epoch that never go back; fractions are kept. */
  readonly now: () => number
  /** Takes what is kept. What it throws is counted in `stats.faults`. */
  readonly onTrace: (trace: TraceData) => void
  /** Of every span: `service.name` and its like. */
  readonly resource?: Readonly<Record<string, AttributeValue>>
  readonly sampler?: Sampler
  readonly ids?: TraceIdSource
  readonly limits?: Partial<SpanLimits>
  /** Spans and bytes, about, of all traces that are open. Defaults: 20 000, 16 MiB. */
  readonly maxLiveSpans?: number
  readonly maxLiveBytes?: number
  /** What has lasted so long is decided as it is. Default: 30 000. */
  readonly deadlineMs?: number
}

export interface SpanOptions {
  /** Default: internal. */
  readonly kind?: SpanKind
  readonly attributes?: Attributes
  /** Its start, ms since the epoch. Default: now. */
  readonly at?: number
}

export interface RequestOptions extends SpanOptions {
  readonly headers?: IncomingHeaders
  /** How the headers are read. */
  readonly propagation?: Propagation | undefined
  readonly route?: string
}

export interface ChildOptions extends SpanOptions {
  /** The trace is not decided before this span has ended too, or at its deadline: for what goes on after the answer. */
  readonly hold?: boolean
  /** Default: the current context. Without either it is the first span of a new trace. */
  readonly parent?: CorrelationContext
}

export interface TracerStats {
  readonly liveSpans: number
  readonly liveBytes: number
  readonly openTraces: number
  readonly keptTraces: number
  readonly keptSpans: number
  readonly droppedSpans: number
  readonly lateSpans: number
  readonly overdueTraces: number
  readonly faults: number
}

const MIB = 2 ** 20
/** Twice the number that is to be remembered, since they take each other's places. */
const RING = 8192
const NOTHING: Incoming = Object.freeze({
  correlationId: undefined,
  traceId: undefined,
  parentSpanId: undefined,
  sampled: undefined,
  random: false,
  traceState: undefined,
  baggage: undefined,
})
const LOST: Verdict = Object.freeze({ keep: false, reason: 'odds', threshold: undefined })

/** Makes spans, and decides of each trace, when its first span here has ended and those that hold it, whether it is kept. */
export class Tracer {
  readonly sampler: Sampler
  readonly #options: TracerOptions
  readonly #host: TraceHost
  readonly #ring = new DecisionRing(RING)
  readonly #resource: Readonly<Record<string, AttributeValue>>
  #oldest: LocalTrace | undefined
  #newest: LocalTrace | undefined
  #open = 0
  #keptTraces = 0
  #keptSpans = 0
  #droppedSpans = 0
  #lateSpans = 0
  #overdue = 0
  #faults = 0

  constructor(options: TracerOptions) {
    this.#options = options
    this.sampler = options.sampler ?? new Sampler()
    this.#resource = Object.freeze({ ...options.resource })
    this.#host = {
      ids: options.ids ?? createIdSource(),
      limits: Object.freeze({ ...SPAN_LIMITS, ...options.limits }),
      pool: new SpanPool(options.maxLiveSpans ?? 20_000, options.maxLiveBytes ?? 16 * MIB),
      now: options.now,
      head: (trace) => this.#guarded(LOST, () => this.sampler.head(trace, options.now())),
      finished: (trace, at) => this.#finish(trace, at),
      late: (trace, span) => this.#late(trace, span),
      dropped: () => this.#droppedSpans++,
    }
  }

  /** The span of a request that came in: the first of its trace in this process. */
  startRequest(name: string, options: RequestOptions = {}): Span {
    const incoming = options.headers === undefined ? NOTHING : readIncoming(options.headers, options.propagation)
    const span = this.#root(incoming, name, options.kind ?? 'server', options)
    if (options.route !== undefined) span.setRoute(options.route)
    return span
  }

  startSpan(name: string, options: ChildOptions = {}): Span {
    const parent = options.parent ?? currentContext()
    if (!(parent instanceof Span)) return this.#root(incomingFrom(parent), name, options.kind ?? 'internal', options)
    const at = options.at ?? this.#options.now()
    const span = parent.trace.startChild(parent, name, options.kind ?? 'internal', at)
    if (options.hold === true) parent.trace.hold(span)
    if (options.attributes !== undefined) span.setAttributes(options.attributes)
    return span
  }

  /** The first span of a new trace, whatever is current; or, with `incoming`, of a caller's. */
  startRoot(name: string, options: SpanOptions = {}, incoming: Incoming = NOTHING): Span {
    return this.#root(incoming, name, options.kind ?? 'internal', options)
  }

  /**
   * Runs `fn` within a span of its own, which ends when `fn` has, or its promise. What it throws is recorded in the span, and
   * thrown on.
   */
  withSpan<T>(name: string, fn: (span: Span) => T, options?: ChildOptions): T {
    const span = this.startSpan(name, options)
    const fail = (error: unknown): void => {
      span.recordException(error).setStatus('error', error instanceof Error ? error.message : String(error))
      if (error instanceof Error) span.setAttribute('error.type', error.name)
      span.end()
    }
    try {
      const result = runWithin(span, () => fn(span))
      if (result instanceof Promise) result.then(() => span.end(), fail)
      else span.end()
      return result
    } catch (error) {
      fail(error)
      throw error
    }
  }

  /** Decides what has been open for longer than the deadline. To be called every few seconds. */
  sweep(at: number): void {
    const before = at - (this.#options.deadlineMs ?? 30_000)
    for (let trace = this.#oldest; trace !== undefined && trace.root.startMs <= before; trace = this.#oldest) {
      this.#overdue++
      this.#decide(trace, at)
    }
  }

  get stats(): TracerStats {
    return {
      liveSpans: this.#host.pool.spans,
      liveBytes: this.#host.pool.bytes,
      openTraces: this.#open,
      keptTraces: this.#keptTraces,
      keptSpans: this.#keptSpans,
      droppedSpans: this.#droppedSpans,
      lateSpans: this.#lateSpans,
      overdueTraces: this.#overdue,
      faults: this.#faults,
    }
  }

  #root(incoming: Incoming, name: string, kind: SpanKind, { at, attributes }: SpanOptions): Span {
    const trace = new LocalTrace(this.#host, incoming, name, kind, at ?? this.#options.now())
    trace.older = this.#newest
    if (this.#newest === undefined) this.#oldest = trace
    else this.#newest.newer = trace
    this.#newest = trace
    this.#open++
    if (attributes !== undefined) trace.root.setAttributes(attributes)
    return trace.root
  }

  #finish(trace: LocalTrace, at: number): void {
    if (trace.verdict === undefined) this.#decide(trace, at)
    else if (trace.verdict.keep) this.#late(trace, trace.root)
    else if (trace.hasErrors) {
      // It was decided at its deadline, before it failed.
      trace.verdict = this.#guarded(LOST, () => this.sampler.finish(trace, at))
      if (trace.verdict.keep) this.#late(trace, trace.root)
    }
  }

  #decide(trace: LocalTrace, at: number): void {
    this.#unlink(trace)
    const own = this.#guarded(LOST, () => this.sampler.finish(trace, at))
    const earlier = own.keep || !trace.cameIn ? undefined : this.#ring.get(trace.randomness)
    const verdict: Verdict = earlier?.keep === true ? { ...earlier, reason: 'earlier' } : own
    trace.verdict = verdict
    if (verdict.keep && trace.isNamed) this.#ring.add(trace.randomness, verdict)
    const spans = trace.take()
    if (verdict.keep) this.#keep(trace, verdict, spans)
  }

  #keep(trace: LocalTrace, verdict: Verdict, spans: readonly Span[]): void {
    const flags = FLAG_SAMPLED | (trace.traceFlags & FLAG_RANDOM)
    const state = trace.stateOf(verdict)
    const kept = spans.map((span) => span.data(flags, state)).filter((data) => data !== undefined)
    if (kept.length > 0) this.#hand(trace, verdict, kept)
  }

  #late(trace: LocalTrace, span: Span): void {
    if (trace.verdict?.keep !== true || !span.recorded) return
    this.#lateSpans++
    this.#keep(trace, trace.verdict, [span])
  }

  #hand(trace: LocalTrace, { reason, threshold }: Verdict, spans: readonly SpanData[]): void {
    this.#keptTraces++
    this.#keptSpans += spans.length
    this.#guarded(undefined, () =>
      this.#options.onTrace({
        traceId: trace.traceId,
        correlationId: trace.correlationId,
        resource: this.#resource,
        spans,
        route: trace.givenRoute,
        failed: trace.hasErrors,
        reason,
        adjustedCount: threshold === undefined ? undefined : 1 / probabilityOf(threshold),
        partial: trace.isPartial,
        droppedSpans: trace.droppedSpans,
      }),
    )
  }

  #unlink(trace: LocalTrace): void {
    if (trace.older === undefined) this.#oldest = trace.newer
    else trace.older.newer = trace.newer
    if (trace.newer === undefined) this.#newest = trace.older
    else trace.newer.older = trace.older
    trace.older = undefined
    trace.newer = undefined
    this.#open--
  }

  #guarded<T>(otherwise: T, work: () => T): T {
    try {
      return work()
    } catch {
      this.#faults++
      return otherwise
    }
  }
}

export function currentSpan(): Span | undefined {
  const context = currentContext()
  return context instanceof Span ? context : undefined
}

/** A context without a trace of its own: its decision, where it is not `sampled`, may not have been made. */
function incomingFrom(context: CorrelationContext | undefined): Incoming {
  if (context === undefined) return NOTHING
  return {
    correlationId: context.correlationId,
    traceId: context.traceId,
    parentSpanId: context.spanId,
    sampled: (context.traceFlags & FLAG_SAMPLED) === 0 ? undefined : true,
    random: (context.traceFlags & FLAG_RANDOM) !== 0,
    traceState: context.traceState,
    baggage: context.baggage,
  }
}
