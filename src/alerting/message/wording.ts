import type { Notification } from '../dispatch-types.ts'
import { GoTemplates, type TemplateFile } from './go-templates.ts'
import { type Message, messageOf } from './message.ts'
import { clip } from './truncate.ts'

/** The kinds of channels whose messages templates can change. */
export type WordedKind = 'pagerduty' | 'slack' | 'msteams' | 'email' | 'sms' | 'discord' | 'telegram' | 'ntfy'

/** What a template may say; what it leaves out is as it would be without it. */
export interface Words {
  /** E-mail: the subject. PagerDuty: the summary. Telegram and SMS have none. */
  readonly title?: string
  /** Instead of the list of alerts. PagerDuty has none. */
  readonly text?: string
  /** Of an e-mail; it is not escaped. */
  readonly html?: string
  /** Of PagerDuty: added to its details. */
  readonly details?: Readonly<Record<string, string>>
}

/** A text is the same as only `text`, or `title` for PagerDuty. */
export type MessageTemplate = (notification: Notification, message: Message) => Words | string
export type Templates = { readonly [Kind in WordedKind]?: MessageTemplate }

/** Templates in TypeScript, by channel. */
export function defineTemplates(templates: Templates): Templates {
  return templates
}

const MAX_FAULT = 300

/** All that messages are made with. */
export class MessageTemplates {
  readonly typed: Templates
  readonly go: GoTemplates

  /** @throws TemplateError for a file that cannot be read. */
  constructor({
    typed = {},
    files = [],
  }: { readonly typed?: Templates; readonly files?: readonly TemplateFile[] } = {}) {
    this.typed = typed
    this.go = new GoTemplates(files)
  }
}

/** The words of one message. A template's fault takes nothing from it but the template's own text. */
export class Wording {
  readonly message: Message
  readonly #notification: Notification
  readonly #go: GoTemplates
  readonly #typed: Words
  readonly #faults: string[] = []

  constructor(kind: WordedKind, notification: Notification, { typed, go }: MessageTemplates) {
    this.message = messageOf(notification)
    this.#notification = notification
    this.#go = go
    this.#typed = this.#ask(kind, typed[kind])
  }

  /** Undefined: no template says anything of it. */
  text(field: 'title' | 'text', source: string | undefined): string | undefined {
    return nonEmpty(this.#typed[field]) ?? nonEmpty(this.expand(field, source))
  }

  html(source: string | undefined): string | undefined {
    return nonEmpty(this.#typed.html) ?? nonEmpty(this.expand('html', source, true))
  }

  get details(): Readonly<Record<string, string>> {
    return this.#typed.details ?? {}
  }

  /** A Go template of the channel's options; undefined when there is none or it has a fault. */
  expand(field: string, source: string | undefined, html = false): string | undefined {
    if (source === undefined) return undefined
    const expanded = this.#go.expand(source, this.#notification, { html })
    if (expanded.ok) return expanded.text
    this.#faults.push(clip(`${field}: ${expanded.fault}`, MAX_FAULT))
    return undefined
  }

  /** What went wrong with templates so far; undefined: nothing. */
  get fault(): string | undefined {
    return this.#faults.length === 0 ? undefined : clip(this.#faults.join('; '), 2 * MAX_FAULT)
  }

  /** Said at the end of the message; '': nothing to say. */
  get footer(): string {
    return this.fault === undefined ? '' : `A template has a fault, this is the default text. ${this.fault}`
  }

  #ask(kind: WordedKind, template: MessageTemplate | undefined): Words {
    if (template === undefined) return {}
    try {
      const words = template(this.#notification, this.message)
      if (typeof words === 'string') return kind === 'pagerduty' ? { title: words } : { text: words }
      return checked(words)
    } catch (cause) {
      this.#faults.push(clip(cause instanceof Error ? cause.message : String(cause), MAX_FAULT))
      return {}
    }
  }
}

/** What a template in JavaScript gives may be anything. */
function checked(words: Words): Words {
  for (const field of ['title', 'text', 'html'] as const) {
    const value: unknown = words[field]
    if (value !== undefined && typeof value !== 'string') {
      throw new TypeError(`${field} is a ${typeof value}, not a text`)
    }
  }
  for (const [name, value] of Object.entries<unknown>(words.details ?? {})) {
    if (typeof value !== 'string') throw new TypeError(`the detail ${name} is a ${typeof value}, not a text`)
  }
  return words
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text.toWellFormed()
}
