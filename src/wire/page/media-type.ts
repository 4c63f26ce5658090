const TOKEN = /[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]*/y
const QUOTED = /"((?:[^"\\\r\n]|\\[^\r\n])*)"/y
const BLANKS = /\s*/y

export type MediaType = { readonly name: string } | { readonly fault: string }

/** A Content-Type's media type in lower case, or what Go's `mime.ParseMediaType` finds wrong with the header. */
export function parseMediaType(header: string): MediaType {
  const semicolon = header.indexOf(';')
  const base = semicolon < 0 ? header : header.slice(0, semicolon)
  const name = base.trim().toLowerCase()
  const fault = faultOfName(name) ?? faultOfParameters(header, base.length)
  return fault === undefined ? { name } : { fault: `mime: ${fault}` }
}

function faultOfName(name: string): string | undefined {
  const type = match(TOKEN, name, 0)?.[0].length ?? 0
  if (type === 0) return 'no media type'
  if (type === name.length) return undefined
  if (name[type] !== '/') return 'expected slash after first token'
  const end = match(TOKEN, name, type + 1)?.[0].length ?? 0
  if (end === 0) return 'expected token after slash'
  return type + 1 + end === name.length ? undefined : 'unexpected content after media subtype'
}

function faultOfParameters(header: string, from: number): string | undefined {
  const known = new Map<string, string>()
  const skip = (at: number): number => at + (match(BLANKS, header, at)?.[0].length ?? 0)
  for (let at = skip(from); at < header.length; at = skip(at)) {
    const invalid = 'invalid media parameter'
    if (header[at] !== ';') return invalid
    at = skip(at + 1)
    if (at === header.length) return undefined
    const name = match(TOKEN, header, at)?.[0].toLowerCase() ?? ''
    at = skip(at + name.length)
    if (name === '' || header[at] !== '=') return invalid
    at = skip(at + 1)
    const quoted = match(QUOTED, header, at)
    const value = quoted?.[1] ?? match(TOKEN, header, at)?.[0] ?? ''
    at += quoted?.[0].length ?? value.length
    if (value === '' && quoted === null) return invalid
    if ((known.get(name) ?? value) !== value) return 'duplicate parameter name'
    known.set(name, value)
  }
  return undefined
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}
