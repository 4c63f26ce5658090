/** `a="1",b="2"`, without the labels that are among `except`. */
export function labelText(labels: object, except?: object): string {
  let text = ''
  for (const [name, value] of Object.entries(labels)) {
    if (except !== undefined && Object.hasOwn(except, name)) continue
    text += `${text === '' ? '' : ','}${name}="${escapeValue(String(value))}"`
  }
  return text
}

export function numberText(value: unknown): string {
  if (Number.isNaN(value)) return 'Nan'
  if (value === Infinity) return '+Inf'
  if (value === -Infinity) return '-Inf'
  return String(value)
}

/** For HELP. */
export function escapeText(text: string): string {
  return /[\\\n]/.test(text) ? text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n') : text
}

function escapeValue(text: string): string {
  return /[\\\n"]/.test(text) ? escapeText(text).replaceAll('"', '\\"') : text
}

/** Two texts, with a comma when there are two. */
export function joined(before: string, after: string): string {
  if (before === '') return after
  return after === '' ? before : `${before},${after}`
}
