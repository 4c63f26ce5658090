/** What a text has without which no secret of some shape is in it. */
export const TRAITS: {
  readonly assigns: 1
  readonly at: 2
  readonly scheme: 4
  readonly longWord: 8
  readonly manyDigits: 16
} = Object.freeze({ assigns: 1, at: 2, scheme: 4, longWord: 8, manyDigits: 16 })

/** What follows `Bearer` or `Basic`, to be no prose. */
export const SHORTEST_CREDENTIALS = 12
/** The shortest token of a known form is longer, and so is a private key's body. */
const LONG_WORD = 20
/** Of the shortest number of a card, whatever is between its digits. */
const MANY_DIGITS = 13

/** Before `BEGIN` and `END`. */
const KEY_MARK = '-----'

const [WORD, DIGIT, MIXED, CREDENTIAL] = [1, 2, 4, 8]

/** What each character may be part of. Those beyond ASCII are part of nothing. */
const PARTS = new Uint8Array(256)
for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code)
  const of = (pattern: RegExp, part: number): number => (pattern.test(character) ? part : 0)
  PARTS[code] = of(/[\w-]/, WORD) | of(/[\d -]/, DIGIT) | of(/[g-zG-Z_]/, MIXED) | of(/[\w~+/.-]/, CREDENTIAL)
}

/**
 * Every log line passes here: of most texts, one character in four is looked at. Ids of traces and UUIDs are no long words, as no
 * token is made of hexadecimal digits alone.
 */
export function traitsOf(text: string): number {
  let traits = 0
  if (text.includes(':') || text.includes('=')) traits |= TRAITS.assigns
  if (text.includes('@')) traits |= TRAITS.at
  if (hasRun(text, DIGIT, MANY_DIGITS)) traits |= TRAITS.manyDigits
  if (!hasRun(text, CREDENTIAL, SHORTEST_CREDENTIALS)) return traits
  if (text.includes(' ') || text.includes('\t')) traits |= TRAITS.scheme
  // Of a key that is cut off, signs may leave no word long.
  return hasLongWord(text) || text.includes(KEY_MARK) ? traits | TRAITS.longWord : traits
}

/** Whether so many characters of a kind stand in a row. Looks at the last of them first, and skips what cannot be. */
function hasRun(text: string, part: number, length: number): boolean {
  let from = 0
  for (let at = length - 1; at < text.length; at = from + length - 1) {
    let i = at
    while (i >= from && isPart(text, i, part)) i--
    if (i < from) return true
    from = i + 1
  }
  return false
}

function isPart(text: string, i: number, part: number): boolean {
  const code = text.charCodeAt(i)
  return code < PARTS.length && ((PARTS[code] ?? 0) & part) !== 0
}

function hasLongWord(text: string): boolean {
  let length = 0
  let mixed = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const parts = code < PARTS.length ? (PARTS[code] ?? 0) : 0
    if ((parts & WORD) === 0) {
      length = 0
      mixed = false
      continue
    }
    if ((parts & MIXED) !== 0) mixed = true
    if (++length >= LONG_WORD && mixed) return true
  }
  return false
}
