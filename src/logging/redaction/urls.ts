const MARK = '://'
/** Of what may stand before a host. */
const MOST = 2048
/** A user's name is hardly longer; a token in its place is. */
const LONGEST_USER = 19
const PORT = /^\d{0,5}$/
const END_OF_URL = /[\s"'`<>]/

/** Passwords in URLs: `postgres://user:[redacted]@host`; and a user so long that it is a token. */
export function redactUrls(text: string, replacement: string): string {
  let out = ''
  let copied = 0
  let at = -1
  for (let mark = text.indexOf(MARK); mark >= 0; mark = text.indexOf(MARK, mark + 1)) {
    const from = mark + MARK.length
    if (at < from) at = text.indexOf('@', from)
    if (at < 0) break
    if (at - from > MOST) continue
    const to = endOfCredentials(text, from, at)
    if (to < 0) continue
    const colon = text.indexOf(':', from)
    const hasPassword = colon >= 0 && colon < to
    const secret = hasPassword ? colon + 1 : from
    const tooShort = hasPassword ? secret === to : to - from <= LONGEST_USER
    if (tooShort || text.slice(secret, to) === replacement) continue
    out += text.slice(copied, secret) + replacement
    copied = to
  }
  return out + text.slice(copied)
}

/** Where the host's `@` is, with the first `@` known; -1 where there is none. A password may hold `/`, `?`, `#` and `@` as they are. */
function endOfCredentials(text: string, from: number, at: number): number {
  const before = text.slice(from, at)
  if (END_OF_URL.test(before)) return -1
  const end = before.search(/[/?#]/)
  if (end < 0) return lastAt(text, at)
  const colon = before.indexOf(':')
  // `host:8080/path?mail=a@b`, or no colon at all: the `@` is not the host's.
  return colon < 0 || colon > end || PORT.test(before.slice(colon + 1, end)) ? -1 : at
}

function lastAt(text: string, first: number): number {
  let last = first
  for (let i = first + 1; i < text.length && i < first + MOST; i++) {
    const character = text.charAt(i)
    if (character === '@') last = i
    else if (character === '/' || character === '?' || character === '#' || END_OF_URL.test(character)) break
  }
  return last
}
