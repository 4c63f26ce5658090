import http, { type ClientRequest, type IncomingMessage } from 'node:http'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { type CorrelationContext, isSuppressed } from '../../tracing/index.ts'
import { listen } from '../channel.ts'
import type { Fuse } from '../fuse.ts'
import { knownMethod } from '../http/exchange.ts'
import { type Method, patchMethod } from '../method-patch.ts'
import { undoAll } from '../undo.ts'
import { addHeaders, callContext, type OutgoingCall, type OutgoingOptions, serviceDuration } from './call.ts'

interface Answered {
  readonly request: ClientRequest
  readonly response: IncomingMessage
}

interface Started {
  readonly startedAt: number
  readonly context: CorrelationContext
}

/**
 * Every call by `node:http` and `node:https`. Where node tells of a request before its head is made (22.12 and later), from
 * that channel; before, `request` and `get` are replaced: who took them from the module earlier, by `require`, is missed.
 * Upgrades are no calls.
 */
export function watchNodeHttp({ ids, tracer, propagation, now, record }: OutgoingOptions, fuse: Fuse): () => void {
  const started = new WeakMap<object, Started>()
  const begin = (request: ClientRequest): void => {
    if (started.has(request) || isSuppressed()) return
    const context = callContext({ ids, tracer }, knownMethod(request.method))
    if (!request.headersSent) {
      addHeaders(
        context,
        propagation,
        (name) => request.hasHeader(name),
        (name, value) => request.setHeader(name, value),
      )
    }
    started.set(request, { startedAt: now(), context })
  }
  const end = (request: ClientRequest, outcome: Pick<OutgoingCall, 'status' | 'serviceDurationMs' | 'error'>): void => {
    const call = started.get(request)
    if (call === undefined) return
    started.delete(request)
    const host = request.getHeader('host') ?? request.host
    const durationMs = now() - call.startedAt
    record?.({ host: String(host), method: knownMethod(request.method), durationMs, context: call.context, ...outcome })
  }
  return undoAll([
    tellsOfCreated()
      ? listen('http.client.request.created', fuse, ({ request }: { request: ClientRequest }) => begin(request))
      : patchModules((request) => fuse.run(() => begin(request))),
    listen('http.client.response.finish', fuse, ({ request, response }: Answered) => {
      const told = response.headers['x-service-duration']
      const status = response.statusCode ?? 0
      end(request, { status, ...serviceDuration(Array.isArray(told) ? told[0] : told) })
    }),
    listen('http.client.request.error', fuse, ({ request, error }: { request: ClientRequest; error: unknown }) =>
      end(request, { status: 0, error }),
    ),
  ])
}

function tellsOfCreated(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 12)
}

function patchModules(created: (request: ClientRequest) => void): () => void {
  // With all of TLS: not loaded for a service whose calls nobody measures.
  const https: object = createRequire(import.meta.url)('node:https')
  const restore = undoAll([http, https].flatMap((module) => patchModule(module, created)))
  syncBuiltinESMExports()
  return () => {
    restore()
    syncBuiltinESMExports()
  }
}

function patchModule(module: object, created: (request: ClientRequest) => void): readonly (() => void)[] {
  let send: Method<object>
  return [
    patchMethod(module, 'request', (original) => {
      send = function request(...args) {
        const made = Reflect.apply(original, this, args)
        if (made instanceof http.ClientRequest) created(made)
        return made
      }
      return send
    }),
    // Node's own has sent the head already when it returns; for the rest it is a `request` and its `end`.
    patchMethod(
      module,
      'get',
      () =>
        function get(...args) {
          const made = Reflect.apply(send, this, args)
          if (made instanceof http.ClientRequest) made.end()
          return made
        },
    ),
  ]
}
