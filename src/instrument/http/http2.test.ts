import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  createSecureServer,
  createServer,
  constants,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2'
import { createServer as createTlsServer, get as tlsGet } from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { needPeer } from '../../../test/support/peer.ts'
import { portOf } from '../../../test/support/port-of.ts'
import { createIdSource, currentContext } from '../../tracing/index.ts'
import { type HttpExchange, type HttpServer, instrumentHttpServer, setRoute } from '../index.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

let exchanges: HttpExchange[] = []
const faults: unknown[] = []
let clock = 0

async function listen(server: HttpServer): Promise<number> {
  exchanges = []
  faults.length = 0
  clock = 1000
  instrumentHttpServer(server, {
    ids: createIdSource(),
    now: () => clock,
    record: (exchange) => exchanges.push(exchange),
    onFault: (error) => faults.push(error),
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => server.close())
  return portOf(server)
}

async function seen(count: number): Promise<string[]> {
  await expect.poll(() => exchanges.length).toBeGreaterThanOrEqual(count)
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(faults).toEqual([])
  return exchanges.map(({ method, route, status }) => `${method} ${route} ${status}`)
}

const contexts: (string | undefined)[] = []

function handle(request: Http2ServerRequest, response: Http2ServerResponse): void {
  const { url } = request
  setRoute(request, url.replace(/\d+/, ':id'))
  clock += 5
  contexts.push(currentContext()?.correlationId)
  for (const event of ['data', 'end', 'close']) request.on(event, () => contexts.push(currentContext()?.correlationId))
  response.on('close', () => contexts.push(currentContext()?.correlationId))
  if (url.startsWith('/slow')) return
  if (url === '/cut') return request.stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  if (url === '/stream') return void response.write('a part')
  if (url === '/same') return void response.writeHead(304).end()
  response.end('ok')
}

async function open(port: number): Promise<ClientHttp2Session> {
  const session = connect(`http://127.0.0.1:${port}`)
  session.on('error', () => undefined)
  closing.push(() => session.destroy())
  return session
}

function ask(session: ClientHttp2Session, method: string, url: string): ClientHttp2Stream {
  const stream = session.request({ ':method': method, ':path': url, 'x-correlation-id': 'bet-1' })
  stream.on('error', () => undefined)
  stream.resume()
  stream.end()
  return stream
}

it('streams of HTTP/2 are exchanges, each in its context', async () => {
  const session = await open(await listen(createServer(handle)))
  contexts.length = 0
  const [headers] = await once(ask(session, 'GET', '/users/7'), 'response')
  expect(headers).toMatchObject({ 'x-correlation-id': 'bet-1', 'x-service-duration': '5.0' })
  await once(ask(session, 'HEAD', '/users/8'), 'close')
  await once(ask(session, 'GET', '/same'), 'close')
  const post = session.request({ ':method': 'POST', ':path': '/bets', 'x-correlation-id': 'bet-1' })
  post.resume().end('10 on pass')
  await once(post, 'close')
  expect(await seen(4)).toEqual(['GET /users/:id 200', 'HEAD /users/:id 200', 'GET /same 304', 'POST /bets 200'])
  expect(exchanges[0]).toMatchObject({ durationMs: 5, context: { correlationId: 'bet-1' } })
  expect(new Set(contexts)).toEqual(new Set(['bet-1']))
})

it.each([
  ['resets its stream before the answer', '/slow/7', 'reset', 'GET /slow/:id 499'],
  ['resets its stream in the midst of the answer', '/stream', 'reset', 'GET /stream 499'],
  ['breaks the connection', '/slow/7', 'break', 'GET /slow/:id 499'],
  ['is cut off by the server', '/cut', 'wait', 'GET /cut 499'],
])('a client that %s is 499', async (_, url, how, want) => {
  const server = createServer(handle)
  const session = await open(await listen(server))
  const asked = once(server, 'request')
  const stream = ask(session, 'GET', url)
  await asked
  if (url === '/stream') await once(stream, 'response')
  if (how === 'reset') stream.close(constants.NGHTTP2_CANCEL)
  if (how === 'break') session.destroy()
  expect(await seen(1)).toEqual([want])
  expect(exchanges[0]?.aborted).toBe(true)
})

it('many streams at once are the tally of the client', async () => {
  const session = await open(await listen(createServer(handle)))
  const streams = Array.from({ length: 90 }, (_, i) =>
    ask(session, 'GET', ['/users/7', '/same', '/slow/7'][i % 3] ?? ''),
  )
  await Promise.all(
    streams.map(async (stream, i) => {
      if (i % 3 < 2) await once(stream, 'close')
    }),
  )
  for (const stream of streams) if (!stream.closed) stream.close(constants.NGHTTP2_CANCEL)
  const all = await seen(90)
  const count = (text: string): number => all.filter((each) => each === text).length
  expect(['GET /users/:id 200', 'GET /same 304', 'GET /slow/:id 499'].map(count)).toEqual([30, 30, 30])
})

it('servers of HTTPS, and of HTTP/2 with HTTP/1.1 beside it', async ({ skip }) => {
  const openssl = needPeer('openssl', skip)
  const folder = mkdtempSync(path.join(tmpdir(), 'boxman-https-'))
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  const out = ['-keyout', 'key.pem', '-out', 'cert.pem', '-subj', '/CN=localhost']
  execFileSync(openssl, ['req', '-x509', ...curve, ...out], { cwd: folder, stdio: 'ignore' })
  const own = { key: readFileSync(path.join(folder, 'key.pem')), cert: readFileSync(path.join(folder, 'cert.pem')) }

  const overTls = async (port: number): Promise<void> => {
    const request = tlsGet({ host: '127.0.0.1', port, path: '/users/7', rejectUnauthorized: false, agent: false })
    const [answer] = await once(request, 'response')
    expect(answer.headers['x-service-duration']).toBe('0.0')
    await once(answer.resume(), 'end')
  }
  await overTls(await listen(createTlsServer(own, (_request, response) => response.end('ok'))))
  expect(await seen(1)).toEqual(['GET /users/:number 200'])

  const port = await listen(
    createSecureServer({ ...own, allowHTTP1: true }, (_request, response) => void response.end('ok')),
  )
  await overTls(port)
  const session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false })
  closing.push(() => session.destroy())
  await once(ask(session, 'GET', '/users/8'), 'close')
  expect(await seen(2)).toEqual(['GET /users/:number 200', 'GET /users/:number 200'])
})
