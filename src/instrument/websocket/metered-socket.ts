import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { Fuse } from '../fuse.ts'
import { BINARY, CONTINUATION, CONTROL, readFrameHead } from './frame.ts'
import { holdSenders, holdSockets, type Metered, meteredKey } from './prototype.ts'
import { closeCode, countOne, type WebSocketTotals } from './totals.ts'
import { payloadBytes } from './watch.ts'

export interface MeterContext {
  readonly totals: WebSocketTotals
  readonly fuse: Fuse
  /** The handshake is over: the socket is open. */
  readonly opened: (socket: MeteredSocket) => void
  /** It is open no longer, or never was. */
  readonly ended: (socket: MeteredSocket) => void
}

const STATUS = /^Unexpected server response: (\d{3})$/

/** One socket, from its handshake to its close. What is told to it comes from the patched prototypes. */
export class MeteredSocket {
  readonly #socket: WebSocket & Metered
  readonly #context: MeterContext
  readonly #releaseSockets: () => void
  #releaseSender: (() => void) | undefined
  #sender: Metered | undefined
  #wire: { readonly socket: Socket; read: number; written: number } | undefined
  /** Of frames that came in one packet with the end of the handshake. */
  #headBytes = 0
  #status = 0
  #sendingBinary = false
  /** What the message in the compressor was before it. */
  #uncompressed: number | undefined

  constructor(socket: WebSocket, context: MeterContext) {
    this.#socket = socket
    this.#context = context
    this.#releaseSockets = holdSockets(socket)
    this.#socket[meteredKey] = this
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount
  }

  connected(head: unknown): void {
    this.#headBytes = payloadBytes(head)
  }

  opened(): void {
    this.#guarded(() => {
      const socket: Socket = Reflect.get(this.#socket, '_socket')
      const sender: object & Metered = Reflect.get(this.#socket, '_sender')
      this.#releaseSender = holdSenders(sender)
      this.#sender = sender
      sender[meteredKey] = this
      this.#wire = { socket, read: socket.bytesRead - this.#headBytes, written: socket.bytesWritten }
      this.#context.totals.open++
      this.#context.totals.opened++
      this.#context.opened(this)
    })
  }

  received(data: unknown, binary: boolean): void {
    this.#guarded(() => {
      const { messages, payloadBytes: bytes } = this.#context.totals
      messages.received[binary ? 'binary' : 'text']++
      bytes.received += payloadBytes(data)
    })
  }

  compressing(data: unknown): void {
    this.#guarded(() => {
      this.#uncompressed = payloadBytes(data)
    })
  }

  sent(frame: unknown): void {
    this.#guarded(() => {
      const [start]: readonly unknown[] = Array.isArray(frame) ? frame : []
      if (!Buffer.isBuffer(start) || this.#wire?.socket.writable !== true) return
      const head = readFrameHead(start)
      if (head.opcode >= CONTROL) return
      if (head.opcode !== CONTINUATION) this.#sendingBinary = head.opcode === BINARY
      const { messages, payloadBytes: bytes } = this.#context.totals
      bytes.sent += this.#uncompressedBytes(head.compressed || head.opcode === CONTINUATION) ?? head.payloadBytes
      if (head.last) messages.sent[this.#sendingBinary ? 'binary' : 'text']++
    })
  }

  failed(error: unknown): void {
    if (error instanceof Error) this.#status = Number(STATUS.exec(error.message)?.[1] ?? this.#status)
  }

  closed(code: unknown): void {
    this.#guarded(() => {
      const { totals } = this.#context
      if (this.#wire === undefined) countOne(totals.handshakeFailures, this.#status)
      else countOne(totals.closed, closeCode(code))
    })
    this.release()
  }

  /** Brings the bytes on the wire up to date. */
  settle(): void {
    if (this.#wire === undefined) return
    const { bytesRead, bytesWritten } = this.#wire.socket
    const { wireBytes } = this.#context.totals
    wireBytes.received += bytesRead - this.#wire.read
    wireBytes.sent += bytesWritten - this.#wire.written
    this.#wire.read = bytesRead
    this.#wire.written = bytesWritten
  }

  /** Counts no more of it, whatever it does. */
  release(): void {
    if (this.#socket[meteredKey] !== this) return
    this.#socket[meteredKey] = undefined
    if (this.#sender !== undefined) this.#sender[meteredKey] = undefined
    this.#guarded(() => this.settle())
    if (this.#wire !== undefined) this.#context.totals.open--
    this.#wire = undefined
    this.#releaseSockets()
    this.#releaseSender?.()
    this.#context.ended(this)
  }

  /** Others may write whole frames of their own while a message is in the compressor: theirs are not compressed. */
  #uncompressedBytes(mayBe: boolean): number | undefined {
    if (!mayBe) return undefined
    const bytes = this.#uncompressed
    this.#uncompressed = undefined
    return bytes
  }

  #guarded(work: () => void): void {
    this.#context.fuse.run(work)
  }
}
