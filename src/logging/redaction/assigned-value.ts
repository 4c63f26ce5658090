/** What a secret's name stands before. */
export interface Assigned {
  readonly name: string
  readonly inProse: boolean
  readonly replacement: string
}

export interface Extent {
  readonly from: number
  readonly to: number
}

const MOST_BLANKS = 8
/** They say that there is no secret, and help who looks for it. */
const NOTHING = /^(?:null|undefined|true|false|none|nil|NaN)$/
const WORD = /^[A-Za-z][a-z']*$/
const SHORTEST_WORD = 3
/** Of the credentials of these, several parts. */
const OF_PARTS = /(?:digest|oauth|hawk|aws4-[\w-]{1,20})[ \t]/iy
const KNOWN_SCHEME = /(?:bearer|basic|token|apikey|negotiate|ntlm)[ \t]/iy
const SCHEME = /[A-Za-z][\w-]{0,30}[ \t]{1,4}(?=[^\s"'`,;])/y

/** What is assigned at a separator; undefined where it is none, or nothing. */
export function valueAfter(text: string, separator: number, assigned: Assigned): Extent | undefined {
  const start = startOf(text, separator)
  if (start === undefined) return undefined
  const { name, replacement } = assigned
  const open = text.slice(start, start + 8).match(/^\\*["'`]/)?.[0]
  if (open !== undefined) return changed(text, quoted(text, start, open), replacement)
  const redacted = text.startsWith(replacement, start)
  if (!redacted && /[[{]/.test(text.charAt(start))) return changed(text, bracketed(text, start), replacement)
  if (/cookie/i.test(name)) return changed(text, { from: start, to: endOfCookies(text, start) }, replacement)
  const isAuthorization = /authorization/i.test(name)
  if (isAuthorization && standsAt(OF_PARTS, text, start)) {
    return changed(text, { from: start, to: endOfLine(text, start) }, replacement)
  }
  const from = isAuthorization ? afterScheme(text, start) : start
  // A replacement may have blanks of its own.
  const to = endOfWord(text, text.startsWith(replacement, from) ? from + replacement.length : from)
  const isKnown = isAuthorization && standsAt(KNOWN_SCHEME, text, start)
  if (!isKnown && isProse(text, { from, to }, { ...assigned, separator, start })) return undefined
  return changed(text, { from, to }, replacement)
}

/** Not of `==`, `=>`, `::` and `://`. */
function startOf(text: string, separator: number): number | undefined {
  let at = separator + 1
  const next = text.charAt(at)
  if (text.charAt(separator) === ':') {
    if (next === ':' || text.startsWith('//', at)) return undefined
    if (next === '=') at++
  } else if (next === '=' || next === '~') return undefined
  else if (next === '>') {
    if (!/^>\s{0,4}["']/.test(text.slice(at, at + 6))) return undefined
    at++
  }
  for (let blanks = 0; blanks < MOST_BLANKS && /[ \t]/.test(text.charAt(at)); blanks++) at++
  return at < text.length ? at : undefined
}

function changed(text: string, { from, to }: Extent, replacement: string): Extent | undefined {
  const value = text.slice(from, to)
  return value === '' || value === replacement || NOTHING.test(value) ? undefined : { from, to }
}

/** Up to the quote that is escaped as often as the first; to the text's end where there is none. */
function quoted(text: string, start: number, open: string): Extent {
  const from = start + open.length
  if (open.length > 1) {
    const close = text.indexOf(open, from)
    return { from, to: close < 0 ? text.length : close }
  }
  for (let i = from; i < text.length; i++) {
    const character = text.charAt(i)
    if (character === '\\') i++
    else if (character === open) return { from, to: i }
  }
  return { from, to: text.length }
}

function bracketed(text: string, start: number): Extent {
  let depth = 0
  for (let i = start; i < text.length; i++) {
    const character = text.charAt(i)
    if (character === '[' || character === '{') depth++
    else if ((character === ']' || character === '}') && --depth === 0) return { from: start, to: i + 1 }
  }
  return { from: start, to: text.length }
}

/** `a=b; c=d`, with what follows each. */
function endOfCookies(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const character = text.charAt(i)
    if (/[\r\n"'`]/.test(character)) return i
    if (character === ' ' && text.charAt(i - 1) !== ';') return i
  }
  return text.length
}

function endOfLine(text: string, from: number): number {
  const length = text.slice(from).search(/[\r\n]/)
  return length < 0 ? text.length : from + length
}

function standsAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at
  return pattern.test(text)
}

/** Behind `Bearer `, `Digest `, `Token `. */
function afterScheme(text: string, from: number): number {
  return standsAt(SCHEME, text, from) ? SCHEME.lastIndex : from
}

/** A comma, semicolon or bracket ends it only where something else follows: passwords have them too. */
function endOfWord(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const character = text.charAt(i)
    if (/[\s"'`<>&|\\]/.test(character)) return i
    if (/[,;]/.test(character) && /^(?:$|[\s"']|[\w.-]{1,64}["']?\s?[=:])/.test(text.slice(i + 1, i + 70))) return i
    if (/[)\]}]/.test(character) && /^[)\]}]*(?:$|[\s"'.,;:])/.test(text.slice(i, i + 8))) return i
  }
  return text.length
}

/** `Unexpected token: this`, `token: see the manual`: a word and no secret. Where nothing speaks for prose it is one. */
function isProse(
  text: string,
  { from, to }: Extent,
  { inProse, separator, start }: Pick<Assigned, 'inProse'> & { readonly separator: number; readonly start: number },
): boolean {
  if (text.charAt(separator) !== ':' || start === separator + 1) return false
  const word = text.slice(from, to).replace(/[.!?]$/, '')
  if (!WORD.test(word)) return false
  return inProse || word.length < SHORTEST_WORD || /^[ \t]+[A-Za-z(]/.test(text.slice(to, to + 4))
}
