import { once } from 'node:events'
import { Agent, createServer, get, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { connect, createServer as createHttp2Server, type Http2Server, type Http2ServerResponse } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { HttpServer } from '../../instrument/index.ts'
import { createLogger } from '../../logging/index.ts'
import { Exit, type ExitOptions } from './exit.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** An exit that writes down what it does, in its order. */
function exiting(options: ExitOptions, config = { delayMs: 0, graceMs: 10_000 }) {
  const told: string[] = []
  let ended = (_code: number): void => {}
  const over = new Promise<number>((resolve) => (ended = resolve))
  const exit = new Exit(options, {
    config,
    log: createLogger({ destination: { write: (line) => told.push(String(Object(JSON.parse(line)).msg)) } }),
    drain: () => told.push('drain'),
    stop: async () => void told.push('stop'),
    now: () => performance.now(),
    exit: (code) => {
      told.push(`exit ${code}`)
      ended(code)
    },
  })
  closing.push(() => exit.undo())
  return { exit, told, over }
}

async function listening<T extends HttpServer>(server: T): Promise<{ server: T; url: string }> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => server.close())
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const serving = (listener: RequestListener): Promise<{ server: Server; url: string }> =>
  listening(createServer(listener))

describe('an exit', () => {
  it('goes: readiness, the last answers, the application, telemetry', async () => {
    let answer = (): void => {}
    const { server, url } = await serving((_request, response) => (answer = () => response.end('whole')))
    const { exit, told, over } = exiting({
      servers: [server],
      close: () => {
        told.push(`close, listening: ${server.listening}`)
      },
    })
    const answered = fetch(url)
    await once(server, 'request')
    exit.signal('SIGTERM')
    answer()
    expect(await (await answered).text()).toBe('whole')
    expect(await over).toBe(0)
    expect(told).toEqual(['drain', 'The process drains', 'close, listening: false', 'stop', 'exit 0'])
  })

  it('flushes telemetry all the same where the application cannot close, and has another code', async () => {
    const { exit, told, over } = exiting({ close: () => Promise.reject(new Error('the pool is stuck')) })
    exit.signal('SIGTERM')
    expect(await over).toBe(1)
    expect(told).toEqual(['drain', 'The process drains', 'The application failed to close', 'stop', 'exit 1'])
  })

  it('waits no longer than the grace for the application', async () => {
    const { exit, told, over } = exiting({ close: () => new Promise(() => {}) }, { delayMs: 0, graceMs: 1500 })
    exit.signal('SIGTERM')
    expect(await over).toBe(1)
    expect(told).toContain('The application failed to close')
  })

  it('ends with code 1 where draining itself fails', async () => {
    const { server } = await serving(() => {})
    const { exit, told, over } = exiting({ servers: [server] })
    Object.defineProperty(server, 'listening', {
      configurable: true,
      get: () => {
        throw new Error('broken')
      },
    })
    exit.signal('SIGTERM')
    expect(await over).toBe(1)
    expect(told).toContain('The process could not drain')
    Reflect.deleteProperty(server, 'listening')
  })

  it('cuts what hangs, and says how much', async () => {
    const { server, url } = await serving(() => {})
    const { exit, told, over } = exiting({ servers: [server] }, { delayMs: 0, graceMs: 1500 })
    const cut = fetch(url).catch(() => 'cut')
    await once(server, 'request')
    exit.signal('SIGTERM')
    expect(await over).toBe(0)
    expect(told).toContain('Requests are cut: the grace is over')
    expect(await cut).toBe('cut')
  })

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('at a second signal, %s, is now, with code %i', (signal, code) => {
    const { exit, told } = exiting({}, { delayMs: 600_000, graceMs: 2 ** 31 - 1 })
    exit.signal('SIGTERM')
    exit.signal(signal)
    expect(told.at(-1)).toBe(`exit ${code}`)
  })

  it('lets the streams of HTTP/2 end, and their sessions after them', async () => {
    const answers: Http2ServerResponse[] = []
    const { server, url } = await listening<Http2Server>(
      createHttp2Server((_request, response) => void answers.push(response)),
    )
    const { exit, over } = exiting({ servers: [server] })
    const session = connect(url)
    closing.push(() => session.destroy())
    const gone = once(session, 'close')
    const stream = session.request({ ':path': '/' })
    await once(server, 'request')
    exit.signal('SIGTERM')
    answers[0]?.end('whole')
    let body = ''
    for await (const piece of stream.setEncoding('utf8')) body += String(piece)
    expect([body, await over]).toEqual(['whole', 0])
    await gone
  })

  it('closes connections that are kept and idle', async () => {
    const { server, url } = await serving((_request, response) => response.end('x'))
    const { exit, over } = exiting({ servers: [server] })
    const agent = new Agent({ keepAlive: true })
    closing.push(() => agent.destroy())
    const [response] = (await once(get(url, { agent }), 'response')) as [IncomingMessage]
    const gone = once(response.socket, 'close')
    response.resume()
    await once(response, 'end')
    exit.signal('SIGTERM')
    await gone
    expect([await over, server.listening]).toEqual([0, false])
  })
})
