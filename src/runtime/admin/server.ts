import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { BoxmanError } from '../error.ts'

/** A scraper, some probes and a few people: more at once is somebody else's traffic. */
const MAX_CONNECTIONS = 100

/** Listens, or says why it cannot. The server does not keep the process alive. */
export async function listen(handler: RequestListener, host: string, port: number): Promise<Server> {
  const server = createServer(handler)
  server.maxConnections = MAX_CONNECTIONS
  // While the server closes, a connection whose answer was still in flight would be kept for a next request.
  server.on('request', (_request, response) => {
    response.once('close', () => {
      if (!server.listening) setImmediate(() => server.closeIdleConnections())
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(refusal(error, host, port)))
    server.listen(port, host, resolve)
  })
  server.unref()
  return server
}

/** As a person would type it: an address that means all of them becomes the loopback's. */
export function urlOf(server: Server, basePath: string): string | undefined {
  const address = server.address()
  if (!isInternet(address)) return undefined
  const host = { '0.0.0.0': '127.0.0.1', '::': '::1' }[address.address] ?? address.address
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}${basePath}`
}

/** Lets the requests in flight finish until the deadline, then closes what is left. */
export function close(server: Server, deadlineMs: number): Promise<void> {
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
