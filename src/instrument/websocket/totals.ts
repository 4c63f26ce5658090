export type Side = 'server' | 'client'

interface ByDirection<T> {
  sent: T
  received: T
}

/** What all sockets of one side have done; only `open` falls. */
export interface WebSocketTotals {
  open: number
  opened: number
  /** By the close code; those that an application may choose are `3xxx` and `4xxx`: a peer can send any of them. */
  readonly closed: Map<string, number>
  /** Whole ones, of however many fragments. Pings, pongs and close frames are none. */
  readonly messages: ByDirection<{ text: number; binary: number }>
  /** Of messages, as the application sees them. */
  readonly payloadBytes: ByDirection<number>
  /** Of the connection after its handshake: frames, compressed where they are. As of the latest reading. */
  readonly wireBytes: ByDirection<number>
  /** By the status of the answer; 0: there was none. */
  readonly handshakeFailures: Map<number, number>
}

export function newTotals(): WebSocketTotals {
  return {
    open: 0,
    opened: 0,
    closed: new Map(),
    messages: { sent: { text: 0, binary: 0 }, received: { text: 0, binary: 0 } },
    payloadBytes: { sent: 0, received: 0 },
    wireBytes: { sent: 0, received: 0 },
    handshakeFailures: new Map(),
  }
}

export function countOne<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

const ABNORMAL = 1006

export function closeCode(code: unknown): string {
  if (typeof code !== 'number') return String(ABNORMAL)
  return code < 3000 ? String(code) : `${Math.floor(code / 1000)}xxx`
}
