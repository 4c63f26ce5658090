import type { Redactor } from '../../logging/index.ts'
import { Sampler, SpanStore, type TraceData, Tracer } from '../../tracing/index.ts'
import type { OtlpSender } from '../../wire/index.ts'
import type { PathHandler } from '../api/api.ts'
import type { Config } from '../config/config.ts'
import { lateHandler } from '../late-handler.ts'
import { propagationOf } from '../propagation.ts'
import { redactTrace } from './redact-trace.ts'
import { resourceOf } from '../resource.ts'
import { bridgeOpenTelemetry, type FoundApi } from './open-telemetry.ts'
import type { CreateSpanSender } from './span-sender.ts'

export interface TracesOptions {
  readonly config: Config
  readonly boxmanVersion: string
  readonly redactor: Redactor
  /** Milliseconds that never go back. */
  readonly now: () => number
  /** Milliseconds since the epoch. */
  readonly wallNow: () => number
  /** Told of each batch of spans that is given up. */
  readonly onProblem: (detail: string) => void
  /** What others' instrumentations make their spans with; undefined when they are not to be ours. */
  readonly openTelemetry: FoundApi | undefined
  /** Told, once, why their spans are not ours. */
  readonly onNoBridge: (detail: string) => void
  /** Where `tracing.otlpUrl` is set. */
  readonly createSender: CreateSpanSender | undefined
}

/** Of Jaeger's query API, and what the console asks besides. */
const API_PATHS = /^\/api\/(?:(?:traces|services|operations)(?:\/|$)|console\/traces$)/

/** The traces of the service: those that the sampler keeps are held for a while, and sent on if there is somewhere to. */
export class Traces {
  readonly tracer: Tracer
  readonly store: SpanStore
  readonly sender: OtlpSender<TraceData> | undefined
  /** Jaeger's query API over what is held. */
  readonly handle: PathHandler
  readonly #clock: () => number
  readonly #options: TracesOptions
  #unbridge: (() => void) | undefined

  constructor(options: TracesOptions) {
    const { config, now, wallNow, createSender } = options
    this.#options = options
    const { tracing } = config
    const { instance } = config.store
    const begun = wallNow() - now()
    this.#clock = () => begun + now()
    this.store = new SpanStore({ maxSpans: tracing.maxSpans })
    this.sender = createSender?.(options)
    this.tracer = new Tracer({
      now: this.#clock,
      sampler: new Sampler({ budget: tracing.spansPerSecond }),
      resource: {
        ...resourceOf(config),
        ...(instance === undefined ? {} : { 'service.instance.id': instance }),
      },
      // Of a hundred spans few are kept: only these are looked at.
      onTrace: (kept) => {
        const part = redactTrace(kept, options.redactor)
        this.store.add(part)
        this.sender?.push(part)
      },
    })
    this.handle = lateHandler(API_PATHS, async () => {
      const { createTracesApi } = await import('./traces-api.ts')
      return createTracesApi(this.store)
    })
  }

  /** Takes the spans of others, if they are to be had. */
  start(): void {
    const { openTelemetry: found, onNoBridge: warn, config } = this.#options
    if (found === undefined) return
    const asked = config.tracing.openTelemetry === true
    const propagation = propagationOf(config.tracing)
    this.#unbridge = bridgeOpenTelemetry({ found, asked, tracer: this.tracer, propagation, warn })
  }

  /** From now on. */
  setLimits({ spansPerSecond, maxSpans }: Pick<Config['tracing'], 'spansPerSecond' | 'maxSpans'>): void {
    this.tracer.sampler.budget = spansPerSecond
    this.store.maxSpans = maxSpans
  }

  /** Decides what has lasted too long: to be called every few seconds. */
  sweep(): void {
    this.tracer.sweep(this.#clock())
  }

  /** Sends what waits, for so long; never rejects. */
  async stop(deadlineMs: number): Promise<void> {
    this.#unbridge?.()
    await this.sender?.stop(deadlineMs)
  }
}
