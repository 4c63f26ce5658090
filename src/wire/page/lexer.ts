/** What stands at a place of a page, by the names that Prometheus' messages have for it. */
export type Token =
  | 'INVALID'
  | 'EOF'
  | 'LINEBREAK'
  | 'HELP'
  | 'TYPE'
  | 'UNIT'
  | 'EOFWORD'
  | 'TEXT'
  | 'COMMENT'
  | 'MNAME'
  | 'QSTRING'
  | 'BOPEN'
  | 'BCLOSE'
  | 'LNAME'
  | 'LVALUE'
  | 'COMMA'
  | 'EQUAL'
  | 'TIMESTAMP'
  | 'VALUE'

/** Cuts a page into tokens: which of them may come next depends on what came before. */
export interface Lexer {
  readonly bytes: Buffer
  /** The page's length; behind it `bytes` has a NUL. */
  readonly end: number
  /** The last token, or how far it was read before it turned out to be invalid. */
  readonly start: number
  readonly at: number
  /** Whether the last token, a quoted one, has bytes beyond ASCII. */
  readonly beyondAscii: boolean
  /** Goes on to the next token. */
  lex(): Token
  /** Goes on behind labels, to where a label may come. */
  skipTo(at: number): void
}

export const NUL = 0
export const TAB = 0x09
export const NEWLINE = 0x0a
export const SPACE = 0x20
export const QUOTE = 0x22
export const HASH = 0x23
export const COMMA = 0x2c
export const EQUALS = 0x3d
export const BACKSLASH = 0x5c
export const OPEN = 0x7b
export const CLOSE = 0x7d

/** Of a byte: may it begin a label's name, begin a metric's, stand within a label's, within a metric's. */
export const LABEL_START = 1
export const METRIC_START = 2
export const LABEL_PART = 4
export const METRIC_PART = 8

export const NAME_BYTES: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte)
  if (/[a-zA-Z_]/.test(char)) return LABEL_START | METRIC_START | LABEL_PART | METRIC_PART
  if (char === ':') return METRIC_START | METRIC_PART
  return /[0-9]/.test(char) ? LABEL_PART | METRIC_PART : 0
})

/** Where the run of bytes of that class ends. */
export function endOfName(bytes: Buffer, from: number, part: number): number {
  let at = from
  while (((NAME_BYTES[bytes[at] ?? 0] ?? 0) & part) !== 0) at++
  return at
}

/** Where the word is no longer followed, from `from`. */
export function endOfMatch(bytes: Buffer, from: number, word: string): number {
  let i = 0
  while (i < word.length && bytes[from + i] === word.charCodeAt(i)) i++
  return from + i
}
