import type * as api from '@opentelemetry/api'

/** Keys that OpenTelemetry's own parts use, whatever copy of them. */
export const SPAN_KEY: symbol = Symbol.for('OpenTelemetry Context Key SPAN')
export const BAGGAGE_KEY: symbol = Symbol.for('OpenTelemetry Baggage Key')
export const SUPPRESS_KEY: symbol = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING')

/** The module, as its users import it. */
export type OtelApi = typeof api
