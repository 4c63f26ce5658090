import { once } from 'node:events'
import { createServer, IncomingMessage, type Server, ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { portOf } from '../../../test/support/port-of.ts'
import { createIdSource, currentContext } from '../../tracing/index.ts'
import { type HttpExchange, instrumentHttpServer } from '../index.ts'

const POINTS = ['handler', 'data', 'end', 'timer', 'finish', 'close'] as const

let server: Server
let undo: () => void

async function listen(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<HttpExchange[]> {
  const exchanges: HttpExchange[] = []
  server = createServer(handler)
  undo = instrumentHttpServer(server, {
    ids: createIdSource(),
    now: () => 0,
    record: (exchange) => exchanges.push(exchange),
    onFault: (error) =>
      queueMicrotask(() => {
        throw error
      }),
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return exchanges
}

async function dial(): Promise<Socket> {
  const socket = connect(portOf(server), '127.0.0.1')
  await once(socket, 'connect')
  return socket.setNoDelay().resume()
}

afterEach(() => {
  undo()
  server.closeAllConnections()
  server.close()
})

describe('context of a request', () => {
  it('is right in every listener: body in a later packet, pipelined, interleaved (G11)', async () => {
    const seen: string[] = []
    const closed: string[] = []
    const arrived = new Map<string, () => void>()
    await listen((request, response) => {
      const name = String(request.headers['x-correlation-id'])
      const see = (point: (typeof POINTS)[number]) => {
        seen.push(`${name} ${point}: ${currentContext()?.correlationId ?? 'lost'}`)
      }
      see('handler')
      arrived.get(name)?.()
      request.on('data', () => see('data'))
      request.on('end', () => {
        see('end')
        setTimeout(() => {
          see('timer')
          response.end('ok')
        }, 1)
      })
      response.on('finish', () => see('finish'))
      response.on('close', () => {
        see('close')
        closed.push(name)
      })
    })
    const head = (name: string) =>
      `POST / HTTP/1.1\r\nhost: a\r\nx-correlation-id: ${name}\r\ncontent-length: 4\r\n\r\n`
    const handled = (name: string) => new Promise<void>((resolve) => arrived.set(name, resolve))

    const [one, two, three, four] = await Promise.all([dial(), dial(), dial(), dial()])
    const [first, fourth, fifth] = [handled('r1'), handled('r4'), handled('r5')]
    one.write(head('r1'))
    await first
    two.write(`${head('r2')}body${head('r3')}body`)
    one.write('body')
    three.write(head('r4'))
    four.write(head('r5'))
    await Promise.all([fourth, fifth])
    four.write('body')
    three.write('body')

    await expect.poll(() => closed.length).toBe(5)
    const want = ['r1', 'r2', 'r3', 'r4', 'r5'].flatMap((name) => POINTS.map((point) => `${name} ${point}: ${name}`))
    expect(want).toHaveLength(30)
    expect(seen.toSorted()).toEqual(want.toSorted())
    expect(currentContext()).toBeUndefined()
  })

  it('lasts when a connection breaks: aborted, error and close of the request', async () => {
    const seen: string[] = []
    const exchanges = await listen((request, response) => {
      for (const event of ['aborted', 'error', 'close']) {
        request.on(event, () => seen.push(`${event}: ${currentContext()?.correlationId ?? 'lost'}`))
      }
      response.on('close', () => seen.push(`response: ${currentContext()?.correlationId ?? 'lost'}`))
    })
    const socket = await dial()
    socket.write('POST / HTTP/1.1\r\nhost: a\r\nx-correlation-id: gone\r\ncontent-length: 4\r\n\r\nbo')
    await once(server, 'request')
    socket.destroy()
    await expect.poll(() => seen.length).toBe(4)
    expect(seen.toSorted()).toEqual(['aborted: gone', 'close: gone', 'error: gone', 'response: gone'])
    expect(exchanges).toHaveLength(1)
  })

  it('leaves nothing on the prototypes once no server and no open exchange needs it', async () => {
    const patched = () => [
      Object.hasOwn(IncomingMessage.prototype, 'emit'),
      Object.hasOwn(ServerResponse.prototype, 'emit'),
      Object.hasOwn(ServerResponse.prototype, '_storeHeader'),
    ]
    let answer: () => void = () => {}
    const exchanges = await listen((_, response) => {
      answer = () => response.end('late')
    })
    expect(patched()).toEqual([true, true, true])
    const socket = await dial()
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
    await once(server, 'request')
    undo()
    undo()
    expect(Object.hasOwn(server, 'emit')).toBe(false)
    expect(patched()).toEqual([true, true, true])
    answer()
    await expect.poll(() => exchanges.length).toBe(1)
    expect(patched()).toEqual([false, false, false])

    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
    await once(server, 'request')
    answer()
    await once(socket, 'data')
    expect(exchanges).toHaveLength(1)
  })
})
