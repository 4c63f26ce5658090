import { quoted } from './json.ts'
import { Buckets } from './limiter.ts'
import { MAX_KEPT_LENGTH, Memo } from './memo.ts'

/** A line's message. */
export interface Message {
  /** `,"msg":"Low balance"}` and the end of the line. */
  readonly end: string
  /** How often it has been written of late. */
  readonly buckets: Buckets
}

const MAX_KEPT = 512

/** Most messages are written again and again: they are cleared of secrets and spelt once. */
export class Messages {
  readonly #memo: Memo<Message>
  readonly #spell: (text: string) => string

  constructor(name: string, redact: (text: string) => string) {
    this.#spell = (text) => `,"${name}":${quoted(redact(text))}}\n`
    this.#memo = new Memo(MAX_KEPT, (text) => ({
      end: this.#spell(text),
      buckets: new Buckets(redact(text)),
    }))
  }

  of(text: string): Message {
    if (text.length <= MAX_KEPT_LENGTH) return this.#memo.of(text)
    // Counted by its first characters.
    return { end: this.#spell(text), buckets: this.#memo.of(text.slice(0, MAX_KEPT_LENGTH)).buckets }
  }
}
