import type { Histogram, LabelledGauge, LabelValues, Registry } from '../../metrics/index.ts'
import { isDuration } from '../duration.ts'
import { type PackOptions, resolvePrefix } from '../pack.ts'

export type SocketSide = 'server' | 'client'

interface ByDirection<T> {
  readonly sent: T
  readonly received: T
}

/** What the sockets of one side have done so far. */
export interface SocketReading {
  readonly totals: {
    readonly open: number
    readonly opened: number
    readonly closed: ReadonlyMap<string, number>
    readonly messages: ByDirection<{ readonly text: number; readonly binary: number }>
    readonly payloadBytes: ByDirection<number>
    readonly wireBytes: ByDirection<number>
    readonly handshakeFailures: ReadonlyMap<number, number>
  }
  readonly bufferedBytes: number
  readonly worstBufferedBytes: readonly number[]
}

type Rise<L extends string> = (labels: LabelValues<L>, total: number) => void

const SIDES = ['server', 'client'] as const
const DIRECTIONS = ['sent', 'received'] as const
const HANDSHAKE_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Connections and messages over WebSockets, as of each collection: `<prefix>_ws_*`. */
export class WebSocketMetrics {
  readonly #registry: Registry
  readonly #prefix: string
  readonly #handshakes: Readonly<Record<SocketSide, Histogram>>

  constructor(registry: Registry, read: (side: SocketSide) => SocketReading, options: PackOptions = {}) {
    this.#registry = registry
    this.#prefix = `${resolvePrefix(options)}_ws`
    const durations = registry.histogram({
      name: `${this.#prefix}_handshake_duration_seconds`,
      help: 'From the request for a WebSocket to the open socket.',
      labelNames: ['side'],
      buckets: HANDSHAKE_SECONDS,
    })
    this.#handshakes = { server: durations.labels('server'), client: durations.labels('client') }
    this.#register(read)
  }

  /** Bound to this: hand it over as it is to what measures sockets. */
  readonly handshake = (side: SocketSide, durationMs: number): void => {
    if (isDuration(durationMs)) this.#handshakes[side].observe(durationMs / 1000)
  }

  #register(read: (side: SocketSide) => SocketReading): void {
    const opened = this.#counter('connections_opened', 'WebSockets opened.', ['side'])
    const closed = this.#counter('connections_closed', 'WebSockets closed, by the code.', ['side', 'code'])
    const failures = this.#counter('handshake_failures', 'Refused, by the status of the answer; 0: without one.', [
      'side',
      'status',
    ])
    const messages = this.#counter('messages', 'Whole messages.', ['side', 'direction', 'type'])
    const payload = this.#counter('payload_bytes', 'Of messages, as the application sees them.', ['side', 'direction'])
    const wire = this.#counter('wire_bytes', 'Of frames, compressed where they are.', ['side', 'direction'])
    const buffered = this.#gauge('buffered_bytes', 'What WebSockets have not taken yet.', ['side'])
    const worst = this.#gauge('worst_buffered_bytes', 'The same of the slowest ones.', ['side', 'rank'])
    this.#registry.gauge({
      name: `${this.#prefix}_connections`,
      help: 'WebSockets that are open.',
      labelNames: ['side'],
      collect: (connections) => {
        worst.clear()
        for (const side of SIDES) {
          const { totals, bufferedBytes, worstBufferedBytes } = read(side)
          if (side === 'client' && totals.opened === 0 && totals.handshakeFailures.size === 0) continue
          connections.set({ side }, totals.open)
          opened({ side }, totals.opened)
          for (const [code, count] of totals.closed) closed({ side, code }, count)
          for (const [status, count] of totals.handshakeFailures) failures({ side, status }, count)
          for (const direction of DIRECTIONS) {
            const { text, binary } = totals.messages[direction]
            messages({ side, direction, type: 'text' }, text)
            messages({ side, direction, type: 'binary' }, binary)
            payload({ side, direction }, totals.payloadBytes[direction])
            wire({ side, direction }, totals.wireBytes[direction])
          }
          buffered.set({ side }, bufferedBytes)
          worstBufferedBytes.forEach((bytes, i) => worst.set({ side, rank: i + 1 }, bytes))
        }
      },
    })
  }

  /** Raises the counter to a total that is kept elsewhere. */
  #counter<L extends string>(name: string, help: string, labelNames: readonly L[]): Rise<L> {
    const counter = this.#registry.counter({ name: `${this.#prefix}_${name}_total`, help, labelNames })
    const published = new Map<string, number>()
    return (labels, total) => {
      const key = JSON.stringify(labels)
      counter.inc(labels, total - (published.get(key) ?? 0))
      published.set(key, total)
    }
  }

  #gauge<L extends string>(name: string, help: string, labelNames: readonly L[]): LabelledGauge<L> {
    return this.#registry.gauge({ name: `${this.#prefix}_${name}`, help, labelNames })
  }
}
