import { randomBytes } from 'node:crypto'
import { connect, type SocketAddress, type TlsOptions } from '../address.ts'
import { type Delivery, type Entry, messageOf, type Outlet, TAKEN } from '../delivery.ts'
import { LastBatch } from '../last-batch.ts'
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

interface ForwardMessage {
  readonly bytes: Uint8Array
  /** By which the server says that it has it. */
  readonly chunk: string | undefined
}

/** Sending it again would not help. */
class EncodingError extends Error {}

/** Fluentd's and Fluent Bit's forward protocol, a batch as PackedForward. */
export class Fluentd implements Outlet {
  readonly #options: FluentdOptions
  readonly #messages = new LastBatch<ForwardMessage>()
  #channel: Channel | undefined

  constructor(options: FluentdOptions) {
    this.#options = options
  }

  async deliver(batch: readonly Entry[], signal: AbortSignal): Promise<Delivery> {
    try {
      const channel = await this.#connected(signal)
      await this.#send(channel, this.#messageOf(batch), signal)
    } catch (error) {
      if (error instanceof EncodingError) throw error
      this.close()
      return { kind: 'later', reason: 'network', detail: messageOf(error) }
    }
    this.#messages.forget()
    return TAKEN
  }

  close(): void {
    this.#channel?.close()
    this.#channel = undefined
  }

  #messageOf(batch: readonly Entry[]): ForwardMessage {
    const { tag, ack } = this.#options
    try {
      return this.#messages.of(batch, () => {
        const chunk = ack ? randomBytes(16).toString('base64') : undefined
        return { bytes: forwardMessage(tag, batch, chunk), chunk }
      })
    } catch (error) {
      throw new EncodingError(messageOf(error), { cause: error })
    }
  }

  async #send(channel: Channel, { bytes, chunk }: ForwardMessage, signal: AbortSignal): Promise<void> {
    if (chunk === undefined) return channel.sent(bytes)
    channel.send(bytes)
    const answer = await channel.receive(this.#options.timeoutMs, signal)
    if (!(answer instanceof Map) || answer.get('ack') !== chunk) {
      throw new Error('another answer than that to the batch')
    }
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
