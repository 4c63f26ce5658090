const ASCII = 128

/** Part of a class: ranges of code points, or a Unicode property. Negation stands after case folding. */
export type ClassItem =
  | { readonly ranges: readonly (readonly [low: number, high: number])[]; readonly negated?: boolean }
  | { readonly property: string; readonly negated?: boolean }

/** A set of code points. One character is tested at a time, so the engine's own expressions serve as its tables. */
export class CharClass {
  readonly items: readonly ClassItem[]
  readonly negated: boolean
  readonly fold: boolean
  readonly #ascii = new Uint8Array(ASCII)
  readonly #tests: readonly ((char: number) => boolean)[]

  /** With `fold`, letters match in either case, by Unicode's simple folding. */
  constructor(items: readonly ClassItem[], options: { readonly negated?: boolean; readonly fold?: boolean } = {}) {
    this.items = items
    this.negated = options.negated ?? false
    this.fold = options.fold ?? false
    this.#tests = items.map((item) => itemTest(item, this.fold))
    for (let char = 0; char < ASCII; char++) this.#ascii[char] = this.#test(char) ? 1 : 0
  }

  has(char: number): boolean {
    return char < ASCII ? this.#ascii[char] === 1 : this.#test(char)
  }

  /** Its characters, when they are few and listed one by one. */
  listed(limit: number): readonly number[] | undefined {
    if (this.negated || this.fold) return undefined
    const chars: number[] = []
    for (const item of this.items) {
      if (!('ranges' in item) || item.negated === true) return undefined
      for (const [low, high] of item.ranges) {
        if (chars.length + high - low >= limit) return undefined
        for (let char = low; char <= high; char++) chars.push(char)
      }
    }
    return chars
  }

  #test(char: number): boolean {
    return this.#tests.some((test) => test(char)) !== this.negated
  }
}

function itemTest(item: ClassItem, fold: boolean): (char: number) => boolean {
  const negated = item.negated ?? false
  if ('ranges' in item && !fold) {
    const { ranges } = item
    return (char) => ranges.some(([low, high]) => char >= low && char <= high) !== negated
  }
  const body = 'ranges' in item ? item.ranges.map(([low, high]) => `${hex(low)}-${hex(high)}`).join('') : item.property
  if (body === '') return () => negated
  const single = new RegExp(`^[${body}]$`, fold ? 'iu' : 'u')
  return (char) => single.test(String.fromCodePoint(char)) !== negated
}

function hex(char: number): string {
  return `\\u{${char.toString(16)}}`
}

const range = (low: string, high: string): [number, number] => [low.charCodeAt(0), high.charCodeAt(0)]
const one = (char: string): [number, number] => range(char, char)
const DIGIT = [range('0', '9')]
const UPPER = [range('A', 'Z')]
const LOWER = [range('a', 'z')]
const ALPHA = [...UPPER, ...LOWER]
const ALNUM = [...DIGIT, ...ALPHA]
const WORD = [...ALNUM, one('_')]
const SPACE = [range('\t', '\n'), range('\f', '\r'), one(' ')]

/** The classes of Perl are those of ASCII, as in RE2. */
export const PERL_CLASSES: ReadonlyMap<string, readonly (readonly [number, number])[]> = new Map([
  ['d', DIGIT],
  ['s', SPACE],
  ['w', WORD],
])

export const POSIX_CLASSES: ReadonlyMap<string, readonly (readonly [number, number])[]> = new Map([
  ['alnum', ALNUM],
  ['alpha', ALPHA],
  ['ascii', [range('\0', '\x7f')]],
  ['blank', [one('\t'), one(' ')]],
  ['cntrl', [range('\0', '\x1f'), one('\x7f')]],
  ['digit', DIGIT],
  ['graph', [range('!', '~')]],
  ['lower', LOWER],
  ['print', [range(' ', '~')]],
  ['punct', [range('!', '/'), range(':', '@'), range('[', '`'), range('{', '~')]],
  ['space', [range('\t', '\r'), one(' ')]],
  ['upper', UPPER],
  ['word', WORD],
  ['xdigit', [...DIGIT, range('A', 'F'), range('a', 'f')]],
])

export function isWordChar(char: number): boolean {
  return WORD.some(([low, high]) => char >= low && char <= high)
}
