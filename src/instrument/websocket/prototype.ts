import { type Method, patchMethod } from '../method-patch.ts'
import type { MeteredSocket } from './metered-socket.ts'

/** Sockets of `ws`, and their senders, carry what counts them. */
export const meteredKey: unique symbol = Symbol('boxman.websocket')

export interface Metered {
  [meteredKey]?: MeteredSocket | undefined
}

interface Hold {
  users: number
  readonly undo: readonly (() => void)[]
}

const holds = new WeakMap<object, Hold>()

/** Patches the prototype of sockets, of whatever copy of `ws`, while anybody needs it. */
export function holdSockets(socket: object): () => void {
  return hold(owner(socket, 'setSocket'), (prototype) => [
    patchMethod<Metered>(prototype, 'emit', tellEvents),
    patchMethod<Metered>(prototype, 'setSocket', tellConnected),
  ])
}

/**
 * Patches the prototype of senders. `sendFrame` is where all frames pass: engine.io calls it without the `send` above
 * it. What a frame held before it was compressed is known in `dispatch` alone.
 */
export function holdSenders(sender: object): () => void {
  return hold(owner(sender, 'sendFrame'), (prototype) => [
    patchMethod<Metered>(prototype, 'sendFrame', tellFrames),
    patchMethod<Metered>(prototype, 'dispatch', tellCompressed),
  ])
}

function hold(prototype: Metered, patch: (prototype: Metered) => readonly (() => void)[]): () => void {
  const held = holds.get(prototype) ?? { users: 0, undo: patch(prototype) }
  holds.set(prototype, held)
  held.users++
  let holding = true
  return () => {
    if (!holding) return
    holding = false
    if (--held.users > 0) return
    holds.delete(prototype)
    for (const restore of held.undo) restore()
  }
}

/** Which prototype of the object has the method as its own. @throws TypeError when none has: this is no part of `ws`. */
function owner(object: object, name: string): object {
  let at: unknown = object
  while (typeof at === 'object' && at !== null) {
    if (Object.hasOwn(at, name)) return at
    at = Object.getPrototypeOf(at)
  }
  throw new TypeError(`no ${name}: this is not of ws 8, and cannot be measured`)
}

function tellEvents(original: Method<Metered>): Method<Metered> {
  return function emit(...args) {
    const metered = this[meteredKey]
    if (metered !== undefined) {
      if (args[0] === 'message') metered.received(args[1], args[2] === true)
      else if (args[0] === 'open') metered.opened()
      else if (args[0] === 'close') metered.closed(args[1])
      else if (args[0] === 'error') metered.failed(args[1])
    }
    return Reflect.apply(original, this, args)
  }
}

function tellConnected(original: Method<Metered>): Method<Metered> {
  return function setSocket(...args) {
    this[meteredKey]?.connected(args[1])
    return Reflect.apply(original, this, args)
  }
}

function tellFrames(original: Method<Metered>): Method<Metered> {
  return function sendFrame(...args) {
    this[meteredKey]?.sent(args[0])
    return Reflect.apply(original, this, args)
  }
}

function tellCompressed(original: Method<Metered>): Method<Metered> {
  return function dispatch(...args) {
    if (args[1] === true) this[meteredKey]?.compressing(args[0])
    return Reflect.apply(original, this, args)
  }
}
