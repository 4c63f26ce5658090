import type { WebSocket } from 'ws'
import { patchMethod } from '../method-patch.ts'

/**
 * Tells when a socket is open no longer. `close` as an event comes late: after our own `close()` a peer may take 30 s to
 * answer. So the two methods tell at once, also when ws calls them because the peer closes or breaks the protocol.
 */
export function watchEnd(socket: WebSocket, ended: () => void): void {
  for (const name of ['close', 'terminate']) {
    patchMethod(
      socket,
      name,
      (original) =>
        function end(...args) {
          const result = Reflect.apply(original, this, args)
          if (this.readyState !== this.OPEN) ended()
          return result
        },
    )
  }
  socket.once('close', ended)
}

/** Tells the payload bytes of each message, when it was handed over. */
export function watchSends(socket: WebSocket, sent: (bytes: number) => void): void {
  patchMethod(
    socket,
    'send',
    (original) =>
      function send(...args) {
        const [data, options] = args
        const bytes = payloadBytes(data)
        const callback = args.find((arg) => typeof arg === 'function')
        const handedOver = (...outcome: readonly unknown[]) => {
          if (outcome[0] === undefined || outcome[0] === null) sent(bytes)
          if (callback !== undefined) Reflect.apply(callback, undefined, outcome)
        }
        return Reflect.apply(original, this, [data, options === callback ? undefined : options, handedOver])
      },
  )
}

/** What ws sends and receives: text, binary of several kinds, or a list of fragments. */
export function payloadBytes(data: unknown): number {
  if (typeof data === 'string') return Buffer.byteLength(data)
  if (typeof data === 'number') return String(data).length
  if (ArrayBuffer.isView(data) || data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) {
    return data.byteLength
  }
  if (data instanceof Blob) return data.size
  return Array.isArray(data) ? data.reduce<number>((sum, part) => sum + payloadBytes(part), 0) : 0
}
