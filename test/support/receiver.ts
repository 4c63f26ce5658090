import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { portOf } from './port-of.ts'

export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** What a receiver does with a request. */
export type Reply =
  | {
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
      /** The body never ends. */
      readonly stalls?: boolean
    }
  | 'reset'
  | 'silence'

export interface Receiver {
  readonly url: string
  readonly received: Received[]
  /** One of these for each request, the last for all that follow. */
  replies: readonly Reply[]
}

/** A receiver of messages on 127.0.0.1 that does as it is told, until the test is over. */
export async function listen(
  replies: readonly Reply[] = [{ status: 200 }],
  tls?: { readonly cert: string; readonly key: string; readonly ca?: string; readonly requestCert?: boolean },
): Promise<Receiver> {
  const sockets = new Set<Socket>()
  const server: Server = tls === undefined ? createServer() : createSecureServer({ ...tls, rejectUnauthorized: true })
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
  })
  const receiver: { url: string; received: Received[]; replies: readonly Reply[] } = { url: '', received: [], replies }
  server.on('request', (request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      receiver.received.push({ method, path: url, headers, body: Buffer.concat(pieces).toString() })
      const reply = receiver.replies[receiver.received.length - 1] ?? receiver.replies.at(-1)
      if (reply === 'silence' || reply === undefined) return
      if (reply === 'reset') {
        request.socket.resetAndDestroy()
        return
      }
      response.writeHead(reply.status, reply.headers)
      response.write(reply.body ?? '')
      if (reply.stalls !== true) response.end()
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  receiver.url = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${portOf(server)}`
  return receiver
}
