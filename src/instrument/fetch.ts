import { type CorrelationContext, honourSuppression, isSuppressed, type Propagation } from '../tracing/index.ts'
import { guarded } from './guard.ts'
import { knownMethod } from './http/exchange.ts'
import { addHeaders, callContext, type OutgoingCall, type OutgoingOptions, serviceDuration } from './outgoing/call.ts'
import { holdWrapped, releaseWrapped } from './outgoing/wrapped.ts'

type Fetch = typeof globalThis.fetch
type Input = Parameters<Fetch>[0]
type Init = Parameters<Fetch>[1]

/**
 * A fetch whose calls carry the correlation headers, as a child span of the current context or, outside of one, as a
 * root. Headers that the caller has set stay; everything else is passed on as it is, and errors come back as they are.
 */
export function instrumentFetch(fetch: Fetch, options: OutgoingOptions): Fetch {
  const { now, record, propagation, onFault } = options
  honourSuppression()
  return async function correlatedFetch(input, init) {
    if (isSuppressed()) return fetch(input, init)
    const call = guarded(onFault, () => {
      const context = callContext(options, target(input, init).method)
      const headers = withCorrelation(input, init, context, propagation)
      return { context, init: { ...init, headers }, spanId: headers.get('x-span-id') ?? '', startedAt: now() }
    })
    if (call === undefined) return fetch(input, init)

    const tell = (outcome: Pick<OutgoingCall, 'status' | 'serviceDurationMs' | 'error'>) => {
      if (record === undefined) return
      guarded(onFault, () => {
        const durationMs = now() - call.startedAt
        return record({ ...target(input, init), durationMs, context: call.context, ...outcome })
      })
    }
    holdWrapped(call.spanId)
    try {
      const response = await fetch(input, call.init)
      tell({ status: response.status, ...serviceDuration(response.headers.get('x-service-duration')) })
      return response
    } catch (error) {
      tell({ status: 0, error })
      throw error
    } finally {
      releaseWrapped(call.spanId)
    }
  }
}

/** Headers of the options stand for those of the request, all of them: so fetch itself has it. */
function withCorrelation(
  input: Input,
  init: Init,
  context: CorrelationContext,
  propagation: Propagation | undefined,
): Headers {
  const headers = new Headers(init?.headers ?? (isRequest(input) ? input.headers : undefined))
  addHeaders(
    context,
    propagation,
    (name) => headers.has(name),
    (name, value) => headers.set(name, value),
  )
  return headers
}

function target(input: Input, init: Init): Pick<OutgoingCall, 'host' | 'method'> {
  const url = isRequest(input) ? input.url : String(input)
  const method = init?.method ?? (isRequest(input) ? input.method : 'GET')
  return { host: URL.canParse(url) ? new URL(url).host : '', method: knownMethod(method.toUpperCase()) }
}

/** Also a request of another realm, or of another copy of undici. */
function isRequest(input: Input): input is Request {
  return typeof input === 'object' && 'headers' in input && 'url' in input
}
