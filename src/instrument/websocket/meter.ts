import { Duplex } from 'node:stream'
import type { WebSocket, WebSocketServer } from 'ws'
import { Fuse } from '../fuse.ts'
import type { FaultHandler } from '../guard.ts'
import { patchMethod } from '../method-patch.ts'
import { watchGlobalClient } from './global-client.ts'
import { watchHandshake } from './handshake.ts'
import { MeteredSocket } from './metered-socket.ts'
import { type Metered, meteredKey } from './prototype.ts'
import { countOne, newTotals, type Side, type WebSocketTotals } from './totals.ts'

export interface WebSocketMeterOptions {
  /** Milliseconds that never go back. */
  readonly now: () => number
  /** A handshake that led to an open socket. */
  readonly handshake?: (side: Side, durationMs: number) => void
  readonly onFault: FaultHandler
  /** Told once of each part that stays off, with its name. */
  readonly warn?: (message: string) => void
}

/** What `ws` exports, as far as it is needed: `import * as ws from 'ws'`. */
export interface WebSocketLibrary {
  readonly WebSocketServer: { readonly prototype: WebSocketServer }
}

export interface WebSocketReading {
  readonly totals: Readonly<WebSocketTotals>
  /** What the sockets have not taken yet, all together. */
  readonly bufferedBytes: number
  /** The same of the slowest ones, the worst first. */
  readonly worstBufferedBytes: readonly number[]
}

const OPEN = 1

/** Counts what sockets of `ws` 8 do, also those of engine.io and socket.io. A socket is counted once, however often it is named. */
export class WebSocketMeter {
  readonly #options: WebSocketMeterOptions
  readonly #totals: Readonly<Record<Side, WebSocketTotals>> = { server: newTotals(), client: newTotals() }
  readonly #sockets: Readonly<Record<Side, Set<MeteredSocket>>> = { server: new Set(), client: new Set() }
  readonly #undo = new Map<WebSocketServer, () => void>()
  readonly #shaking = new WeakSet<Duplex>()
  readonly #fuse: Fuse
  /** Of what the options bring: when that is switched off, the rest is counted on. */
  readonly #handshakes: Fuse
  #globalClient: (() => void) | undefined

  constructor(options: WebSocketMeterOptions) {
    this.#options = options
    this.#fuse = new Fuse('measuring WebSockets', options.onFault)
    this.#handshakes = new Fuse('timing handshakes of WebSockets', options.onFault)
  }

  /** Every server of this copy of `ws`, those to come too; returns the undo. */
  library({ WebSocketServer: { prototype } }: WebSocketLibrary): () => void {
    return this.#upgrades(prototype)
  }

  /** One server, and who is connected already; returns the undo. Of socket.io that is `io.engine.ws`. */
  server(server: WebSocketServer): () => void {
    const undo = this.#upgrades(server)
    // `clients` is not there when the server was told not to track them.
    for (const socket of server.clients ?? []) this.#meter(socket, 'server')
    return undo
  }

  /** One socket, opening or open; returns the undo. */
  socket(socket: WebSocket): () => void {
    const side: Side = Reflect.get(socket, '_isServer') === true ? 'server' : 'client'
    const startedAt = socket.readyState === OPEN ? undefined : this.#handshakes.run(this.#options.now)
    return this.#meter(socket, side, startedAt)
  }

  /**
   * Every socket of node's own client, the global `WebSocket` of Node 22 and later; returns the undo. Best called before there are
   * any. What they receive is counted from Node 24 on; their bytes on the wire and failed handshakes are not known.
   */
  globalClient(): () => void {
    if (this.#globalClient !== undefined) return this.#globalClient
    const client: unknown = Reflect.get(globalThis, 'WebSocket')
    if (typeof client !== 'function') {
      this.#options.warn?.(
        `node ${process.versions.node} has no WebSocket of its own (22 has): there is none to measure`,
      )
      return () => undefined
    }
    const restore = watchGlobalClient(client, this.#totals.client, this.#fuse)
    this.#globalClient = () => {
      this.#globalClient = undefined
      restore()
    }
    return this.#globalClient
  }

  /** As of now; `worst`: of how many sockets the back-pressure is wanted. */
  read(side: Side, worst = 5): WebSocketReading {
    const slowest: number[] = []
    let bufferedBytes = 0
    for (const socket of this.#sockets[side]) {
      socket.settle()
      const bytes = socket.bufferedBytes
      bufferedBytes += bytes
      if (bytes > 0) insertWorst(slowest, bytes, worst)
    }
    return { totals: this.#totals[side], bufferedBytes, worstBufferedBytes: slowest }
  }

  /** Takes everything off; sockets that are open then are counted no longer, and no longer as open. */
  undo(): void {
    for (const undo of this.#undo.values()) undo()
    this.#globalClient?.()
    for (const sockets of Object.values(this.#sockets)) for (const socket of sockets) socket.release()
  }

  #upgrades(target: WebSocketServer): () => void {
    const known = this.#undo.get(target)
    if (known !== undefined) return known
    if (typeof Reflect.get(target, 'handleUpgrade') !== 'function') {
      throw new TypeError('no handleUpgrade: this is no server of ws 8, and cannot be measured')
    }
    let active = true
    const upgrade = this.#upgrade.bind(this)
    const restore = patchMethod<WebSocketServer>(
      target,
      'handleUpgrade',
      (original) =>
        function handleUpgrade(...args) {
          if (!active) return Reflect.apply(original, this, args)
          return upgrade(
            args,
            (passed) => Reflect.apply(original, this, passed),
            () => active,
          )
        },
    )
    const undo = (): void => {
      if (!active) return
      active = false
      this.#undo.delete(target)
      restore()
    }
    this.#undo.set(target, undo)
    return undo
  }

  /** @param args of `handleUpgrade`: request, connection, what came after the request, what to do with the socket. */
  #upgrade(
    args: readonly unknown[],
    handleUpgrade: (args: readonly unknown[]) => unknown,
    isActive: () => boolean,
  ): unknown {
    const [request, connection, head, done] = args
    if (!(connection instanceof Duplex) || typeof done !== 'function' || this.#shaking.has(connection)) {
      return handleUpgrade(args)
    }
    const startedAt = this.#handshakes.run(this.#options.now)
    this.#shaking.add(connection)
    const settle = watchHandshake(connection, (status) => countOne(this.#totals.server.handshakeFailures, status))
    const opened = (...outcome: readonly unknown[]): unknown => {
      settle()
      const [socket] = outcome
      this.#fuse.run(() => {
        if (isActive() && isSocket(socket)) this.#meter(socket, 'server', startedAt, head)
      })
      return Reflect.apply(done, undefined, outcome)
    }
    try {
      return handleUpgrade([request, connection, head, opened])
    } catch (error) {
      settle()
      throw error
    }
  }

  #meter(socket: WebSocket & Metered, side: Side, startedAt?: number, head?: unknown): () => void {
    if (socket[meteredKey] !== undefined || socket.readyState > OPEN) return () => {}
    const { now, handshake } = this.#options
    const open = this.#sockets[side]
    const metered = new MeteredSocket(socket, {
      totals: this.#totals[side],
      fuse: this.#fuse,
      opened: (opened) => {
        open.add(opened)
        if (startedAt !== undefined) this.#handshakes.run(() => handshake?.(side, now() - startedAt))
      },
      ended: (ended) => open.delete(ended),
    })
    if (socket.readyState === OPEN) {
      metered.connected(head)
      metered.opened()
    }
    return () => metered.release()
  }
}

function isSocket(value: unknown): value is WebSocket {
  return typeof value === 'object' && value !== null && 'readyState' in value
}

/** Keeps the list of the largest numbers in order, and no longer than `most`. */
function insertWorst(worst: number[], bytes: number, most: number): void {
  const place = worst.findIndex((other) => bytes > other)
  if (place === -1 && worst.length >= most) return
  worst.splice(place === -1 ? worst.length : place, 0, bytes)
  if (worst.length > most) worst.pop()
}
