import type { Socket } from 'node:net'
import { connect as connectPlain } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** Certificates and keys as PEM. */
export interface TlsOptions {
  /** Whom to trust; default: those that Node trusts. */
  readonly ca?: string | undefined
  /** Shown to the server, with `key`. */
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

export interface SocketAddress {
  readonly protocol: 'tcp' | 'tls' | 'udp'
  readonly host: string
  readonly port: number
}

/** `tls://logs.example:24224`. @throws TypeError for what is no such address. */
export function socketAddress(url: string, defaultPort: number, protocols: readonly string[]): SocketAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const protocol = parsed?.protocol.slice(0, -1)
  if (parsed === undefined || protocol === undefined || !protocols.includes(protocol) || parsed.hostname === '') {
    throw new TypeError(
      `url: ${url} must be such as ${protocols.map((one) => `${one}://host:${defaultPort}`).join(', ')}`,
    )
  }
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1')
  const port = parsed.port === '' ? defaultPort : Number(parsed.port)
  return { protocol: protocol === 'tls' ? 'tls' : protocol === 'udp' ? 'udp' : 'tcp', host, port }
}

/** An open connection, after the handshake of TLS, that holds no process. Rejects on failure, time-out and abort. */
export async function connect(
  { protocol, host, port }: SocketAddress,
  tls: TlsOptions,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const ready = protocol === 'tls' ? 'secureConnect' : 'connect'
    const socket =
      protocol === 'tls' ? connectTls({ host, port, ...serverName(host), ...given(tls) }) : connectPlain({ host, port })
    // Whoever flushes holds the process, and no server does.
    socket.unref()
    const fail = (error: Error): void => {
      settle()
      socket.on('error', () => undefined)
      socket.destroy()
      reject(error)
    }
    const closed = (): void => fail(new Error('closed while connecting'))
    const aborted = (): void => fail(new Error('stopped'))
    const timer = setTimeout(() => fail(new Error(`no connection within ${timeoutMs} ms`)), timeoutMs).unref()
    const settle = (): void => {
      clearTimeout(timer)
      socket.off('error', fail)
      socket.off('close', closed)
      signal.removeEventListener('abort', aborted)
    }
    socket.once('error', fail)
    socket.once('close', closed)
    signal.addEventListener('abort', aborted)
    if (signal.aborted) aborted()
    socket.once(ready, () => {
      settle()
      socket.setNoDelay(true)
      resolve(socket)
    })
  })
}

/** An address is no name that a server could have. */
function serverName(host: string): { readonly servername?: string } {
  return /^[\d.]+$|:/.test(host) ? {} : { servername: host }
}

function given({ ca, cert, key }: TlsOptions): { ca?: string; cert?: string; key?: string } {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  }
}
