/** Which modules a level is for: a name, or a text with `*` for any characters, none included. */
export class ModulePattern {
  readonly text: string
  /** How much it says: characters that are not stars. */
  readonly weight: number
  readonly #exact: boolean
  readonly #family: string | undefined

  constructor(text: string) {
    this.text = text
    this.weight = text.replaceAll('*', '').length
    this.#exact = !text.includes('*')
    // `wallet.*` is for `wallet` itself too.
    this.#family = text.endsWith('.*') ? text.slice(0, -2) : undefined
  }

  matches(module: string): boolean {
    if (this.#exact) return module === this.text
    return matchesGlob(this.text, module) || (this.#family !== undefined && matchesGlob(this.#family, module))
  }

  /** Whether it says more of a module that both match; undefined when they say as much. */
  isMoreSpecificThan(other: ModulePattern): boolean {
    if (this.#exact !== other.#exact) return this.#exact
    return this.weight > other.weight
  }
}

/** In a time that grows with the product of the lengths at worst, whatever the stars. */
function matchesGlob(glob: string, text: string): boolean {
  let [g, t] = [0, 0]
  let [star, resume] = [-1, 0]
  while (t < text.length) {
    if (glob[g] === '*') {
      star = g++
      resume = t
    } else if (g < glob.length && glob[g] === text[t]) {
      g++
      t++
    } else if (star >= 0) {
      g = star + 1
      t = ++resume
    } else return false
  }
  while (glob[g] === '*') g++
  return g === glob.length
}

const PATTERN = /^[^\s,=\p{Cc}]{1,200}$/u

export function isModulePattern(text: string): boolean {
  return PATTERN.test(text)
}

export const MODULE_PATTERN =
  'the name of a module, or a pattern such as wallet.*, of 1 to 200 characters without blanks, , and ='
