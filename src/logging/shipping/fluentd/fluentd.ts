import { randomBytes } from 'node:crypto'
import { connect, type SocketAddress, type TlsOptions } from '../address.ts'
import { type Delivery, type Entry, messageOf, type Outlet, TAKEN } from '../delivery.ts'
import { Channel } from './channel.ts'
import { type Credentials, shakeHands } from './handshake.ts'
import { MessagePackWriter } from './message-pack.ts'

export interface FluentdOptions {
  readonly address: SocketAddress
  readonly tls: TlsOptions
  readonly tag: string
  /** Whether a batch counts as taken when the server says so, and not when it has been sent. */
  readonly ack: boolean
  readonly credentials?: Credentials | undefined
  readonly timeoutMs: number
}

/** Fluentd's and Fluent Bit's forward protocol, a batch as PackedForward. */
export class Fluentd implements Outlet {
  readonly #options: FluentdOptions
  #channel: Channel | undefined

  constructor(options: FluentdOptions) {
    this.#options = options
  }

  async deliver(batch: readonly Entry[], signal: AbortSignal): Promise<Delivery> {
    const { tag, ack, timeoutMs } = this.#options
    const chunk = randomBytes(16).toString('base64')
    const message = forwardMessage(tag, batch, ack ? chunk : undefined)
    try {
      const channel = await this.#connected(signal)
      if (!ack) await channel.sent(message)
      else {
        channel.send(message)
        const answer = await channel.receive(timeoutMs, signal)
        if (!(answer instanceof Map) || answer.get('ack') !== chunk)
          throw new Error('another answer than that to the batch')
      }
      return TAKEN
    } catch (error) {
      this.close()
      return { kind: 'later', reason: 'network', detail: messageOf(error) }
    }
  }

  close(): void {
    this.#channel?.close()
    this.#channel = undefined
  }

  async #connected(signal: AbortSignal): Promise<Channel> {
    if (this.#channel?.open === true) return this.#channel
    const { address, tls, timeoutMs, credentials } = this.#options
    const channel = new Channel(await connect(address, tls, timeoutMs, signal))
    this.#channel = channel
    if (credentials !== undefined) await shakeHands(channel, credentials, () => channel.receive(timeoutMs, signal))
    return channel
  }
}

/** `[tag, entries, { size, chunk }]` */
export function forwardMessage(tag: string, batch: readonly Entry[], chunk: string | undefined): Uint8Array {
  const entries = new MessagePackWriter()
  for (const { line, at } of batch) {
    entries.array(2)
    entries.eventTime(at)
    entries.value(recordOf(line))
  }
  const out = new MessagePackWriter()
  out.array(3)
  out.text(tag)
  out.binary(entries.finish())
  out.value({ size: batch.length, chunk })
  return out.finish()
}

function recordOf(line: string): object {
  try {
    const parsed: unknown = JSON.parse(line)
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed
  } catch {
    // A line that is no JSON is a text.
  }
  return { msg: line }
}
