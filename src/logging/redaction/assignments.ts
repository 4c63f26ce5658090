import type { Names } from './names.ts'
import { valueAfter } from './assigned-value.ts'

const MOST_NAME = 64
const NAME = /[\w.-]/
const [COLON, EQUALS] = [58, 61]

/** Secrets with their names: `password=x`, `?token=x`, `{"api_key":"x"}`, `Cookie: a=b`. */
export function redactAssignments(text: string, names: Names, replacement: string): string {
  let out = ''
  let copied = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code !== EQUALS && code !== COLON) continue
    const name = nameBefore(text, i, copied)
    if (name === undefined || !names.isSecret(name.text)) continue
    const value = valueAfter(text, i, { name: name.text, inProse: name.inProse, replacement })
    if (value === undefined) continue
    out += text.slice(copied, value.from) + replacement
    copied = value.to
    i = value.to - 1
  }
  return out + text.slice(copied)
}

interface NameInText {
  readonly text: string
  /** A word stands before it: `invalid token: expired`. */
  readonly inProse: boolean
}

/** The name that ends at a separator; in quotes and brackets too, as in `{\"token\":` or `env["TOKEN"] =`. */
function nameBefore(text: string, separator: number, floor: number): NameInText | undefined {
  let end = separator
  for (let spaces = 0; spaces < 2 && end > floor && isBlank(text, end - 1); spaces++) end--
  if (text.charAt(end - 1) === ']') end--
  if (/["'`]/.test(text.charAt(end - 1))) {
    end--
    while (end > floor && text.charAt(end - 1) === '\\') end--
  }
  let from = end
  while (from > floor && end - from < MOST_NAME && NAME.test(text.charAt(from - 1))) from--
  if (end - from < 2) return undefined
  const inProse = isBlank(text, from - 1) && /[a-z]/i.test(text.charAt(from - 2))
  return { text: text.slice(from, end), inProse }
}

function isBlank(text: string, i: number): boolean {
  const character = text.charAt(i)
  return character === ' ' || character === '\t'
}
