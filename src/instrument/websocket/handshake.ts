import type { Duplex } from 'node:stream'
import { patchMethod } from '../method-patch.ts'

const STATUS = /^HTTP\/1\.1 (\d{3}) /

/**
 * Follows the answer to an upgrade. One that is refused is ended with a plain HTTP answer, by `ws` or by the application.
 * @param refused called once with the status, 0 when the connection went without one; never after the returned settle.
 */
export function watchHandshake(socket: Duplex, refused: (status: number) => void): () => void {
  let status = 0
  const restore = patchMethod(
    socket,
    'end',
    (original) =>
      function end(...args) {
        status = Number(STATUS.exec(String(args[0]))?.[1] ?? 0)
        return Reflect.apply(original, this, args)
      },
  )
  const closed = (): void => {
    restore()
    refused(status)
  }
  socket.once('close', closed)
  return () => {
    restore()
    socket.off('close', closed)
  }
}
