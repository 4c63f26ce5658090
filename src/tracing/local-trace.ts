import type { Incoming } from './incoming.ts'
import { traceIdOf } from './incoming.ts'
import type { TraceIdSource } from './id-source.ts'
import { type OtState, readOtState, withThreshold } from './ot-state.ts'
import type { SpanPool } from './pool.ts'
import { randomnessOf } from './probability.ts'
import type { Outcome } from './sampler/sampler.ts'
import type { Verdict } from './sampler/decide.ts'
import { SPAN_BYTES, Span } from './span.ts'
import type { SpanKind, SpanLimits } from './span-data.ts'
import { FLAG_RANDOM, FLAG_SAMPLED } from './traceparent.ts'

/** What a trace asks of its tracer. */
export interface TraceHost {
  readonly ids: TraceIdSource
  readonly limits: SpanLimits
  readonly pool: SpanPool
  now(): number
  /** Whether callees are told that the trace is kept. */
  head(trace: LocalTrace): Verdict
  /** The local root has ended. */
  finished(trace: LocalTrace, at: number): void
  /** A span has ended after its trace was decided. */
  late(trace: LocalTrace, span: Span): void
  dropped(): void
}

/** The spans of one trace in this process, from a first one down. Nobody knows it but its spans. */
export class LocalTrace implements Outcome {
  readonly #host: TraceHost
  readonly #incoming: Incoming
  readonly root: Span
  givenRoute: string | undefined
  /** Whether any span has failed. */
  hasErrors = false
  userId: string | undefined
  sessionId: string | undefined
  gameId: string | undefined
  /** Those that were recorded; none once it is decided. */
  recorded: Span[] = []
  droppedSpans = 0
  verdict: Verdict | undefined
  /** Neighbours among the open ones, in the order of their starts. */
  older: LocalTrace | undefined
  newer: LocalTrace | undefined
  #head: Verdict | undefined
  #traceId: string | undefined
  #randomness: number | undefined
  #state: OtState | undefined
  #bytes = 0
  #held: Set<Span> | undefined

  constructor(host: TraceHost, incoming: Incoming, name: string, kind: SpanKind, startMs: number) {
    this.#host = host
    this.#incoming = incoming
    this.#traceId = incoming.traceId
    this.root = this.#start(undefined, name, kind, startMs, host.pool.hasRoomForRoot)
  }

  startChild(parent: Span, name: string, kind: SpanKind, startMs: number): Span {
    const { pool, limits } = this.#host
    // What comes after the decision is sent by itself, or not at all.
    if (this.verdict !== undefined) return new Span(this, parent, name, kind, startMs, this.verdict.keep)
    const room = this.recorded.length < limits.spans && pool.hasRoomForChild(this.#head?.keep === true)
    return this.#start(parent, name, kind, startMs, room)
  }

  /** What has no route is known by the name of its first span. */
  get route(): string {
    return this.givenRoute ?? this.root.name
  }

  get failed(): boolean {
    return this.root.status === 'error'
  }

  get limits(): SpanLimits {
    return this.#host.limits
  }

  now(): number {
    return this.#host.now()
  }

  newSpanId(): string {
    return this.#host.ids.spanId()
  }

  get correlationId(): string {
    return this.#incoming.correlationId ?? this.traceId
  }

  get traceId(): string {
    if (this.#traceId !== undefined) return this.#traceId
    const { correlationId } = this.#incoming
    this.#traceId = correlationId === undefined ? this.#host.ids.traceIdWith(this.randomness) : traceIdOf(correlationId)
    return this.#traceId
  }

  /** Whether anybody has been told the trace's id. */
  get isNamed(): boolean {
    return this.#traceId !== undefined
  }

  /** Whether a caller has named it: only then may a part of it have been here before. */
  get cameIn(): boolean {
    const { traceId, correlationId } = this.#incoming
    return traceId !== undefined || correlationId !== undefined
  }

  get parentSpanId(): string | undefined {
    return this.#incoming.parentSpanId
  }

  get parentSampled(): boolean | undefined {
    return this.#incoming.sampled
  }

  get parentThreshold(): number | undefined {
    return this.#ot.threshold
  }

  get randomness(): number {
    if (this.#randomness !== undefined) return this.#randomness
    const told = this.#ot.randomness
    const { traceId, correlationId } = this.#incoming
    if (told !== undefined) this.#randomness = told
    else if (traceId === undefined && correlationId === undefined) this.#randomness = this.#host.ids.randomness()
    else this.#randomness = randomnessOf(this.traceId)
    return this.#randomness
  }

  get head(): Verdict | undefined {
    return this.#head
  }

  get traceFlags(): number {
    const { traceId, correlationId, random } = this.#incoming
    const isRandom = random || (traceId === undefined && correlationId === undefined)
    return (this.#decideHead().keep ? FLAG_SAMPLED : 0) | (isRandom ? FLAG_RANDOM : 0)
  }

  get traceState(): string | undefined {
    return this.stateOf(this.#decideHead())
  }

  /** The state that goes with a decision: what is not kept has no threshold, and what is not known either. */
  stateOf({ keep, threshold }: Verdict): string | undefined {
    return withThreshold(this.#incoming.traceState, keep ? threshold : undefined)
  }

  get baggage(): string | undefined {
    return this.#incoming.baggage
  }

  /** At least the first: it was there, recorded or not. */
  get spans(): number {
    return Math.max(1, this.recorded.length)
  }

  get durationMs(): number {
    return (this.root.endMs ?? this.#host.now()) - this.root.startMs
  }

  /** Takes so many bytes of the pool; false when it has no room for them. */
  weigh(bytes: number): boolean {
    if (this.verdict !== undefined) return true
    if (!this.#host.pool.hasRoomFor(bytes)) return false
    this.#bytes += bytes
    this.#host.pool.bytes += bytes
    return true
  }

  /** Puts the decision off until this span has ended. */
  hold(span: Span): void {
    if (this.verdict === undefined) (this.#held ??= new Set()).add(span)
  }

  /** @param at the time when the span is told to have ended, not the one it may be said to. */
  ended(span: Span, at: number): void {
    const released = this.#held?.delete(span) === true
    if (this.verdict !== undefined) {
      if (span === this.root) this.#host.finished(this, at)
      else this.#host.late(this, span)
    } else if (span === this.root || (released && this.root.ended)) {
      if (this.#held === undefined || this.#held.size === 0) this.#host.finished(this, at)
    }
  }

  /** Kept here, though the caller did not keep its part, or those that were called were told that nobody would. */
  get isPartial(): boolean {
    return this.parentSampled === false || this.#head?.keep === false
  }

  /** Lets the recorded spans go. */
  take(): Span[] {
    const spans = this.recorded
    this.recorded = []
    this.#host.pool.spans -= spans.length
    this.#host.pool.bytes -= this.#bytes
    this.#bytes = 0
    return spans
  }

  get #ot(): OtState {
    return (this.#state ??= readOtState(this.#incoming.traceState))
  }

  #decideHead(): Verdict {
    return (this.#head ??= this.verdict ?? this.#host.head(this))
  }

  #start(parent: Span | undefined, name: string, kind: SpanKind, startMs: number, room: boolean): Span {
    const span = new Span(this, parent, name, kind, startMs, room)
    if (room) {
      this.recorded.push(span)
      this.#host.pool.spans++
      this.#bytes += SPAN_BYTES
      this.#host.pool.bytes += SPAN_BYTES
    } else {
      this.droppedSpans++
      this.#host.dropped()
    }
    return span
  }
}
