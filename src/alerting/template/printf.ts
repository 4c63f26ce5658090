import { valueText } from './format-value.ts'
import { formatOne } from './format-verb.ts'
import { typeName, type Value } from './value.ts'

/** Wider output is refused, as by Go. */
const MAX_WIDTH = 1_000_000

/** Go's fmt.Sprintf, its complaints in the text included. */
export function sprintf(format: string, values: readonly Value[]): string {
  return new Printer(format, values).print()
}

class Printer {
  readonly #format: string
  readonly #values: readonly Value[]
  #at = 0
  #next = 0
  #reordered = false
  #badIndex = false

  constructor(format: string, values: readonly Value[]) {
    this.#format = format
    this.#values = values
  }

  print(): string {
    let out = ''
    while (this.#at < this.#format.length) {
      const percent = this.#format.indexOf('%', this.#at)
      if (percent < 0) {
        out += this.#format.slice(this.#at)
        break
      }
      out += this.#format.slice(this.#at, percent)
      this.#at = percent + 1
      out += this.#directive()
    }
    if (this.#reordered || this.#next >= this.#values.length) return out
    const extra = this.#values.slice(this.#next)
    const told = extra.map((value) => (value.type === 'nil' ? '<nil>' : `${typeName(value)}=${valueText(value)}`))
    return `${out}%!(EXTRA ${told.join(', ')})`
  }

  #directive(): string {
    let complaints = ''
    this.#badIndex = false
    const flags = new Set<string>()
    while ('#0+- '.includes(this.#peek()) && this.#peek() !== '') flags.add(this.#take())
    let afterIndex = this.#argumentIndex()
    let width: number | undefined
    if (this.#peek() === '*') {
      this.#take()
      width = this.#starred()
      if (width === undefined) complaints += '%!(BADWIDTH)'
      else if (width < 0) {
        width = -width
        flags.add('-')
        flags.delete('0')
      }
      afterIndex = false
    } else {
      width = this.#number()
      if (afterIndex && width !== undefined) this.#badIndex = true
    }
    let precision: number | undefined
    if (this.#peek() === '.') {
      this.#take()
      if (afterIndex) this.#badIndex = true
      afterIndex = this.#argumentIndex()
      if (this.#peek() === '*') {
        this.#take()
        precision = this.#starred()
        if (precision === undefined || precision < 0) {
          precision = undefined
          complaints += '%!(BADPREC)'
        }
        afterIndex = false
      } else precision = this.#number() ?? 0
    }
    if (!afterIndex) this.#argumentIndex()
    const code = this.#format.codePointAt(this.#at)
    if (code === undefined) return `${complaints}%!(NOVERB)`
    const verb = String.fromCodePoint(code)
    this.#at += verb.length
    if (verb === '%') return `${complaints}%`
    if (this.#badIndex) return `${complaints}%!${verb}(BADINDEX)`
    const value = this.#values[this.#next]
    if (value === undefined) return `${complaints}%!${verb}(MISSING)`
    this.#next++
    return complaints + formatOne(value, { flags, width, precision, verb })
  }

  #peek(): string {
    return this.#format.charAt(this.#at)
  }

  #take(): string {
    return this.#format.charAt(this.#at++)
  }

  #number(): number | undefined {
    const [digits = ''] = /^\d+/.exec(this.#format.slice(this.#at, this.#at + 20)) ?? []
    this.#at += digits.length
    const value = Number(digits)
    if (value <= MAX_WIDTH) return digits === '' ? undefined : value
    // Go gives up on the rest of the format.
    this.#at = this.#format.length
    return undefined
  }

  /** A width or a precision that is an argument. */
  #starred(): number | undefined {
    const value = this.#values[this.#next]
    if (value === undefined) return undefined
    this.#next++
    if (value.type !== 'int') return undefined
    const size = Number(value.value)
    return Math.abs(size) > MAX_WIDTH ? undefined : size
  }

  /** `[n]`: the next argument is the nth. */
  #argumentIndex(): boolean {
    if (this.#peek() !== '[') return false
    this.#reordered = true
    const close = this.#format.indexOf(']', this.#at)
    const inside = close < 0 ? '' : this.#format.slice(this.#at + 1, close)
    this.#at = close < 0 ? this.#at + 1 : close + 1
    const index = Number(inside)
    if (/^\d+$/.test(inside) && index >= 1 && index <= this.#values.length) {
      this.#next = index - 1
      return true
    }
    this.#badIndex = true
    return close >= 0
  }
}
