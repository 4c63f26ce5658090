import { listen } from '../channel.ts'
import type { Fuse } from '../fuse.ts'
import { patchMethod } from '../method-patch.ts'
import { undoAll } from '../undo.ts'
import { closeCode, countOne, type WebSocketTotals } from './totals.ts'
import { payloadBytes } from './watch.ts'

/** What of the global `WebSocket` is used: Node 20 has none, nor its type. */
interface GlobalSocket {
  readonly readyState: number
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
  removeEventListener(type: 'message', listener: (event: MessageEvent) => void): void
}

interface Opened {
  /** Told by Node 24 and later. */
  readonly websocket?: GlobalSocket
}

interface Closed {
  readonly websocket: GlobalSocket
  readonly code: number
}

const OPEN = 1

/**
 * The sockets of node's own client, by its channels. They tell nothing of messages, nor of handshakes that fail: what is sent is
 * counted at the prototype, what is received at each socket, where the channel tells which one has opened.
 */
export function watchGlobalClient(client: object, totals: WebSocketTotals, fuse: Fuse): () => void {
  const prototype: object = Object(Reflect.get(client, 'prototype'))
  const received = ({ data }: MessageEvent): void => {
    fuse.run(() => {
      totals.messages.received[typeof data === 'string' ? 'text' : 'binary']++
      totals.payloadBytes.received += payloadBytes(data)
    })
  }
  const sockets = new Set<GlobalSocket>()
  let open = 0
  /** Until the first one opens it is not known whether the channel tells which. */
  let tellsWhich = false
  return undoAll([
    () => {
      for (const socket of sockets) socket.removeEventListener('message', received)
      totals.open -= open
    },
    listen('undici:websocket:open', fuse, ({ websocket }: Opened) => {
      if (websocket !== undefined) {
        // Those of undici from npm are not node's own.
        if (!Object.prototype.isPrototypeOf.call(prototype, websocket)) return
        tellsWhich = true
        sockets.add(websocket)
        websocket.addEventListener('message', received)
      }
      open++
      totals.open++
      totals.opened++
    }),
    listen('undici:websocket:close', fuse, ({ websocket, code }: Closed) => {
      if (tellsWhich ? !sockets.delete(websocket) : open === 0) return
      open--
      totals.open--
      countOne(totals.closed, closeCode(code))
    }),
    patchMethod<object>(
      prototype,
      'send',
      (original) =>
        function send(...args) {
          const result = Reflect.apply(original, this, args)
          fuse.run(() => {
            // What is closing or closed takes messages, and sends none.
            if (Reflect.get(this, 'readyState') !== OPEN) return
            totals.messages.sent[typeof args[0] === 'string' ? 'text' : 'binary']++
            totals.payloadBytes.sent += payloadBytes(args[0])
          })
          return result
        },
    ),
  ])
}
