import type { JSX } from 'preact'

/** A text with the places marked that are looked for, in any case. */
export function Marked({ text, marks }: { readonly text: string; readonly marks: readonly string[] }): JSX.Element {
  const wanted = marks.filter((mark) => mark !== '')
  if (wanted.length === 0) return <>{text}</>
  const pattern = new RegExp(`(${wanted.map(escaped).join('|')})`, 'gi')
  return <>{text.split(pattern).map((part, i) => (i % 2 === 1 ? <mark key={i}>{part}</mark> : part))}</>
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}
