/** What a text has without which no secret of some shape is in it. */
export const TRAITS: {
  readonly assigns: 1
  readonly at: 2
  readonly scheme: 4
  readonly longWord: 8
  readonly manyDigits: 16
  readonly dashes: 32
} = Object.freeze({ assigns: 1, at: 2, scheme: 4, longWord: 8, manyDigits: 16, dashes: 32 })

/** The shortest token of a known form is longer. */
const LONG_WORD = 20
/** Of the shortest number of a card. */
const MANY_DIGITS = 13

const [OTHER, SPACE, DIGIT, HEX, LETTER, DASH, ASSIGN, AT, B] = [0, 1, 2, 3, 4, 5, 6, 7, 8]
const DASHES = '-----'

const CLASS = new Uint8Array(128)
for (let code = 0; code < CLASS.length; code++) CLASS[code] = classOf(String.fromCharCode(code))

function classOf(character: string): number {
  if (/\d/.test(character)) return DIGIT
  if (/b/i.test(character)) return B
  if (/[a-f]/i.test(character)) return HEX
  if (/\w/.test(character)) return LETTER
  const at = ' -=:@'.indexOf(character)
  return [SPACE, DASH, ASSIGN, ASSIGN, AT][at] ?? OTHER
}

/**
 * One look at every character: every log line passes here. Ids of traces and UUIDs, whose letters are those of hexadecimal
 * numbers, are no long words: no token is made of these alone.
 */
export function traitsOf(text: string): number {
  let traits = 0
  let word = 0
  let mixed = false
  let digits = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const found = code < CLASS.length ? CLASS[code] : OTHER
    if (found === LETTER || found === HEX || found === B) {
      digits = 0
      if (found === LETTER) mixed = true
      else if (found === B && isScheme(text, i)) traits |= TRAITS.scheme
      if (++word >= LONG_WORD && mixed) traits |= TRAITS.longWord
    } else if (found === DIGIT) {
      if (++digits >= MANY_DIGITS) traits |= TRAITS.manyDigits
      if (++word >= LONG_WORD && mixed) traits |= TRAITS.longWord
    } else if (found === DASH) {
      word++
      if (text.startsWith(DASHES, i)) traits |= TRAITS.dashes
    } else {
      word = 0
      mixed = false
      if (found === SPACE) continue
      digits = 0
      if (found === ASSIGN) traits |= TRAITS.assigns
      else if (found === AT) traits |= TRAITS.at
    }
  }
  return traits
}

/** Whether `bearer` or `basic` may begin here. */
function isScheme(text: string, i: number): boolean {
  const second = text.charCodeAt(i + 1) | 0x20
  const third = text.charCodeAt(i + 2) | 0x20
  return (second === 0x65 && third === 0x61) || (second === 0x61 && third === 0x73)
}
