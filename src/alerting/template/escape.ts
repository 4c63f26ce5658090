import { isPrintable } from './go-text.ts'

const HTML: ReadonlyMap<string, string> = new Map([
  ['\0', '\uFFFD'],
  ['"', '&#34;'],
  ["'", '&#39;'],
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
])
const SCRIPT: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ["'", "\\'"],
  ['"', '\\"'],
  ['<', '\\u003C'],
  ['>', '\\u003E'],
  ['&', '\\u0026'],
  ['=', '\\u003D'],
])

export function escapeHtml(text: string): string {
  return text.replaceAll(/["'&<>\0]/g, (char) => HTML.get(char) ?? char)
}

export function escapeScript(text: string): string {
  return Array.from(text, (char) => {
    const known = SCRIPT.get(char)
    if (known !== undefined) return known
    const code = char.codePointAt(0) ?? 0
    const plain = code < 0x80 ? code >= 0x20 : isPrintable(char)
    return plain ? char : `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`
  }).join('')
}

/** Go's url.QueryEscape: a space is a plus. */
export function escapeQuery(text: string): string {
  const escaped = encodeURIComponent(text.toWellFormed())
  return escaped
    .replaceAll('%20', '+')
    .replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
