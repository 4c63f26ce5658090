export type { B3Format } from './b3.ts'
export {
  childContext,
  currentContext,
  extractContext,
  identify,
  honourSuppression,
  isSuppressed,
  runWithContext,
  suppressInstrumentation,
} from './context.ts'
export type { CorrelationContext } from './context.ts'
export { answerHeaders, outgoingHeaders } from './headers.ts'
export { createIdSource } from './id-source.ts'
export type { IdSource, TraceIdSource } from './id-source.ts'
export { type Incoming, type IncomingHeaders, PROPAGATION_HEADERS } from './incoming.ts'
export { type Propagation, readsB3 } from './propagation.ts'
export { decide, type Odds, type Reason, type Verdict } from './sampler/decide.ts'
export {
  type Incident,
  type Outcome,
  Sampler,
  type SamplerOptions,
  type SamplerState,
  type Subject,
} from './sampler/sampler.ts'
export { Span, type SpanDetails } from './span.ts'
export type {
  Attributes,
  AttributeValue,
  SpanData,
  SpanEvent,
  SpanKind,
  SpanLimits,
  SpanLink,
  SpanScope,
  SpanStatus,
  TraceData,
} from './span-data.ts'
export { SPAN_LIMITS } from './span-data.ts'
export { currentSpan, Tracer } from './tracer.ts'
export type { ChildOptions, RequestOptions, SpanOptions, TracerOptions, TracerStats } from './tracer.ts'
export {
  type JaegerAnswer,
  jaegerAnswer,
  jaegerError,
  jaegerJson,
  type JaegerQuery,
  jaegerSearch,
  type JaegerSpan,
  type JaegerTag,
  type JaegerTrace,
} from './store/jaeger.ts'
export { serviceOf, type TraceSearch } from './store/search.ts'
export { SpanStore, type SpanStoreOptions, type SpanStoreStats, type StoredTrace } from './store/span-store.ts'
export { findOtelApi, installOtelBridge, type OtelApi, type OtelBridge, type OtelBridgeOptions } from './otel-bridge.ts'
