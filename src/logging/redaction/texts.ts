import { redactAssignments } from './assignments.ts'
import { redactCards } from './card.ts'
import { redactEmails } from './emails.ts'
import type { Names } from './names.ts'
import type { Shape } from './options.ts'
import { redactJwts, redactPrivateKeys, redactSchemes, redactTokens } from './tokens.ts'
import { TRAITS, traitsOf } from './traits.ts'
import { redactUrls } from './urls.ts'

type Redact = (text: string, replacement: string) => string

interface Step {
  /** The text has one of them, or there is nothing to find. */
  readonly traits: number
  readonly redact: Redact
}

/** A text that is longer is not looked at beyond this, nor shown. */
export const LONGEST: number = 2 ** 16
const SHORTEST = 4
/** In every line of a request. */
const TRACE_ID = /^[\da-f]*$/
const TRACE_ID_LENGTH = 32

/** Takes secrets out of texts by their looks. The time it takes grows with the text's length and no faster. */
export class Texts {
  readonly #steps: readonly Step[]
  readonly #traits: number
  readonly #replacement: string

  constructor(shapes: readonly Shape[], emails: boolean, names: () => Names, replacement: string) {
    const { assigns, at, scheme, longWord, manyDigits } = TRAITS
    // In this order: what an earlier one has taken out is nothing to a later one.
    const all: readonly (Step & { readonly shape: Shape | 'email' })[] = [
      { shape: 'privateKey', traits: longWord, redact: redactPrivateKeys },
      { shape: 'url', traits: at, redact: redactUrls },
      { shape: 'authorization', traits: scheme, redact: redactSchemes },
      { shape: 'jwt', traits: longWord, redact: redactJwts },
      { shape: 'token', traits: longWord, redact: redactTokens },
      { shape: 'assignment', traits: assigns, redact: (text) => redactAssignments(text, names(), replacement) },
      { shape: 'card', traits: manyDigits, redact: redactCards },
      { shape: 'email', traits: at, redact: redactEmails },
    ]
    const wanted = new Set<string>(emails ? [...shapes, 'email'] : shapes)
    this.#steps = all.filter(({ shape }) => wanted.has(shape))
    this.#traits = this.#steps.reduce((traits, step) => traits | step.traits, 0)
    this.#replacement = replacement
  }

  redact(text: string): string {
    if (text.length < SHORTEST || (text.length === TRACE_ID_LENGTH && TRACE_ID.test(text))) return text
    if (text.length > LONGEST) return this.#redactLong(text)
    const traits = traitsOf(text) & this.#traits
    return traits === 0 ? text : this.#redactAll(text, traits)
  }

  #redactAll(text: string, traits: number): string {
    let safe = text
    for (const step of this.#steps) if ((traits & step.traits) !== 0) safe = step.redact(safe, this.#replacement)
    return safe
  }

  /** Cut where a word ends, so that no half of a secret is left at the cut. */
  #redactLong(text: string): string {
    const cut = text.lastIndexOf(' ', LONGEST)
    const at = cut > LONGEST / 2 ? cut : LONGEST
    return `${this.redact(text.slice(0, at))}[${text.length - at} more characters]`
  }
}
