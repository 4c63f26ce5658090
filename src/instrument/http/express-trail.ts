import { IncomingMessage, ServerResponse } from 'node:http'
import { type Method, patchMethod } from '../method-patch.ts'

/** How far a request has come in the routers of its application, in their own patterns. */
export interface Trail {
  /** Of the route that has it, or of the mount that it is in. */
  route: string | undefined
  /** Whether that is a route's: of a mount alone nobody knows if it has what was asked for. */
  matched: boolean
  mount: string
  mountUrl: string
}

const trailKey: unique symbol = Symbol('boxman.express')

interface Tracked extends IncomingMessage {
  readonly baseUrl?: string
  readonly params?: Readonly<Record<string, unknown>>
  [trailKey]?: Trail
}

/** One entry of a router's stack. `rawPath` is there from router 2.3 on, `regexp` and `keys` in Express 4. */
interface Layer {
  readonly route?: { readonly path: unknown }
  readonly rawPath?: unknown
  readonly regexp?: RegExp & { readonly fast_star?: boolean }
  readonly keys?: readonly { readonly name: string | number }[]
}

/** Begins the trail of a request; undefined when an outer application has begun it. */
export function openTrail(request: Tracked): Trail | undefined {
  if (request[trailKey] !== undefined) return undefined
  return (request[trailKey] = { route: undefined, matched: false, mount: '', mountUrl: '' })
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
      trail.mount = joined(trail.mount, mountPattern(this, request, url.slice(trail.mountUrl.length)))
      trail.mountUrl = url
      trail.route = trail.mount
      trail.matched = false
    } else {
      trail.route = joined(trail.mount, patternOf(this.route.path))
      trail.matched = true
    }
    const leave: Next = (error) => {
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

/** One text for a path that may be several, or regular expressions. */
function patternOf(path: unknown): string {
  return Array.isArray(path) ? path.flat(Infinity).map(String).join('|') : String(path)
}

/** The pattern that a layer is mounted at; `url` is what it matched. */
function mountPattern(layer: Layer, request: Tracked, url: string): string {
  if (layer.rawPath !== undefined) return patternOf(layer.rawPath).replace(/(?<=.)\/$/, '')
  if (layer.regexp !== undefined) return patternOfMatch(layer.regexp, layer.keys ?? [], url)
  return patternOfValues(request.params ?? {}, url)
}

/** Express 4 keeps of a path what it compiled it to: the places of its groups tell where the parameters are. */
function patternOfMatch(regexp: NonNullable<Layer['regexp']>, keys: NonNullable<Layer['keys']>, url: string): string {
  if (regexp.fast_star === true) return '*'
  // What Express compiled itself ends before a slash; what the application wrote is shown as it is.
  if (!regexp.source.includes('(?=\\/|$)')) return String(regexp)
  const groups = new RegExp(regexp.source, `${regexp.flags}d`).exec(url)?.indices ?? []
  let pattern = ''
  let from = 0
  groups.slice(1).forEach((group, i) => {
    const name = keys[i]?.name
    if (group === undefined || group[0] < from || name === undefined) return
    pattern += url.slice(from, group[0]) + (typeof name === 'number' ? '*' : `:${name}`)
    from = group[1]
  })
  return pattern + url.slice(from)
}

/** Router 2.0 to 2.2 keep nothing: the parts of the path that are values of parameters are these parameters. */
function patternOfValues(params: NonNullable<Tracked['params']>, url: string): string {
  const names = new Map(Object.entries(params).map(([name, value]) => [String(value), name]))
  return url
    .split('/')
    .map((part) => {
      const name = names.get(decoded(part))
      return name === undefined ? part : `:${name}`
    })
    .join('/')
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
