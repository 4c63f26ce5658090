/** What stands in a pattern for a part of a path that names one of many. The first that fits. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/^[a-z]{1,24}$/, ''],
  [/^-?\d+(?:\.\d+)?$/, ':number'],
  [/^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i, ':uuid'],
  [/^\d{4}-\d{2}-\d{2}/, ':date'],
  [/^(?:0x)?(?=.*\d)[\da-f]{12,}$/i, ':hash'],
  [/^v\d{1,3}(?:\.\d{1,3}){0,2}$/, ''],
  // Opaque ids, such as ULIDs, nanoids, base64: digits among letters, or capitals among small ones, and long.
  [/^(?=.*\d)[\w~-]{12,}$/, ':id'],
  [/^(?=.*[A-Z].*[A-Z])(?=.*[a-z].*[a-z])[\w~-]{16,}$/, ':id'],
  [/^[\w~-]*\d{3,}[\w~-]*$/, ':id'],
  [/^[\w.~-]{1,40}$/, ''],
]

/** What is in no shape: of characters that a route would hardly have, or long. */
const OTHER = ':text'
const MOST_PARTS = 8
const EXTENSION = /^(.+)(\.[a-z]{1,5}\d?)$/

/**
 * A request's target as a pattern, for a server that has no router to ask: ids, UUIDs, hashes and numbers become
 * placeholders, so that `/films/17?x=1` and `/films/18` are one `/films/:number`. Words stay, whoever sends them: their number
 * is for the registry to limit.
 */
export function pathPattern(target: string): string {
  const path = pathOf(target)
  let pattern = ''
  let parts = 0
  for (let from = 0; from < path.length;) {
    const slash = path.indexOf('/', from)
    const end = slash === -1 ? path.length : slash
    if (end > from) {
      if (parts++ === MOST_PARTS) return `${pattern}/*`
      pattern += `/${partPattern(path.slice(from, end))}`
    }
    from = end + 1
  }
  return pattern === '' ? '/' : pattern
}

function pathOf(target: string): string {
  const path = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?#]*/i, '')
  const end = path.search(/[?#]/)
  return end === -1 ? path : path.slice(0, end)
}

/** Most parts are words or numbers: told without an expression, they cost a tenth. */
function partPattern(part: string): string {
  if (isOf(part, CODE_A, CODE_Z) && part.length <= LONGEST_WORD) return part
  return isOf(part, CODE_0, CODE_9) ? ':number' : otherPattern(part)
}

const [CODE_0, CODE_9, CODE_A, CODE_Z] = [0x30, 0x39, 0x61, 0x7a]
const LONGEST_WORD = 24

function isOf(text: string, least: number, most: number): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < least || code > most) return false
  }
  return true
}

function otherPattern(part: string): string {
  const [, stem = part, extension = ''] = EXTENSION.exec(part) ?? []
  const shape = SHAPES.find(([pattern]) => pattern.test(stem))?.[1] ?? OTHER
  return shape === '' ? part : shape + (shape === OTHER ? '' : extension)
}
