import { type CorrelationContext, isSuppressed } from '../../tracing/index.ts'
import { listen } from '../channel.ts'
import type { Fuse } from '../fuse.ts'
import { knownMethod } from '../http/exchange.ts'
import { undoAll } from '../undo.ts'
import { addHeaders, callContext, type OutgoingCall, type OutgoingOptions, serviceDuration } from './call.ts'
import { isWrapped } from './wrapped.ts'

/** What undici's channels tell: the same from undici 5 on, but for `headers`, a text there. */
interface UndiciRequest {
  readonly origin: string | URL | undefined
  readonly method: string
  readonly headers: string | readonly unknown[]
  addHeader(name: string, value: string): unknown
}

interface Answered {
  readonly request: object
  readonly response: { readonly statusCode: number; readonly headers: readonly Uint8Array[] }
}

interface Started {
  readonly host: string
  readonly method: string
  readonly startedAt: number
  readonly context: CorrelationContext
}

/** Every call of the global fetch and of undici, whoever makes it. A redirect that fetch follows is a call of its own. */
export function watchUndici({ ids, tracer, propagation, now, record }: OutgoingOptions, fuse: Fuse): () => void {
  const started = new WeakMap<object, Started>()
  const end = (request: object, outcome: Pick<OutgoingCall, 'status' | 'serviceDurationMs' | 'error'>): void => {
    const call = started.get(request)
    if (call === undefined) return
    started.delete(request)
    const { startedAt, ...told } = call
    record?.({ ...told, durationMs: now() - startedAt, ...outcome })
  }
  return undoAll([
    listen('undici:request:create', fuse, ({ request }: { request: UndiciRequest }) => {
      if (isSuppressed()) return
      const headers = namesOf(request.headers)
      if (isWrapped(headers.get('x-span-id'))) return
      const method = knownMethod(request.method.toUpperCase())
      const context = callContext({ ids, tracer }, method)
      addHeaders(
        context,
        propagation,
        (name) => headers.has(name),
        (name, value) => request.addHeader(name, value),
      )
      started.set(request, {
        host: hostOf(request.origin),
        method,
        startedAt: now(),
        context,
      })
    }),
    listen('undici:request:headers', fuse, ({ request, response: { statusCode: status, headers } }: Answered) => {
      if (status >= 200) end(request, { status, ...serviceDuration(valueOf(headers, 'x-service-duration')) })
    }),
    listen('undici:request:error', fuse, ({ request, error }: { request: object; error: unknown }) =>
      end(request, { status: 0, error }),
    ),
  ])
}

function hostOf(origin: string | URL | undefined): string {
  const url = String(origin)
  return URL.canParse(url) ? new URL(url).host : ''
}

function namesOf(headers: UndiciRequest['headers']): ReadonlyMap<string, string> {
  const entries =
    typeof headers === 'string'
      ? headers.split('\r\n').map((line) => line.split(': ', 2))
      : headers.flatMap((name, index) => (index % 2 === 0 ? [[String(name), String(headers[index + 1])]] : []))
  return new Map(entries.map(([name = '', value = '']) => [name.toLowerCase(), value]))
}

function valueOf(headers: readonly Uint8Array[], wanted: string): string | undefined {
  const at = headers.findIndex((name, index) => index % 2 === 0 && text(name).toLowerCase() === wanted)
  const value = at < 0 ? undefined : headers[at + 1]
  return value === undefined ? undefined : text(value)
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}
