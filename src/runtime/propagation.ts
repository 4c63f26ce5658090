import type { Propagation } from '../tracing/index.ts'
import type { Config } from './config/config.ts'

/** What the configuration names, as requests are read and calls are written by it. */
export function propagationOf({ propagation, requestId }: Config['tracing']): Propagation {
  return Object.freeze({
    traceContext: propagation.includes('tracecontext'),
    baggage: propagation.includes('baggage'),
    b3: [
      ...(propagation.includes('b3') ? (['single'] as const) : []),
      ...(propagation.includes('b3multi') ? (['multi'] as const) : []),
    ],
    requestId,
  })
}
