import type { Names } from './names.ts'
import { valueAfter } from './assigned-value.ts'

const MOST_NAME = 64
const SHORTEST_NAME = 3
const [COLON, EQUALS, SPACE, TAB, BRACKET, BACKSLASH] = [58, 61, 32, 9, 93, 92]
const NAME = new Uint8Array(128)
for (let code = 0; code < NAME.length; code++) NAME[code] = /[\w.-]/.test(String.fromCharCode(code)) ? 1 : 0

/** Secrets with their names: `password=x`, `?token=x`, `{"api_key":"x"}`, `Cookie: a=b`. */
export function redactAssignments(text: string, names: Names, replacement: string): string {
  let out = ''
  let copied = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code !== EQUALS && code !== COLON) continue
    const name = nameBefore(text, i, copied)
    if (name === undefined || !names.isSecret(name.text)) continue
    const value = valueAfter(text, i, { name: name.text, inProse: isInProse(text, name.from), replacement })
    if (value === undefined) continue
    out += text.slice(copied, value.from) + replacement
    copied = value.to
    i = value.to - 1
  }
  return out + text.slice(copied)
}

interface NameInText {
  readonly text: string
  readonly from: number
}

/** The name that ends at a separator; in quotes and brackets too, as in `{\"token\":` or `env["TOKEN"] =`. */
function nameBefore(text: string, separator: number, floor: number): NameInText | undefined {
  let end = separator
  for (let spaces = 0; spaces < 2 && end > floor && isBlank(text, end - 1); spaces++) end--
  if (text.charCodeAt(end - 1) === BRACKET) end--
  if (isQuote(text.charCodeAt(end - 1))) {
    end--
    while (end > floor && text.charCodeAt(end - 1) === BACKSLASH) end--
  }
  let from = end
  while (from > floor && end - from < MOST_NAME && NAME[text.charCodeAt(from - 1)] === 1) from--
  if (end - from < SHORTEST_NAME) return undefined
  return { text: text.slice(from, end), from }
}

/** A word stands before the name: `invalid token: expired`. */
function isInProse(text: string, from: number): boolean {
  return isBlank(text, from - 1) && /[a-z]/i.test(text.charAt(from - 2))
}

function isBlank(text: string, i: number): boolean {
  const code = text.charCodeAt(i)
  return code === SPACE || code === TAB
}

function isQuote(code: number): boolean {
  return code === 0x22 || code === 0x27 || code === 0x60
}
