import type { Socket } from 'node:net'
import { type Message, readMessagePack } from './read-message-pack.ts'

const MAX_MESSAGE = 65_536

/** A connection of which messages are asked one by one. */
export class Channel {
  readonly #socket: Socket
  #received: Buffer = Buffer.alloc(0)
  #fault: Error | undefined
  #wake: (() => void) | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk])
      if (this.#received.length > MAX_MESSAGE) socket.destroy(new Error(`a message of more than ${MAX_MESSAGE} bytes`))
      this.#wake?.()
    })
    socket.on('error', (error) => this.#end(error))
    socket.on('end', () => socket.destroy())
    socket.on('close', () => this.#end(new Error('the server closed the connection')))
  }

  get open(): boolean {
    return this.#fault === undefined
  }

  send(bytes: Uint8Array): void {
    this.#socket.write(bytes)
  }

  /** The next message. Rejects when there is none in time, the connection ends, or what comes is none. */
  async receive(timeoutMs: number, signal: AbortSignal): Promise<Message> {
    const stop = (): void => {
      this.#socket.destroy(new Error('stopped'))
    }
    const timer = setTimeout(() => {
      this.#socket.destroy(new Error(`no answer within ${timeoutMs} ms`))
    }, timeoutMs).unref()
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    try {
      for (;;) {
        const read = readMessagePack(this.#received)
        if (read !== undefined) {
          this.#received = this.#received.subarray(read.length)
          return read.message
        }
        if (this.#fault !== undefined) throw this.#fault
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      this.#wake = undefined
    }
  }

  /** Settles when the system has taken all that was sent. */
  async sent(bytes: Uint8Array): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#socket.write(bytes, (error) => (error === null || error === undefined ? resolve() : reject(error)))
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #end(error: Error): void {
    this.#fault ??= error
    this.#wake?.()
  }
}
