import type { ServerOptions } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { Refusal } from './access/refusals.ts'
import type { AdminTls } from './access/scope.ts'
import { TlsFiles } from './access/tls-files.ts'

export interface SecureOptions {
  readonly tls: AdminTls
  readonly limits: ServerOptions
  /** What the files are relative to. */
  readonly cwd: string
  /** Milliseconds that never go back. */
  readonly now: () => number
  readonly onFault: (error: unknown) => void
  readonly onRefused: ((reason: Refusal) => void) | undefined
}

const HANDSHAKE_TIMEOUT_MS = 10_000

/** A server whose certificates are read again when their files change. @throws ConfigError */
export function createSecureServer({ tls, limits, cwd, now, onFault, onRefused }: SecureOptions): Server {
  const files = new TlsFiles(tls, cwd, now)
  const server = createServer({
    ...limits,
    ...files.read(),
    minVersion: 'TLSv1.2',
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    requestCert: tls.ca !== undefined,
    rejectUnauthorized: tls.clientAuth === 'require',
  })
  // Before the connection gets the certificate that it is to have.
  server.prependListener('connection', () => {
    try {
      const changed = files.changed()
      if (changed !== undefined) server.setSecureContext({ ...changed, minVersion: 'TLSv1.2' })
    } catch (error) {
      onFault(error)
    }
  })
  server.on('tlsClientError', () => onRefused?.('tls'))
  return server
}
