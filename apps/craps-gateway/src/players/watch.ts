import { WebSocket } from 'ws'
import { readObject } from './client.ts'
import type { Random } from './random.ts'
import type { Tally } from './tally.ts'

export interface WatchOptions {
  readonly gateway: URL
  readonly topics: readonly string[]
  readonly tally: Tally
  readonly random: Random
  /** Hangs up every now and then, mostly without a word, and comes back. */
  readonly isRestless: boolean
  /** Without it events are counted, and not read. */
  readonly onEvent?: (event: Readonly<Record<string, unknown>>) => void
}

const MAX_MESSAGE_BYTES = 1_000_000
const HANDSHAKE_MS = 5000

/** A player who looks on over a WebSocket, and comes back whenever the connection is lost. */
export class Watch {
  readonly #options: WatchOptions
  #socket: WebSocket | undefined
  #timer: NodeJS.Timeout | undefined
  #failures = 0
  #isClosed = false

  constructor(options: WatchOptions) {
    this.#options = options
  }

  open(): void {
    const { gateway, topics, random, isRestless } = this.#options
    const url = new URL('/ws', gateway)
    url.protocol = 'ws:'
    const socket = new WebSocket(url, {
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
      handshakeTimeout: HANDSHAKE_MS,
    })
    this.#socket = socket
    socket.on('open', () => {
      this.#failures = 0
      for (const topic of topics) say(socket, 'subscribe', topic)
      if (isRestless && random() < 0.1) say(socket, 'subscribe', 'table:nowhere')
      if (isRestless) this.#later(5000 + random() * 25_000, () => this.#fidget(socket))
    })
    socket.on('message', (data) => {
      if (Buffer.isBuffer(data)) this.#hear(data)
    })
    socket.on('error', () => {}) // 'close' follows
    socket.on('close', () => {
      const waitMs = Math.min(200 * 2 ** this.#failures++, 5000) * (0.5 + random())
      this.#later(waitMs, () => this.open())
    })
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#socket?.terminate()
  }

  #later(ms: number, act: () => void): void {
    clearTimeout(this.#timer)
    if (!this.#isClosed) this.#timer = setTimeout(act, ms)
  }

  #hear(data: Buffer): void {
    // Answers have an op, events have none; to parse every event for every player would cost more than the gateway.
    if (data.includes('"op"')) return
    this.#options.tally.count('events')
    this.#options.onEvent?.(readObject(data.toString()))
  }

  #fidget(socket: WebSocket): void {
    const { topics, random, tally } = this.#options
    const mood = random()
    if (mood < 0.6) {
      tally.count('disconnects')
      socket.terminate()
    } else if (mood < 0.8) {
      socket.close()
    } else {
      for (const topic of topics) {
        say(socket, 'unsubscribe', topic)
        say(socket, 'subscribe', topic)
      }
      this.#later(5000 + random() * 25_000, () => this.#fidget(socket))
    }
  }
}

function say(socket: WebSocket, op: 'subscribe' | 'unsubscribe', topic: string): void {
  socket.send(JSON.stringify({ op, topic }))
}
