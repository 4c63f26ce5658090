import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { createServer, request as ask, type RequestListener, type Server, type ServerOptions } from 'node:http'
import { connect as connectHttp2, createSecureServer, createServer as createHttp2Server } from 'node:http2'
import { createServer as createTlsServer } from 'node:https'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { needPeer } from '../../../test/support/peer.ts'
import { portOf } from '../../../test/support/port-of.ts'
import { createIdSource } from '../../tracing/index.ts'
import { type HttpServer, instrumentHttpServer } from '../index.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

let incidents: string[] = []
let exchanges: string[] = []
const faults: unknown[] = []

function instrument(server: HttpServer): () => void {
  return instrumentHttpServer(server, {
    ids: createIdSource(),
    now: () => 0,
    record: ({ method, status }) => exchanges.push(`${method} ${status}`),
    incident: (incident) => incidents.push(Object.values(incident).join(' ')),
    onFault: (error) => faults.push(error),
  })
}

async function listen<S extends HttpServer>(server: S): Promise<S> {
  incidents = []
  exchanges = []
  faults.length = 0
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => server.close())
  return server
}

async function dial(server: HttpServer, message: string): Promise<Socket> {
  const socket = connect(portOf(server), '127.0.0.1')
  closing.push(() => socket.destroy())
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  socket.write(message)
  return socket
}

/** Long enough to see one too many. */
async function settled(): Promise<{ incidents: string[]; exchanges: string[] }> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(faults).toEqual([])
  return { incidents, exchanges }
}

const echo: RequestListener = (request, response) => {
  request.on('error', () => undefined)
  request.resume().on('end', () => response.end('ok'))
}
const HOST = 'HTTP/1.1\r\nhost: a\r\n'
const CHUNKED = `POST / ${HOST}transfer-encoding: chunked\r\n\r\n`

describe('malformed requests of node:http', () => {
  const table: readonly (readonly [string, string, ServerOptions, string, readonly string[]])[] = [
    ['what is no HTTP', 'NOT HTTP AT ALL\r\n\r\n', {}, '400', ['malformed bad_request']],
    ['a header that is none', `GET / ${HOST}no colon\r\n\r\n`, {}, '400', ['malformed bad_request']],
    ['a request without host', 'GET / HTTP/1.1\r\n\r\n', {}, '400', ['malformed bad_request']],
    ['one that need not have it', 'GET / HTTP/1.1\r\n\r\n', { requireHostHeader: false }, '200', []],
    ['one of HTTP/1.0, which has none', 'GET / HTTP/1.0\r\n\r\n', {}, '200', []],
    ['headers too large', `GET / ${HOST}x: ${'x'.repeat(20_000)}\r\n\r\n`, {}, '431', ['malformed header_overflow']],
    ['a chunk with no size', `${CHUNKED}zz\r\n`, {}, '400', ['malformed bad_request']],
    [
      'a chunk with too much to say',
      `${CHUNKED}1;${'x'.repeat(20_000)}\r\n`,
      {},
      '413',
      ['malformed chunk_extensions_overflow'],
    ],
    [
      'headers that do not come',
      'GET / HT',
      { headersTimeout: 20, requestTimeout: 30, connectionsCheckingInterval: 10 },
      '408',
      ['malformed timeout'],
    ],
    ['what is right', `GET / ${HOST}connection: close\r\n\r\n`, {}, '200', []],
    ['a host that is empty', 'GET / HTTP/1.1\r\nhost:\r\nconnection: close\r\n\r\n', {}, '200', []],
  ]

  it.each(table)('%s: told of, and answered as ever', async (_, message, options, status, want) => {
    const answers: string[] = []
    for (const measured of [false, true]) {
      const server = await listen(createServer({ keepAliveTimeout: 5, ...options }, echo))
      if (measured) instrument(server)
      const socket = await dial(server, message)
      answers.push((await text(socket)).replace(/(?<=date: ).*|x-[\w-]+: .*\r\n/gi, ''))
    }
    expect(answers[0]).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(answers[1]).toBe(answers[0])
    expect((await settled()).incidents).toEqual(want)
  })

  it('are the own handler of the application to answer, and one each, however long a client goes on', async () => {
    const seen: unknown[] = []
    const server = await listen(createServer(echo))
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      seen.push(error.code)
      if (seen.length < 3) socket.write('HTTP/1.1 418 Mine\r\n\r\n')
      else socket.end()
    })
    instrument(server)
    const socket = await dial(server, 'NOT HTTP\r\n\r\n')
    const answered = text(socket)
    while (seen.length < 3) {
      await new Promise((resolve) => setImmediate(resolve))
      if (socket.writable) socket.write('STILL NONE\r\n\r\n')
    }
    expect(await answered).toBe('HTTP/1.1 418 Mine\r\n\r\n'.repeat(2))
    expect((await settled()).incidents).toEqual(['malformed bad_request'])
    await text(await dial(server, 'NOT HTTP\r\n\r\n'))
    expect((await settled()).incidents).toEqual(['malformed bad_request', 'malformed bad_request'])
  })

  it.each([
    ['in the midst of a body', `POST / ${HOST}content-length: 10\r\n\r\npart`, [], ['POST 499']],
    ['in the midst of a head', `POST / ${HOST}content-`, ['malformed bad_request'], []],
    ['before it said anything', '', [], []],
  ])('a client that ends %s', async (_, message, want, wantExchanges) => {
    const server = await listen(createServer(echo))
    instrument(server)
    const gone = new Promise((resolve) => server.once('connection', (socket) => socket.once('close', resolve)))
    const socket = await dial(server, message)
    await new Promise((resolve) => setTimeout(resolve, 10))
    socket.end()
    socket.resume()
    await gone
    expect(await settled()).toEqual({ incidents: want, exchanges: wantExchanges })
  })

  it('a connection that breaks is none', async () => {
    const server = await listen(createServer(echo))
    instrument(server)
    const broken = once(server, 'clientError')
    const socket = await dial(server, `POST / ${HOST}content-le`)
    await new Promise((resolve) => setTimeout(resolve, 10))
    socket.resetAndDestroy()
    const [error] = await broken
    expect(error.code).toBe('ECONNRESET')
    expect(await settled()).toEqual({ incidents: [], exchanges: [] })
  })

  it('an instrument that was undone tells nothing', async () => {
    const server = await listen(createServer(echo))
    instrument(server)()
    await text(await dial(server, 'NOT HTTP\r\n\r\n'))
    await text(await dial(server, 'GET / HTTP/1.1\r\n\r\n'))
    expect((await settled()).incidents).toEqual([])
  })

  it('a recorder that fails ends at onFault; the answer stays (B12)', async () => {
    const server = await listen(createServer(echo))
    const bang = new Error('bang')
    instrumentHttpServer(server, {
      ids: createIdSource(),
      now: () => 0,
      record: () => undefined,
      incident: () => {
        throw bang
      },
      onFault: (error) => faults.push(error),
    })
    expect(await text(await dial(server, 'NOT HTTP\r\n\r\n'))).toMatch(/^HTTP\/1.1 400 /)
    expect(faults.splice(0)).toEqual([bang])
  })
})

describe('upgrades', () => {
  const take = (server: Server): void => {
    for (const event of ['upgrade', 'connect']) {
      server.on(event, (_request, socket: Socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n'))
    }
  }

  it.each([
    ['GET', 'websocket', 'upgrade websocket'],
    ['GET', 'WebSocket', 'upgrade websocket'],
    ['GET', 'foo, websocket', 'upgrade websocket'],
    ['GET', 'h2c', 'upgrade h2c'],
    ['GET', 'anything-a-client-says', 'upgrade _OTHER'],
  ])('%s with upgrade: %s', async (method, protocol, want) => {
    const server = await listen(createServer(echo))
    take(server)
    instrument(server)
    const message = `${method} /ws ${HOST}connection: upgrade\r\nupgrade: ${protocol}\r\n\r\n`
    expect(await text(await dial(server, message))).toMatch(/^HTTP\/1.1 101 /)
    expect(await settled()).toEqual({ incidents: [want], exchanges: [] })
  })

  it('CONNECT', async () => {
    const server = await listen(createServer(echo))
    take(server)
    instrument(server)
    await text(await dial(server, `CONNECT a:443 ${HOST}\r\n`))
    expect(await settled()).toEqual({ incidents: ['upgrade connect'], exchanges: [] })
  })

  it('that nobody takes are requests like any other', async () => {
    const server = await listen(createServer(echo))
    instrument(server)
    await once(await dial(server, `GET / ${HOST}connection: upgrade\r\nupgrade: websocket\r\n\r\n`), 'data')
    expect(await settled()).toEqual({ incidents: [], exchanges: ['GET 200'] })
  })

  it('that are handed on to another server are one', async () => {
    const [outer, inner] = [createServer(echo), createServer(echo)]
    take(inner)
    outer.on('upgrade', (...args) => inner.emit('upgrade', ...args))
    await listen(outer)
    instrument(outer)
    instrument(inner)
    await text(await dial(outer, `GET / ${HOST}connection: upgrade\r\nupgrade: websocket\r\n\r\n`))
    expect((await settled()).incidents).toEqual(['upgrade websocket'])
  })
})

describe('servers of TLS and HTTP/2', () => {
  function certificate(openssl: string): { key: Buffer; cert: Buffer } {
    const folder = mkdtempSync(path.join(tmpdir(), 'boxman-incident-'))
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
    const out = ['-keyout', 'key.pem', '-out', 'cert.pem', '-subj', '/CN=localhost']
    execFileSync(openssl, ['req', '-x509', ...curve, ...out], { cwd: folder, stdio: 'ignore' })
    return { key: readFileSync(path.join(folder, 'key.pem')), cert: readFileSync(path.join(folder, 'cert.pem')) }
  }
  const noneOf = { rejectUnauthorized: false, host: '127.0.0.1' }

  it('of HTTPS: what is no TLS, and what is no HTTP in it', async ({ skip }) => {
    const server = await listen(createTlsServer(certificate(needPeer('openssl', skip)), echo))
    instrument(server)
    await text(await dial(server, `GET / ${HOST}\r\n`))
    expect((await settled()).incidents).toEqual(['malformed tls'])
    const socket = connectTls({ ...noneOf, port: portOf(server) })
    socket.write('NOT HTTP\r\n\r\n')
    expect(await text(socket)).toMatch(/^HTTP\/1.1 400 /)
    expect((await settled()).incidents).toEqual(['malformed tls', 'malformed bad_request'])
  })

  it('of HTTP/2: what is none', async () => {
    const server = await listen(createHttp2Server((_request, response) => void response.end('ok')))
    instrument(server)
    await text(await dial(server, `GET / ${HOST}\r\n`))
    expect((await settled()).incidents).toEqual(['malformed protocol'])
    const session = connectHttp2(`http://127.0.0.1:${portOf(server)}`)
    closing.push(() => session.destroy())
    session.on('error', () => undefined)
    const stream = session.request({ ':path': '/' }).resume()
    await once(stream, 'close')
    session.destroy()
    expect(await settled()).toEqual({ incidents: ['malformed protocol'], exchanges: ['GET 200'] })
  })

  it('of HTTP/2 over TLS: a client that does not speak it; with HTTP/1.1 beside it, what is no HTTP', async ({
    skip,
  }) => {
    const own = certificate(needPeer('openssl', skip))
    const alone = await listen(createSecureServer(own, (_request, response) => void response.end('ok')))
    instrument(alone)
    const socket = connectTls({ ...noneOf, port: portOf(alone), ALPNProtocols: ['http/1.1'] })
    socket.on('error', () => undefined)
    await once(socket, 'close').catch(() => undefined)
    expect((await settled()).incidents).toEqual(['malformed tls'])
    const unnamed = connectTls({ ...noneOf, port: portOf(alone) })
    expect(await text(unnamed)).toMatch(/^HTTP\/1.0 403 /)
    expect((await settled()).incidents).toEqual(['malformed tls', 'malformed protocol'])

    const both = await listen(
      createSecureServer({ ...own, allowHTTP1: true }, (_request, response) => void response.end()),
    )
    instrument(both)
    const old = connectTls({ ...noneOf, port: portOf(both) })
    old.write('NOT HTTP\r\n\r\n')
    expect(await text(old)).toMatch(/^HTTP\/1.1 400 /)
    expect((await settled()).incidents).toEqual(['malformed bad_request'])
  })
})

it('a request that comes with nothing wrong beside all that is counted as ever', async () => {
  const server = await listen(createServer(echo))
  instrument(server)
  for (let i = 0; i < 5; i++) await text(await dial(server, 'NOT HTTP\r\n\r\n'))
  const call = ask({ port: portOf(server), host: '127.0.0.1', agent: false }).end()
  const [answer] = await once(call, 'response')
  expect(await text(answer)).toBe('ok')
  expect(await settled()).toEqual({
    incidents: Array.from({ length: 5 }, () => 'malformed bad_request'),
    exchanges: ['GET 200'],
  })
})
