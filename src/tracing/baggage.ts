/** `key=value;property`, https://www.w3.org/TR/baggage/: a token, then anything printable but a comma. */
const MEMBER = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+[ \t]*=[\t\x20-\x2b\x2d-\x7e]*$/
const OWS = /^[ \t]+|[ \t]+$/g

/** The specification asks for 64 members and these bytes at least; earlier drafts of it, and what is built on them, for 180. */
const MAX_MEMBERS = 180
const MAX_BYTES = 8192

/** What may be forwarded of all `baggage` headers: whole members only, in order, as many as the limits allow. */
export function parseBaggage(values: readonly string[]): string | undefined {
  let text = ''
  let count = 0
  for (const raw of values.join(',').split(',')) {
    const member = raw.replace(OWS, '')
    if (!MEMBER.test(member)) continue
    const grown = text === '' ? member : `${text},${member}`
    if (grown.length > MAX_BYTES || count === MAX_MEMBERS) break
    text = grown
    count++
  }
  return text === '' ? undefined : text
}
