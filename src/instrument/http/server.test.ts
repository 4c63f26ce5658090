import { once } from 'node:events'
import { createServer, request as httpRequest, type RequestListener, type Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { portOf } from '../../../test/support/port-of.ts'
import { createIdSource, currentContext } from '../../tracing/index.ts'
import { type HttpExchange, type HttpServerOptions, instrumentHttpServer, setRoute } from '../index.ts'

let server: Server
let exchanges: HttpExchange[] = []
let faults: unknown[] = []
let clock = 0

async function listen(handler: RequestListener, options: Partial<HttpServerOptions> = {}): Promise<string> {
  exchanges = []
  faults = []
  clock = 1000
  server = createServer(handler)
  instrumentHttpServer(server, {
    ids: createIdSource(),
    now: () => clock,
    record: (exchange) => exchanges.push(exchange),
    onFault: (error) => faults.push(error),
    ...options,
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${port()}`
}

const port = () => portOf(server)

async function dial(text: string): Promise<Socket> {
  const socket = connect(port(), '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(text)
  return socket
}

const get = (path: string, headers = '') => `GET ${path} HTTP/1.1\r\nhost: a\r\n${headers}\r\n`

/** Waits for `count` exchanges, then long enough to see one too many. */
async function settled(count: number): Promise<string[]> {
  await expect.poll(() => exchanges.length).toBeGreaterThanOrEqual(count)
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
  return exchanges.map(
    ({ method, route, status, aborted }) => `${method} ${route} ${status}${aborted ? ' aborted' : ''}`,
  )
}

afterEach(() => {
  server.closeAllConnections()
  server.close()
})

describe('what counts as an exchange', () => {
  const routed: RequestListener = (request, response) => {
    setRoute(request, (request.url ?? '').replace(/\d+/, ':id'))
    response.end('ok')
  }

  it('a plain one, HEAD, 304, and each of a kept-alive connection', async () => {
    await listen((request, response) => {
      if (request.url === '/same') response.statusCode = 304
      routed(request, response)
    })
    const socket = await dial(get('/tables/7'))
    await once(socket, 'data')
    socket.write('HEAD /tables/8 HTTP/1.1\r\nhost: a\r\n\r\n')
    await once(socket, 'data')
    socket.write(get('/same'))
    await once(socket, 'data')
    expect(await settled(3)).toEqual(['GET /tables/:id 200', 'HEAD /tables/:id 200', 'GET /same 304'])
  })

  it('each of a pipeline', async () => {
    await listen(routed)
    const socket = await dial(get('/1') + get('/2') + get('/3'))
    socket.resume()
    expect(await settled(3)).toEqual(['GET /:id 200', 'GET /:id 200', 'GET /:id 200'])
  })

  it.each([
    ['answered by node', false],
    ['answered by the application, which emits request itself', true],
  ])('Expect: 100-continue, %s', async (_, own) => {
    const spans = new Set<string | undefined>()
    const url = await listen((request, response) => {
      spans.add(currentContext()?.spanId)
      routed(request, response)
    })
    if (own) {
      server.on('checkContinue', (request, response) => {
        spans.add(currentContext()?.spanId)
        response.writeContinue()
        server.emit('request', request, response)
      })
    }
    const request = httpRequest(`${url}/bets`, { method: 'POST', headers: { expect: '100-continue' } })
    const answered = once(request, 'response')
    request.flushHeaders()
    await once(request, 'continue')
    request.end('10 on pass')
    const [answer] = await answered
    answer.resume()
    expect(await settled(1)).toEqual(['POST /bets 200'])
    expect([...spans]).toEqual([exchanges[0]?.context?.spanId])
  })

  it('an expectation that only the application knows', async () => {
    await listen(routed)
    server.on('checkExpectation', (request, response) => {
      response.statusCode = 417
      routed(request, response)
    })
    await dial(get('/odd', 'expect: the-unexpected\r\n'))
    expect(await settled(1)).toEqual(['GET /odd 417'])
  })

  it('one whose client is gone before the answer: 499', async () => {
    await listen((request) => setRoute(request, '/slow'))
    const socket = await dial(get('/slow'))
    await once(server, 'request')
    socket.destroy()
    expect(await settled(1)).toEqual(['GET /slow 499 aborted'])
  })

  it('one whose client is gone in the midst of the answer: 499', async () => {
    await listen((request, response) => {
      setRoute(request, '/stream')
      response.write('a part')
    })
    const socket = await dial(get('/stream'))
    await once(socket, 'data')
    socket.destroy()
    expect(await settled(1)).toEqual(['GET /stream 499 aborted'])
  })

  it('all of a pipeline whose client is gone, also those that wait for their turn', async () => {
    await listen((request, response) => {
      setRoute(request, request.url ?? '')
      if (request.url === '/2') response.end('ready, but behind /1')
    })
    const socket = await dial(get('/1') + get('/2') + get('/3'))
    await once(server, 'request')
    socket.destroy()
    expect((await settled(3)).toSorted()).toEqual(['GET /1 499 aborted', 'GET /2 499 aborted', 'GET /3 499 aborted'])
  })

  it('one that the server itself cuts off: 499, and a late answer changes nothing', async () => {
    await listen((request, response) => {
      setRoute(request, '/cut')
      request.socket.destroy()
      setImmediate(() => response.end('too late'))
    })
    await dial(get('/cut'))
    expect(await settled(1)).toEqual(['GET /cut 499 aborted'])
  })

  it('neither an upgrade nor what is no HTTP', async () => {
    await listen(routed)
    const upgraded = once(server, 'upgrade')
    const refused = once(server, 'clientError')
    await dial(get('/ws', 'connection: upgrade\r\nupgrade: websocket\r\n'))
    await dial('NOT HTTP AT ALL\r\n\r\n')
    const [request] = await upgraded
    request.socket.destroy()
    await refused
    await dial(get('/after'))
    expect(await settled(1)).toEqual(['GET /after 200'])
  })
})

describe('an exchange', () => {
  it('knows its duration, and its context from the headers', async () => {
    const url = await listen((_, response) => {
      clock += 12.5
      response.end()
    })
    await fetch(url, { headers: { 'x-correlation-id': 'bet-1' } })
    await settled(1)
    expect(exchanges[0]).toMatchObject({ durationMs: 12.5, context: { correlationId: 'bet-1' } })
  })

  it.each([
    ['there is no router to ask', undefined, undefined, '/players/:number'],
    ['the router does not know it', () => undefined, undefined, '__not_found__'],
    ['the router names it empty', () => '', undefined, '__not_found__'],
    ['the option names it', () => '/by-option', undefined, '/by-option'],
    ['the handler names it', () => '/by-option', '/by-handler', '/by-handler'],
  ])('has a route: %s', async (_, route, set, want) => {
    const url = await listen(
      (request, response) => {
        if (set !== undefined) setRoute(request, set)
        response.end()
      },
      route === undefined ? {} : { route },
    )
    await fetch(`${url}/players/42`)
    expect(await settled(1)).toEqual([`GET ${want} 200`])
  })

  it('that is not found has no route of its own: anybody can make one up', async () => {
    const url = await listen((_, response) => response.writeHead(404).end())
    await fetch(`${url}/wp-admin.php`)
    expect(await settled(1)).toEqual(['GET __not_found__ 404'])
  })

  it('has a method of a short list', async () => {
    await listen((_, response) => response.end())
    await dial('PROPFIND / HTTP/1.1\r\nhost: a\r\n\r\n')
    expect(await settled(1)).toEqual(['_OTHER / 200'])
  })
})

describe('the answer', () => {
  it('carries correlation id, span id and service duration', async () => {
    let spanId: string | undefined
    const url = await listen((_, response) => {
      spanId = currentContext()?.spanId
      clock += 7.25
      response.writeHead(200, { 'x-own': '1' })
      clock += 100
      response.end()
    })
    const { headers } = await fetch(url, { headers: { 'x-correlation-id': 'bet-1' } })
    expect(headers.get('x-correlation-id')).toBe('bet-1')
    expect(headers.get('x-span-id')).toBe(spanId)
    expect(Number(headers.get('x-service-duration'))).toBeCloseTo(7.25, 0)
    expect(headers.get('x-own')).toBe('1')
  })

  it('carries what the application sets instead', async () => {
    const url = await listen((_, response) => {
      response.setHeader('x-correlation-id', 'mine')
      response.setHeader('x-service-duration', '1')
      response.end()
    })
    const { headers } = await fetch(url)
    expect(headers.get('x-correlation-id')).toBe('mine')
    expect(headers.get('x-service-duration')).toBe('1')
  })

  it.each([
    ['overlong', `x-correlation-id: ${'x'.repeat(129)}\r\n`],
    ['malformed', 'x-correlation-id: <script>\r\n'],
    ['given twice', 'x-correlation-id: a\r\nX-Correlation-ID: b\r\n'],
    ['a name that objects know', '__proto__: x\r\nconstructor: y\r\n'],
  ])('never echoes an id that is %s', async (_, headers) => {
    await listen((_request, response) => response.end())
    const socket = await dial(get('/', headers))
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1.1 200 OK\r\nx-correlation-id: [0-9a-f]{32}\r\n/)
    expect(faults).toEqual([])
  })
})

describe('the ids of an answer', () => {
  const IDS = ['x-correlation-id', 'x-span-id', 'x-service-duration']

  async function headOf(handler: RequestListener, options?: Partial<HttpServerOptions>): Promise<[string, string][]> {
    await listen(handler, options)
    const socket = await dial(get('/', 'x-correlation-id: bet-7\r\n'))
    const [data] = await once(socket, 'data')
    const [head = ''] = String(data).split('\r\n\r\n')
    const lines = head.split('\r\n').slice(1)
    const named = lines.map((line): [string, string] => {
      const colon = line.indexOf(': ')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 2)]
    })
    return named.filter(([name]) => IDS.includes(name))
  }

  const span = expect.stringMatching(/^[0-9a-f]{16}$/)
  const ours = [
    ['x-correlation-id', 'bet-7'],
    ['x-span-id', span],
    ['x-service-duration', expect.stringMatching(/^\d+\.\d$/)],
  ]

  it.each<[string, RequestListener]>([
    ['nothing else is set', (_, response) => response.end()],
    ['headers are set', (_, response) => response.setHeader('x-span-ids', 'a').end()],
    ['headers are given with the head', (_, response) => response.writeHead(200, { 'x-request-id': 'a' }).end()],
    ['a list is given with the head', (_, response) => response.writeHead(200, ['x-a', 'x-span-id']).end()],
    ['the head is flushed', (_, response) => void (response.flushHeaders(), response.end())],
  ])('are there when %s', async (_, handler) => {
    expect(await headOf(handler)).toEqual(ours)
  })

  it.each<[string, RequestListener]>([
    ['set', (_, response) => response.setHeader('X-Span-Id', 'mine').end()],
    ['given with the head', (_, response) => response.writeHead(200, { 'X-Span-ID': 'mine' }).end()],
    ['given as a list', (_, response) => response.writeHead(200, ['X-SPAN-ID', 'mine']).end()],
    ['both set and given', (_, response) => response.setHeader('a', 'b').writeHead(200, { 'x-span-id': 'mine' }).end()],
  ])('give way to what the application has %s', async (_, handler) => {
    const head = await headOf(handler)
    expect(head.filter(([name]) => name === 'x-span-id')).toEqual([['x-span-id', 'mine']])
    expect(head.map(([name]) => name).toSorted()).toEqual(IDS.toSorted())
  })

  it('are there, as is the context, when who is told of the opening throws (B12)', async () => {
    let context: unknown
    const head = await headOf(
      (_, response) => {
        context = currentContext()
        response.end()
      },
      {
        opened: () => {
          throw new Error('bang')
        },
      },
    )
    expect(head).toEqual(ours)
    expect(context).toMatchObject({ correlationId: 'bet-7' })
    expect(faults).toEqual([new Error('bang')])
  })

  it('are not there when requests are only measured; nor is there a context', async () => {
    let context: unknown = 'none seen'
    const head = await headOf(
      (_, response) => {
        context = currentContext()
        response.end()
      },
      { correlated: false },
    )
    expect([head, context]).toEqual([[], undefined])
    expect(await settled(1)).toEqual(['GET / 200'])
    expect(exchanges[0]?.context).toBeUndefined()
  })
})

describe('a fault', () => {
  const bang = new Error('bang')
  const fail = () => {
    throw bang
  }

  it.each<[string, Partial<HttpServerOptions>]>([
    ['a recorder that throws', { record: fail }],
    ['a recorder that rejects', { record: (): unknown => Promise.reject(bang) }],
    ['a route that throws', { route: fail }],
    ['ids that throw', { ids: { traceId: fail, spanId: fail } }],
  ])('of %s ends at onFault; the application goes on (B12)', async (_, options) => {
    const url = await listen((_request, response) => response.end('served'), options)
    expect(await (await fetch(url)).text()).toBe('served')
    await expect.poll(() => faults).toEqual([bang])
  })

  it('of onFault itself ends there', async () => {
    const url = await listen((_request, response) => response.end('served'), { record: fail, onFault: fail })
    expect(await (await fetch(url)).text()).toBe('served')
    expect(await (await fetch(url)).text()).toBe('served')
  })
})

it('refuses a server that is instrumented already', async () => {
  await listen((_, response) => response.end())
  const options = { ids: createIdSource(), now: () => 0, record() {}, onFault() {} }
  expect(() => instrumentHttpServer(server, options)).toThrow('instrumented already')
})
