import diagnostics from 'node:diagnostics_channel'
import { EventEmitter } from 'node:events'
import { ServerResponse } from 'node:http'
import { guarded } from '../guard.ts'
import { patchMethod } from '../method-patch.ts'
import { type HttpIncident, type IncidentOptions, mayBeIncident, seeEvent, tellOnce } from './incident.ts'

/**
 * A framework is handed requests, and never told of what comes to the server besides. So every server of the process is
 * watched from its first connection on; whose it is shows when it hands its first request to an instrumented application.
 */
interface WatchedServer {
  /** None: kept until there is one. */
  owner: IncidentOptions | undefined
  /** What came before the owner was known; of few kinds, so they are counted. */
  readonly early: Map<string, { readonly incident: HttpIncident; count: number }>
  readonly keeping: IncidentOptions
  readonly restore: () => void
}

const CONNECTION = 'net.server.socket'
const watched = new Map<EventEmitter, WatchedServer>()
/** Servers that are instrumented themselves see for themselves. */
const instrumented = new WeakMap<EventEmitter, IncidentOptions>()
let users = 0

/** From now on until `releaseServers`. Counted: each application holds, and releases. */
export function holdServers(): void {
  if (users++ === 0) diagnostics.subscribe(CONNECTION, connected)
}

export function releaseServers(owner: IncidentOptions): void {
  for (const server of watched.values()) if (server.owner === owner) server.owner = undefined
  if (--users > 0) return
  diagnostics.unsubscribe(CONNECTION, connected)
  for (const { restore } of watched.values()) restore()
  watched.clear()
}

/** Leaves a server to its own instrument; returns the undo. */
export function exceptServer(server: EventEmitter, owner: IncidentOptions): () => void {
  instrumented.set(server, owner)
  return () => instrumented.delete(server)
}

/** Says whose the server is that a request came to, by its socket: who asks first. Asked of every request, told of the first. */
export function claimServer(socket: object, owner: IncidentOptions): void {
  const { server }: { readonly server?: unknown } = socket
  if (lastClaims.get(owner) !== server) claim(server, owner)
}

/** The server that an application last had a request from: mostly it has but one. */
const lastClaims = new WeakMap<IncidentOptions, unknown>()

function claim(server: unknown, owner: IncidentOptions): void {
  guarded(owner.onFault, () => {
    lastClaims.set(owner, server)
    if (!(server instanceof EventEmitter) || instrumented.has(server)) return
    const known = watch(server)
    if (known.owner !== undefined) return
    known.owner = owner
    const early = [...known.early.values()]
    known.early.clear()
    for (const { incident, count } of early) {
      for (let i = 0; i < count; i++) owner.incident?.(incident)
    }
  })
}

/** An answer that no exchange is for. That to a request without `host` is Node's own, and nobody else is told of it. */
export function seeUnaskedAnswer(response: unknown): void {
  if (!(response instanceof ServerResponse) || response.statusCode !== 400) return
  const { req: request } = response
  const server = serverOf(request.socket)
  if (server === undefined || request.headers.host !== undefined || request.httpVersion !== '1.1') return
  const options = instrumented.get(server) ?? optionsOf(watched.get(server))
  if (options === undefined || Reflect.get(server, 'requireHostHeader') !== true) return
  tellOnce(options, request, { kind: 'malformed', reason: 'bad_request' })
}

function connected(message: unknown): void {
  const socket = typeof message === 'object' && message !== null && 'socket' in message ? message.socket : undefined
  const server = serverOf(socket)
  if (server !== undefined && !instrumented.has(server) && server.listenerCount('request') > 0) watch(server)
}

function serverOf(socket: unknown): EventEmitter | undefined {
  const server: unknown = typeof socket === 'object' && socket !== null ? Reflect.get(socket, 'server') : undefined
  return server instanceof EventEmitter ? server : undefined
}

function watch(server: EventEmitter): WatchedServer {
  const known = watched.get(server)
  if (known !== undefined) return known
  const restore = patchMethod(
    server,
    'emit',
    (original) =>
      function emit(...args) {
        const [event] = args
        if (mayBeIncident(event)) {
          const options = instrumented.has(server) ? undefined : optionsOf(watched.get(server))
          if (options !== undefined) seeEvent(options, args)
        } else if (event === 'close') forget(server)
        return Reflect.apply(original, this, args)
      },
  )
  const early: WatchedServer['early'] = new Map()
  const keep = (incident: HttpIncident): void => {
    const key = JSON.stringify(incident)
    const entry = early.get(key)
    if (entry === undefined) early.set(key, { incident, count: 1 })
    else entry.count++
  }
  const one: WatchedServer = {
    owner: undefined,
    early,
    keeping: { incident: keep, onFault: () => undefined },
    restore,
  }
  watched.set(server, one)
  return one
}

function forget(server: EventEmitter): void {
  watched.get(server)?.restore()
  watched.delete(server)
}

function optionsOf(server: WatchedServer | undefined): IncidentOptions | undefined {
  return server?.owner ?? server?.keeping
}
