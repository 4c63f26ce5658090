import { formatExactTime, formatMoment } from '../../../charts/index.ts'
import type { Redactor } from '../../../logging/index.ts'
import { CEILINGS } from './ceilings.ts'

/** Text of the file itself: escaped, without secrets. Made by a sheet's `html` alone. */
export class Html {
  readonly text: string

  /** @internal */
  constructor(text: string) {
    this.text = text
  }
}

export const NOTHING: Html = new Html('')

/** A value in a template. A text is redacted and escaped. */
export type Inset = string | number | Html | readonly Html[] | undefined

export interface SheetOptions {
  readonly redactor: Redactor
  /** ms since the epoch. */
  readonly window: { readonly from: number; readonly to: number }
  /** Of the IANA's list. */
  readonly zone: string
  /** Ends what is asked of others. */
  readonly signal: AbortSignal
  /** Lets other work have its turn, where this took long. */
  readonly breathe: () => Promise<void>
}

/** Those that would end the text, move it about, or are no text. */
// oxlint-disable-next-line eslint/no-control-regex -- they are what is looked for
const UNSEEN = /[\0-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** What all parts of a snapshot are written on: nothing gets into the file but through it. */
export class Sheet {
  /** Texts that had something to hide. */
  redacted = 0
  readonly window: SheetOptions['window']
  readonly zone: string
  readonly signal: AbortSignal
  readonly breathe: () => Promise<void>
  readonly #redactor: Redactor

  constructor(options: SheetOptions) {
    this.window = options.window
    this.zone = options.zone
    this.signal = options.signal
    this.breathe = options.breathe
    this.#redactor = options.redactor
  }

  /** A piece of the file. */
  readonly html = (literals: TemplateStringsArray, ...insets: readonly Inset[]): Html => {
    const own = compact(literals)
    let text = own[0] ?? ''
    insets.forEach((inset, i) => {
      text += this.#inset(inset) + (own[i + 1] ?? '')
    })
    return new Html(text)
  }

  /** Text of this program alone: nothing is taken out of it, and nothing is escaped. */
  static own(text: string): Html {
    return new Html(text)
  }

  /** What a path is drawn by. @throws Error for anything else */
  drawing(path: string): Html {
    if (!/^[-\d. MLhVz]*$/.test(path)) throw new Error('BUG: no drawing')
    return new Html(path)
  }

  /** The value of a field as text, by the rules for its name too. */
  field(name: string, value: unknown): string {
    const safe = this.#redactor.field(name, value)
    if (safe !== value) this.redacted++
    return typeof safe === 'string' ? safe : (JSON.stringify(safe) ?? 'undefined')
  }

  moment(ms: number): string {
    return formatMoment(ms, true, this.zone)
  }

  exact(ms: number): string {
    return formatExactTime(ms, this.zone)
  }

  #inset(inset: Inset): string {
    if (inset === undefined) return ''
    if (typeof inset === 'number') return String(inset)
    if (inset instanceof Html) return inset.text
    if (typeof inset !== 'string') return inset.map(({ text }) => text).join('')
    return escaped(cut(this.#redact(inset)))
  }

  #redact(text: string): string {
    const safe = this.#redactor.text(text)
    if (safe !== text) this.redacted++
    return safe
  }
}

const COMPACT = new WeakMap<TemplateStringsArray, readonly string[]>()

/** Of a template, without what stands before its lines in the code; what comes to the same in the file. */
function compact(literals: TemplateStringsArray): readonly string[] {
  const known = COMPACT.get(literals)
  if (known !== undefined) return known
  const short = literals.map((literal) => literal.replaceAll(/\s*\n\s*/g, '\n'))
  COMPACT.set(literals, short)
  return short
}

/** Once it is redacted: half a secret would not be known for one. */
function cut(text: string): string {
  const rest = text.length - CEILINGS.text
  return rest <= 0 ? text : `${text.slice(0, CEILINGS.text)} [${rest} more characters]`
}

function escaped(text: string): string {
  return text.replaceAll(UNSEEN, '\uFFFD').replaceAll(/[&<>"']/g, (each) => ESCAPES[each] ?? '')
}
