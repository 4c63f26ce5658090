import { createServer, type IncomingMessage, type Server, type ServerOptions, ServerResponse } from 'node:http'
import type { Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Config } from '../config/config.ts'
import { BoxmanError } from '../error.ts'
import { rawAnswer } from './access/headers.ts'
import type { Refusal } from './access/refusals.ts'
import type { AdminTls } from './access/scope.ts'

export type AdminServer = Server | TlsServer

export interface ListenOptions {
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void
  readonly config: Pick<Config, 'admin' | 'query'>
  /** What the files of `admin.tls` are relative to. */
  readonly cwd: string
  /** Milliseconds that never go back. */
  readonly now: () => number
  readonly onFault: (error: unknown) => void
  readonly onRefused: ((reason: Refusal) => void) | undefined
}

/** A scraper, some probes and a few people: more at once is somebody else's traffic. */
const MAX_CONNECTIONS = 100
const MAX_HEADERS = 100
/** A client that is slower than this takes the place of others. */
const LIMITS: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5000,
  maxHeaderSize: 16_384,
  // Said by what answers, in its own words.
  requireHostHeader: false,
}
/** Beyond the longest query, in which nothing is heard of either side. */
const IDLE_MS = 30_000

/** Listens, or says why it cannot. The server does not keep the process alive. */
export async function listen(options: ListenOptions): Promise<AdminServer> {
  const { config, handler } = options
  const { host, port, tls } = config.admin
  const server = tls === undefined ? createServer(LIMITS) : await secureServer(tls, options)
  server.maxConnections = MAX_CONNECTIONS
  server.maxHeadersCount = MAX_HEADERS
  server.timeout = config.query.timeoutMs + IDLE_MS
  const answering = new WeakMap<Duplex, ServerResponse>()
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request
    answering.set(socket, response)
    response.once('close', () => {
      answering.delete(socket)
      // While the server closes, a connection whose answer was still in flight would be kept for a next request.
      if (!server.listening) setImmediate(() => server.closeIdleConnections())
    })
    toOriginForm(request)
    handler(request, response)
  }
  server.on('request', take)
  // An expectation other than 100-continue may be left alone.
  server.on('checkExpectation', take)
  server.on('connect', (request) => answerTunnel(request, take))
  server.on('clientError', (error, socket) => {
    // What has begun cannot be taken back.
    if (!socket.writable || answering.get(socket)?.headersSent === true) socket.destroy()
    else {
      options.onRefused?.('malformed')
      socket.end(unreadable('code' in error ? String(error.code) : ''))
    }
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(refusal(error, host, port)))
    server.listen(port, host, resolve)
  })
  server.unref()
  return server
}

/** What most do without is not loaded. @throws ConfigError */
async function secureServer(tls: AdminTls, { cwd, now, onFault, onRefused }: ListenOptions): Promise<TlsServer> {
  const { createSecureServer } = await import('./secure-server.ts')
  return createSecureServer({ tls, limits: LIMITS, cwd, now, onFault, onRefused })
}

/** A proxy names the whole URL; its host is then the one that counts. */
function toOriginForm(request: IncomingMessage): void {
  const [, host, rest = ''] = /^https?:\/\/([^/?#]*)(.*)$/is.exec(request.url ?? '') ?? []
  if (host === undefined) return
  request.headers.host = host
  request.url = rest.startsWith('/') ? rest : `/${rest}`
}

/** What asks for a tunnel is answered as others are; node would hang up. */
function answerTunnel(
  request: IncomingMessage,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): void {
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(request.socket)
  response.once('finish', () => request.socket.destroySoon())
  // The server has let go of it: nobody else reads what else comes, or hears that it broke.
  request.socket.resume().on('error', () => request.socket.destroy())
  answer(request, response)
}

function unreadable(code: string): string {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return rawAnswer('431 Request Header Fields Too Large')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return rawAnswer('408 Request Timeout')
    default:
      return rawAnswer('400 Bad Request')
  }
}

/** As a person would type it: an address that means all of them becomes the loopback's. */
export function urlOf(server: AdminServer, basePath: string): string | undefined {
  const address = server.address()
  if (!isInternet(address)) return undefined
  const host = { '0.0.0.0': '127.0.0.1', '::': '::1' }[address.address] ?? address.address
  const scheme = 'setSecureContext' in server ? 'https' : 'http'
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${address.port}${basePath}`
}
/** Lets the requests in flight finish until the deadline, then closes what is left. */
export function close(server: AdminServer, deadlineMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), deadlineMs)
    server.close(() => {
      clearTimeout(timer)
      resolve()
    })
    server.closeIdleConnections()
  })
}

function isInternet(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
}

function refusal(error: NodeJS.ErrnoException, host: string, port: number): BoxmanError {
  const where = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  const mend = 'Set admin.port, or BOXMAN_ADMIN_PORT; 0 takes a free one.'
  const why = {
    EADDRINUSE: `${where} is already in use${port === 9090 ? " (9090 is also Prometheus's own default)" : ''}. ${mend}`,
    EACCES: `this user may not listen on ${where}. ${mend}`,
    EADDRNOTAVAIL: `${where} is no address of this machine. Set admin.host, or BOXMAN_ADMIN_HOST.`,
    ENOTFOUND: `the host name ${host} is not known. Set admin.host, or BOXMAN_ADMIN_HOST.`,
  }[error.code ?? '']
  return new BoxmanError(`admin: ${why ?? `${where}: ${error.message}`}`, { cause: error })
}
