import type { Channel, Integration, Notification, Outcome } from '../dispatch-types.ts'
import { messageId } from '../machine/message.ts'

export interface Tested {
  readonly kind: Outcome['kind'] | 'not-sent'
  /** In words: `the beginning was delivered`. */
  readonly told: string
}

const SEND_MS = 60_000

/** Sends messages that are tests by one channel, each knowing what became of the one before. */
export class ChannelTest {
  readonly #integration: Integration
  readonly #channel: Channel
  #last: Outcome | undefined

  constructor(integration: Integration, channel: Channel) {
    this.#integration = integration
    this.#channel = channel
  }

  /** Undefined: the end of what did not begin. */
  async send(message: Notification, sendMs: number = SEND_MS): Promise<Tested | undefined> {
    const { key, sendResolved } = this.#integration
    const isEnd = message.status === 'resolved'
    const what = isEnd ? 'the end' : 'the beginning'
    if (isEnd && this.#last?.kind !== 'delivered') return undefined
    if (isEnd && !sendResolved) return { kind: 'not-sent', told: `${what} is not sent, as send_resolved is false` }
    const previous = this.#last?.kind === 'delivered' ? this.#last.note : undefined
    const id = messageId(message.groupKey, key, message.at)
    const whole = { ...message, id, ...(previous === undefined ? {} : { previous }) }
    this.#last = await this.#channel.send(whole, AbortSignal.timeout(sendMs))
    return { kind: this.#last.kind, told: `${what} ${explainOutcome(this.#last)}` }
  }
}

export function explainOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'delivered': {
      const fault = outcome.note?.['templateFault']
      return `was delivered${fault === undefined ? '' : `, with the default text, for a template has a fault: ${fault}`}`
    }
    case 'temporary': {
      const wait = outcome.afterMs === undefined ? '' : `, not before ${Math.ceil(outcome.afterMs / 1000)} s`
      return `was not delivered, and may be later${wait}: ${outcome.reason}`
    }
    case 'permanent':
      return `was refused: ${outcome.reason}`
    case 'gone':
      return `was refused, for the receiver is gone: ${outcome.reason}`
  }
}
