const OPERATIONS: ReadonlySet<string> = new Set([
  'ALTER',
  'BEGIN',
  'CALL',
  'COMMIT',
  'COPY',
  'CREATE',
  'DELETE',
  'DROP',
  'EXECUTE',
  'EXPLAIN',
  'INSERT',
  'LOCK',
  'MERGE',
  'PREPARE',
  'REPLACE',
  'ROLLBACK',
  'SELECT',
  'SET',
  'SHOW',
  'START',
  'TRUNCATE',
  'UPDATE',
  'VALUES',
  'WITH',
])

const OTHER = '_OTHER'
const BEFORE = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/|\()*/
const MAX_SHAPE = 1000
/** Whoever sends more has put values in the text. */
const MAX_READ = 20_000

/** The first word of a statement when it is one that SQL knows, else `_OTHER`; comments before it are passed over. */
export function operationOf(sql: string): string {
  const at = BEFORE.exec(sql.slice(0, MAX_READ))?.[0].length ?? 0
  const word = /^[a-z]+/i.exec(sql.slice(at, at + 16))?.[0].toUpperCase() ?? ''
  return OPERATIONS.has(word) ? word : OTHER
}

const COMMENT = String.raw`--[^\n]*|/\*[^]*?(?:\*/|$)`
const NUMBER = String.raw`(?<![\w$.])[-+]?(?:0[xX][\da-fA-F]+|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)\b`
const ESCAPED = (quote: string): string => String.raw`${quote}(?:[^${quote}\\]|${quote}${quote}|\\[^])*(?:${quote}|$)`
const PLAIN = (quote: string): string => `${quote}(?:[^${quote}]|${quote}${quote})*(?:${quote}|$)`

/** Whatever is no plain word, so that nothing is looked for within a comment, a text or a name. A text that does not end goes on. */
const TOKENS = {
  names: new RegExp(
    [
      COMMENT,
      String.raw`\b[eE]${ESCAPED("'")}`,
      String.raw`(?:\b[bnxBNX])?${PLAIN("'")}`,
      PLAIN('"'),
      String.raw`\$([A-Za-z_]*)\$[^]*?(?:\$\1\$|$)`,
      String.raw`\$\d+`,
      NUMBER,
    ].join('|'),
    'g',
  ),
  texts: new RegExp(
    [COMMENT, '#[^\\n]*', String.raw`(?:\b[bnxBNX])?${ESCAPED("'")}`, ESCAPED('"'), PLAIN('`'), NUMBER].join('|'),
    'g',
  ),
} as const

/**
 * A statement without its values and comments: each is `?`, lists of them are one. At most 1000 characters. MySQL writes
 * texts in double quotes too, which are names to PostgreSQL.
 */
export function statementShape(sql: string, quotes: 'names' | 'texts'): string {
  const read = sql.slice(0, MAX_READ)
  return read
    .replace(TOKENS[quotes], (found) => {
      if (/^(--|\/\*|#)/.test(found)) return ' '
      return found.startsWith('`') || (quotes === 'names' && found.startsWith('"')) ? found : '?'
    })
    .replace(/\s+/g, ' ')
    .replace(/\?(?: ?, ?\?)+/g, '?')
    .replace(/\( ?\? ?\)(?: ?, ?\( ?\? ?\))+/g, '(?)')
    .trim()
    .slice(0, MAX_SHAPE)
}
