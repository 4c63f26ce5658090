import { IncomingMessage, ServerResponse } from 'node:http'
import { type Method, patchMethod } from '../method-patch.ts'
import { setError } from './exchange.ts'
import { type Mounted, mountPattern, patternOf } from './express-mount.ts'

/** How far a request has come in the routers of its application, in their own patterns. */
export interface Trail {
  /** Of the route that has it, or of the mount that it is in. */
  route: string | undefined
  /** Whether that is a route's: of a mount alone nobody knows if it has what was asked for. */
  matched: boolean
  mount: string
  mountUrl: string
  /** The last route that a request was let into. */
  entered: object | undefined
}

const trailKey: unique symbol = Symbol('boxman.express')

interface Tracked extends IncomingMessage {
  readonly baseUrl?: string
  /** The last route that matched. */
  readonly route?: { readonly path: unknown } | undefined
  [trailKey]?: Trail
}

/** One entry of a router's stack. */
interface Layer extends Mounted {
  readonly route?: { readonly path: unknown }
}

/** Begins the trail of a request; undefined when an outer application has begun it. */
export function openTrail(request: Tracked): Trail | undefined {
  if (request[trailKey] !== undefined) return undefined
  return (request[trailKey] = { route: undefined, matched: false, mount: '', mountUrl: '', entered: undefined })
}

/** The route at the end of a request; undefined when nothing knew what it asked for. */
export function routeOf(request: Tracked, trail: Trail, status: number): string | undefined {
  settle(request, trail)
  return trail.matched || status !== 404 ? trail.route : undefined
}

/** A callback of `app.param()` keeps a request from the route that has matched: it is that route's all the same. */
function settle({ route }: Tracked, trail: Trail): void {
  if (route === undefined || route === trail.entered) return
  trail.entered = route
  trail.route = joined(trail.mount, patternOf(route.path))
  trail.matched = true
}

/** The layers of an application's own router. Express makes that with its first layer: it is not made here too early. */
export function layersOf(app: object): readonly object[] {
  // In Express 4 `router` throws; in 5 it is made when it is first asked for.
  const router: unknown = Reflect.get(app, 'lazyrouter' in app ? '_router' : 'router')
  const stack: unknown =
    typeof router === 'object' || typeof router === 'function' ? Reflect.get(router ?? {}, 'stack') : []
  return Array.isArray(stack) ? stack : []
}

const followed = new WeakSet<object>()

/**
 * Follows the requests through all layers of the same make as these, of whichever router, for good: without a trail
 * they do as before.
 * @throws Error when these layers are not those of Express 4 or 5.
 */
export function followLayers(layers: readonly object[]): void {
  const prototype: unknown = layers[0] === undefined ? undefined : Object.getPrototypeOf(layers[0])
  if (typeof prototype !== 'object' || prototype === null || followed.has(prototype)) return
  const name = ['handleRequest', 'handle_request'].find((each) => typeof Reflect.get(prototype, each) === 'function')
  if (name === undefined) throw new Error('the routes of this Express cannot be seen: it is neither 4 nor 5')
  followed.add(prototype)
  patchMethod<Layer>(prototype, name, follow)
}

type Next = (error?: unknown) => void

const isTracked = (value: unknown): value is Tracked => value instanceof IncomingMessage
const isNext = (value: unknown): value is Next => typeof value === 'function'

function follow(original: Method<Layer>): Method<Layer> {
  return function handleRequest(...args) {
    const [request, response, next] = args
    if (!(isTracked(request) && response instanceof ServerResponse && isNext(next))) {
      return Reflect.apply(original, this, args)
    }
    const trail = request[trailKey]
    const url = request.baseUrl ?? ''
    // A middleware that is mounted nowhere in particular leads no further.
    if (trail === undefined || (this.route === undefined && url === trail.mountUrl)) {
      return Reflect.apply(original, this, args)
    }
    const before = { ...trail }
    if (this.route === undefined) {
      trail.mount = joined(trail.mount, mountPattern(this, url.slice(trail.mountUrl.length)))
      trail.mountUrl = url
      trail.route = trail.mount
      trail.matched = false
    } else {
      trail.route = joined(trail.mount, patternOf(this.route.path))
      trail.matched = true
      trail.entered = this.route
    }
    const leave: Next = (error) => {
      settle(request, trail)
      if (isFailure(error)) setError(request, error)
      trail.mount = before.mount
      trail.mountUrl = before.mountUrl
      // A layer that failed, or has answered, keeps the request; one that only passes it on does not.
      if (!isFailure(error) && !response.headersSent) {
        trail.route = before.route
        trail.matched = before.matched
      }
      next(error)
    }
    return Reflect.apply(original, this, [request, response, leave])
  }
}

function isFailure(error: unknown): boolean {
  return Boolean(error) && error !== 'route' && error !== 'router'
}

function joined(mount: string, path: string): string {
  if (path === '' || path === '/') return mount === '' ? '/' : mount
  return path.startsWith('/') ? mount + path : `${mount}/${path}`
}
