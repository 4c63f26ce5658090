import { createSocket, type Socket as DatagramSocket } from 'node:dgram'
import { connect, type SocketAddress, type TlsOptions } from './address.ts'
import { type Delivery, type Entry, messageOf, type Outlet, TAKEN } from './delivery.ts'
import { type SyslogHead, syslogMessage } from './syslog-message.ts'

export interface SyslogOptions {
  readonly address: SocketAddress
  readonly tls: TlsOptions
  readonly head: SyslogHead
  readonly timeoutMs: number
  /** Of a datagram. */
  readonly maxDatagram: number
}

/**
 * RFC 5424 in frames that count their octets (RFC 6587, RFC 5425 for TLS), a connection a batch: syslog has no answers, but who
 * closes a connection cleanly after our end has read it to there.
 */
export class SyslogStream implements Outlet {
  readonly #options: SyslogOptions

  constructor(options: SyslogOptions) {
    this.#options = options
  }

  async deliver(batch: readonly Entry[], signal: AbortSignal): Promise<Delivery> {
    const { address, tls, head, timeoutMs } = this.#options
    try {
      const socket = await connect(address, tls, timeoutMs, signal)
      await new Promise<void>((resolve, reject) => {
        const settle = (error?: Error): void => {
          clearTimeout(timer)
          signal.removeEventListener('abort', stop)
          if (error === undefined) resolve()
          else reject(error)
        }
        const stop = (): void => {
          socket.destroy(new Error('stopped'))
        }
        let written = false
        const timer = setTimeout(() => {
          // Some servers leave a connection open: what has been written, and not been reset since, is theirs.
          if (written) settle()
          socket.destroy(new Error(`not taken within ${timeoutMs} ms`))
        }, timeoutMs).unref()
        signal.addEventListener('abort', stop)
        socket.on('error', settle)
        socket.on('close', () => settle(written ? undefined : new Error('the server closed the connection')))
        socket.on('data', () => undefined)
        socket.end(framesOf(head, batch), () => {
          written = true
        })
        if (signal.aborted) stop()
      })
      return TAKEN
    } catch (error) {
      return { kind: 'later', reason: 'network', detail: messageOf(error) }
    }
  }

  close(): void {
    // No connection outlives its batch.
  }
}

/** https://www.rfc-editor.org/rfc/rfc6587#section-3.4.1 */
function framesOf(head: SyslogHead, batch: readonly Entry[]): string {
  return batch
    .map((entry) => {
      const message = syslogMessage(head, entry)
      return `${Buffer.byteLength(message)} ${message}`
    })
    .join('')
}

/** RFC 5426: a datagram a line. What the network loses nobody learns of. */
export class SyslogDatagrams implements Outlet {
  readonly #options: SyslogOptions
  #socket: Promise<DatagramSocket> | undefined

  constructor(options: SyslogOptions) {
    this.#options = options
  }

  async deliver(batch: readonly Entry[]): Promise<Delivery> {
    const { head, maxDatagram } = this.#options
    let tooLong = 0
    for (const [i, entry] of batch.entries()) {
      const message = Buffer.from(syslogMessage(head, entry))
      if (message.length > maxDatagram) {
        tooLong++
        continue
      }
      try {
        this.#socket ??= this.#open()
        await send(await this.#socket, message)
      } catch (error) {
        await this.close()
        const detail = messageOf(error)
        return i === 0 || i === tooLong
          ? { kind: 'later', reason: 'network', detail }
          : { kind: 'partly', again: batch.slice(i), reason: 'network', rejected: 0, tooLong, detail }
      }
    }
    if (tooLong === 0) return TAKEN
    const detail = `${tooLong} lines are longer than a datagram of ${maxDatagram} bytes`
    return { kind: 'partly', again: [], reason: 'network', rejected: 0, tooLong, detail }
  }

  async close(): Promise<void> {
    const opening = this.#socket
    this.#socket = undefined
    const socket = await opening?.catch(() => undefined)
    socket?.close()
  }

  /** A connected socket hears when nobody listens there. */
  async #open(): Promise<DatagramSocket> {
    const { host, port } = this.#options.address
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
    socket.unref()
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.connect(port, host, () => {
        socket.off('error', reject)
        resolve()
      })
    })
    socket.on('error', () => {
      // The next line's sending says the same.
    })
    return socket
  }
}

async function send(socket: DatagramSocket, message: Buffer): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.send(message, (error) => (error === null ? resolve() : reject(error)))
  })
}
