import { once } from 'node:events'
import { request as httpRequest, type Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { portOf } from '../../../test/support/port-of.ts'
import { createIdSource } from '../../tracing/index.ts'
import type { HttpExchange, HttpIncident, HttpOptions } from '../index.ts'

/**
 * An application that listens on a free port of 127.0.0.1. Its routes, in the framework's own way:
 *
 *     GET  /users/:id            200, `{"correlationId": ...}`: what is current after an await
 *     POST /users/:id            201, its body read or not
 *     GET  /same                 304
 *     GET  /bang/:id             throws
 *     GET  /slow/:id             never answers
 *     GET  /stream/:id           a part of a body, and no more
 *     GET  /t/:tenant/items/:id  200, of a router, controller or plugin below /t/:tenant
 *
 * and, where the framework has it, a route or middleware for everything, which comes before them and passes on.
 */
export interface Subject {
  readonly server: Server
  readonly close: () => unknown
}

/** The behaviour that every framework's requests are measured with. */
export function describeFramework(name: string, listen: (options: HttpOptions) => Promise<Subject>): void {
  describe.each([name])('%s', () => {
    let subject: Subject
    let exchanges: HttpExchange[]
    let incidents: HttpIncident[]
    const sockets: Socket[] = []

    beforeEach(async () => {
      exchanges = []
      incidents = []
      subject = await listen({
        ids: createIdSource(),
        now: () => 0,
        record: (exchange) => exchanges.push(exchange),
        incident: (incident) => incidents.push(incident),
        onFault: (error) =>
          queueMicrotask(() => {
            throw error
          }),
      })
    })
    afterEach(async () => {
      for (const socket of sockets.splice(0)) socket.destroy()
      subject.server.closeAllConnections()
      await subject.close()
    })

    const url = (): string => `http://127.0.0.1:${portOf(subject.server)}`
    const get = (path: string, headers = ''): string => `GET ${path} HTTP/1.1\r\nhost: a\r\n${headers}\r\n`

    async function dial(text: string): Promise<Socket> {
      const socket = connect(portOf(subject.server), '127.0.0.1')
      sockets.push(socket)
      socket.on('error', () => undefined)
      await once(socket, 'connect')
      socket.write(text)
      return socket
    }

    /** Waits for `count` exchanges, then long enough to see one too many. */
    async function settled(count: number): Promise<string[]> {
      await expect.poll(() => exchanges.length).toBeGreaterThanOrEqual(count)
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
      return exchanges.map(({ method, route, status }) => `${method} ${route} ${status}`)
    }

    it.each([
      ['GET /users/7?x=1', 'GET /users/:id 200'],
      ['HEAD /users/7', 'HEAD /users/:id 200'],
      ['POST /users/7', 'POST /users/:id 201'],
      ['GET /t/acme/items/7', 'GET /t/:tenant/items/:id 200'],
      ['GET /t/t/items/t', 'GET /t/:tenant/items/:id 200'],
      ['GET /same', 'GET /same 304'],
      ['GET /bang/7', 'GET /bang/:id 500'],
      ['GET /nowhere/7', 'GET __not_found__ 404'],
      ['GET /t/acme/nowhere/7', 'GET __not_found__ 404'],
    ])('%s is %s', async (line, want) => {
      const [method = '', path = ''] = line.split(' ')
      await (await fetch(url() + path, { method })).text()
      expect(await settled(1)).toEqual([want])
    })

    it('a method out of the list is _OTHER', async () => {
      await once(await dial('PROPFIND /nowhere HTTP/1.1\r\nhost: a\r\n\r\n'), 'data')
      await settled(1)
      expect(exchanges).toMatchObject([{ method: '_OTHER', route: '__not_found__' }])
    })

    it('each of a kept-alive connection, and each of a pipeline', async () => {
      const socket = await dial(get('/users/1'))
      await once(socket, 'data')
      socket.write(get('/same'))
      await once(socket, 'data')
      socket.resume()
      socket.write(get('/users/2') + get('/t/a/items/3') + get('/users/4'))
      expect(await settled(5)).toEqual([
        'GET /users/:id 200',
        'GET /same 304',
        'GET /users/:id 200',
        'GET /t/:tenant/items/:id 200',
        'GET /users/:id 200',
      ])
    })

    it('Expect: 100-continue is one exchange', async () => {
      const request = httpRequest(`${url()}/users/7`, {
        method: 'POST',
        headers: { expect: '100-continue', 'content-type': 'text/plain' },
      })
      const answered = once(request, 'response')
      request.flushHeaders()
      await once(request, 'continue')
      request.end('10 on pass')
      const [answer] = await answered
      answer.resume()
      expect(await settled(1)).toEqual(['POST /users/:id 201'])
    })

    it('a client that is gone before the answer is 499', async () => {
      const socket = await dial(get('/slow/7'))
      await once(subject.server, 'request')
      await new Promise((resolve) => setTimeout(resolve, 20))
      socket.destroy()
      expect(await settled(1)).toEqual(['GET /slow/:id 499'])
      expect(exchanges[0]?.aborted).toBe(true)
    })

    it('a client that is gone in the midst of the answer is 499', async () => {
      const socket = await dial(get('/stream/7'))
      await once(socket, 'data')
      socket.destroy()
      expect(await settled(1)).toEqual(['GET /stream/:id 499'])
    })

    it('what is no HTTP is no exchange, but told of, whether anything was before it or not', async () => {
      const malformed = { kind: 'malformed', reason: 'bad_request' }
      for (let count = 1; count < 4; count++) {
        const socket = await dial('NOT HTTP AT ALL\r\n\r\n')
        expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1.1 400 /)
        await once(await dial('GET / HTTP/1.1\r\n\r\n'), 'data')
        await once(await dial(get('/users/1')), 'data')
        expect(await settled(count)).toEqual(Array.from({ length: count }, () => 'GET /users/:id 200'))
        expect(incidents).toEqual(Array.from({ length: 2 * count }, () => malformed))
      }
    })

    it('an upgrade is no exchange, but told of', async () => {
      const upgraded = once(subject.server, 'upgrade')
      await dial(get('/ws', 'connection: upgrade\r\nupgrade: websocket\r\n'))
      const [request] = await upgraded
      request.socket.destroy()
      await once(await dial(get('/users/1')), 'data')
      expect(await settled(1)).toEqual(['GET /users/:id 200'])
      expect(incidents).toEqual([{ kind: 'upgrade', protocol: 'websocket' }])
    })

    it('the context is that of the request, and is answered', async () => {
      const answer = await fetch(`${url()}/users/7`, { headers: { 'x-correlation-id': 'bet-1' } })
      expect(await answer.json()).toEqual({ correlationId: 'bet-1' })
      expect(answer.headers.get('x-correlation-id')).toBe('bet-1')
      expect(answer.headers.get('x-span-id')).toMatch(/^[0-9a-f]{16}$/)
      expect(answer.headers.get('x-service-duration')).toBe('0.0')
      await settled(1)
    })

    it('counts are the tally of the client, whatever runs at once', async () => {
      const wanted: string[] = []
      const paths = ['/users/', '/t/x/items/', '/bang/', '/nowhere/'] as const
      const routes = ['/users/:id 200', '/t/:tenant/items/:id 200', '/bang/:id 500', '__not_found__ 404'] as const
      await Promise.all(
        Array.from({ length: 120 }, async (_, i) => {
          const answer = await fetch(`${url()}${paths[i % 4]}${i}`)
          await answer.text()
          wanted.push(`GET ${routes[i % 4]}`)
        }),
      )
      expect((await settled(120)).toSorted()).toEqual(wanted.toSorted())
    })
  })
}
