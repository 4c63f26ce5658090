import { Duplex } from 'node:stream'
import type { WebSocket, WebSocketServer } from 'ws'
import { type FaultHandler, guarded } from '../guard.ts'
import { patchMethod } from '../method-patch.ts'
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

  constructor(options: WebSocketMeterOptions) {
    this.#options = options
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
    const startedAt = socket.readyState === OPEN ? undefined : guarded(this.#options.onFault, this.#options.now)
    return this.#meter(socket, side, startedAt)
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
    const { now, onFault } = this.#options
    const startedAt = guarded(onFault, now)
    this.#shaking.add(connection)
    const settle = watchHandshake(connection, (status) => countOne(this.#totals.server.handshakeFailures, status))
    const opened = (...outcome: readonly unknown[]): unknown => {
      settle()
      const [socket] = outcome
      guarded(onFault, () => {
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
    const { now, handshake, onFault } = this.#options
    const open = this.#sockets[side]
    const metered = new MeteredSocket(socket, {
      totals: this.#totals[side],
      onFault,
      opened: (opened) => {
        open.add(opened)
        if (startedAt !== undefined && handshake !== undefined) handshake(side, now() - startedAt)
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
