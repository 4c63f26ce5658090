/** Letters that stand for two, and have a form with one capital. */
const DIGRAPHS: ReadonlyMap<string, string> = new Map(
  ['Ǆǅǆ', 'Ǉǈǉ', 'Ǌǋǌ', 'Ǳǲǳ'].flatMap(([upper = '', title = '', lower = '']) => [
    [upper, title],
    [lower, title],
  ]),
)
const LETTER = /\p{L}/u
const IN_WORD = /[\p{L}\p{N}\p{M}_]/u
/** Between two letters these do not end a word. */
const MID_LETTER = /['.:·‘’․]/

/** Each word with a capital, the rest as it is: as Go's cases.Title with NoLower. */
export function title(given: string): string {
  const chars = Array.from(given)
  let begun = false
  return chars
    .map((char, i) => {
      if (LETTER.test(char)) {
        const capital = begun ? char : (DIGRAPHS.get(char) ?? oneChar(char, char.toUpperCase()))
        begun = true
        return capital
      }
      const within = MID_LETTER.test(char) && LETTER.test(chars[i - 1] ?? '') && LETTER.test(chars[i + 1] ?? '')
      begun &&= within || IN_WORD.test(char)
      return char
    })
    .join('')
}

/** Character by character, and each stays one. */
export function mapChars(given: string, map: (char: string) => string): string {
  return Array.from(given, (char) => oneChar(char, map(char))).join('')
}

function oneChar(char: string, mapped: string): string {
  return Array.from(mapped).length === 1 ? mapped : char
}
