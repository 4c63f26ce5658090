import type { RegistryReader } from '../reader.ts'
import { type Channel, listenQuietly, trySend } from './channel.ts'
import { hello, messageOf } from './message.ts'
import { RowsWriter } from './rows-writer.ts'

export interface Serving {
  /** Sends a last time what stands, and answers no more. Call it before the process ends, so that nothing is lost. */
  close(): void
}

/**
 * Tells the process at the other end of the channel, which has called {@link attachProcess} or {@link attachCluster}, what
 * the registry counts, whenever it asks. Keeps nobody alive, and does nothing in a process that nobody has forked.
 */
export function serveMetrics(registry: RegistryReader, channel: Channel = process): Serving {
  return new MetricsServing(registry, channel)
}

class MetricsServing implements Serving {
  readonly #registry: RegistryReader
  readonly #channel: Channel
  readonly #writer = new RowsWriter()
  readonly #stop: () => void
  /** The last question only: who asks again has given up waiting for the answer before. */
  #asked: { readonly id: number; readonly have: string } | undefined
  #asBytes = false
  #answering = false
  #closed = false

  constructor(registry: RegistryReader, channel: Channel) {
    this.#registry = registry
    this.#channel = channel
    this.#stop = listenQuietly(channel, this.#onMessage)
    this.#send(hello())
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#stop()
    this.#send(this.#writer.write(0, this.#registry.metrics(), undefined, this.#asBytes))
  }

  readonly #onMessage = (received: unknown): void => {
    const message = messageOf(received)
    if (message?.boxman !== 'metrics/pull') return
    const { id, have, probe } = message
    if (typeof id !== 'number' || typeof have !== 'string') return
    this.#asBytes = probe instanceof Uint8Array
    this.#asked = { id, have }
    if (!this.#answering) void this.#answer()
  }

  async #answer(): Promise<void> {
    this.#answering = true
    while (this.#asked !== undefined) {
      try {
        await this.#registry.refresh()
      } catch {
        // What is there is told all the same.
      }
      if (this.#closed) return
      const { id, have } = this.#asked
      this.#asked = undefined
      this.#send(this.#writer.write(id, this.#registry.metrics(), have, this.#asBytes))
    }
    this.#answering = false
  }

  #send(message: object): void {
    trySend(this.#channel, message, () => undefined)
  }
}
