import {
  childContext,
  type CorrelationContext,
  currentContext,
  extractContext,
  type IdSource,
  outgoingHeaders,
} from '../tracing/index.ts'
import { type FaultHandler, guarded } from './guard.ts'
import { knownMethod } from './http/exchange.ts'

type Fetch = typeof globalThis.fetch
type Input = Parameters<Fetch>[0]
type Init = Parameters<Fetch>[1]

/** One call downstream, as seen when the head of its answer was there, or it failed. */
export interface FetchCall {
  /** Host and port; empty when the call names none. */
  readonly host: string
  /** One of the known methods, else `_OTHER`. */
  readonly method: string
  /** 0: there was no answer, `error` says why. */
  readonly status: number
  readonly durationMs: number
  /** What the callee says it took: `x-service-duration`. */
  readonly serviceDurationMs?: number
  readonly error?: unknown
  /** The call's own span. */
  readonly context: CorrelationContext
}

export interface FetchOptions {
  readonly ids: IdSource
  /** Milliseconds that never go back. */
  readonly now: () => number
  readonly record?: (call: FetchCall) => void
  readonly onFault: FaultHandler
}

/**
 * A fetch whose calls carry the correlation headers, as a child span of the current context or, outside of one, as a
 * root. Headers that the caller has set stay; everything else is passed on as it is, and errors come back as they are.
 */
export function instrumentFetch(fetch: Fetch, options: FetchOptions): Fetch {
  const { ids, now, record, onFault } = options
  return async function correlatedFetch(input, init) {
    const call = guarded(onFault, () => {
      const current = currentContext()
      const context = current === undefined ? extractContext({}, ids) : childContext(current, ids)
      return { context, init: { ...init, headers: withCorrelation(input, init, context) }, startedAt: now() }
    })
    if (call === undefined) return fetch(input, init)

    const tell = (outcome: Pick<FetchCall, 'status' | 'serviceDurationMs' | 'error'>) => {
      if (record === undefined) return
      guarded(onFault, () => {
        const durationMs = now() - call.startedAt
        return record({ ...target(input, init), durationMs, context: call.context, ...outcome })
      })
    }
    try {
      const response = await fetch(input, call.init)
      tell({ status: response.status, ...serviceDuration(response.headers) })
      return response
    } catch (error) {
      tell({ status: 0, error })
      throw error
    }
  }
}

/** Headers of the options stand for those of the request, all of them: so fetch itself has it. */
function withCorrelation(input: Input, init: Init, context: CorrelationContext): Headers {
  const headers = new Headers(init?.headers ?? (isRequest(input) ? input.headers : undefined))
  const traced = headers.has('traceparent')
  for (const [name, value] of Object.entries(outgoingHeaders(context))) {
    // A state belongs to its parent: ours may not stand beside another's.
    if (!headers.has(name) && !(traced && name === 'tracestate')) headers.set(name, value)
  }
  return headers
}

function target(input: Input, init: Init): Pick<FetchCall, 'host' | 'method'> {
  const url = isRequest(input) ? input.url : String(input)
  const method = init?.method ?? (isRequest(input) ? input.method : 'GET')
  return { host: URL.canParse(url) ? new URL(url).host : '', method: knownMethod(method.toUpperCase()) }
}

/** Also a request of another realm, or of another copy of undici. */
function isRequest(input: Input): input is Request {
  return typeof input === 'object' && 'headers' in input && 'url' in input
}

function serviceDuration(headers: Headers): { serviceDurationMs?: number } {
  const text = headers.get('x-service-duration')
  if (text === null || !/^\d{1,12}(\.\d{1,9})?$/.test(text)) return {}
  return { serviceDurationMs: Number(text) }
}
