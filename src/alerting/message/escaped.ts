import { clip } from './truncate.ts'

/** A text that is cut before it is escaped, so that what is escaped has `max` units at most and no escape is broken. */
export function escapedClip(text: string, max: number, escape: (text: string) => string): string {
  let keep = Math.min(text.length, max)
  for (;;) {
    const escaped = escape(text.length <= keep ? text : clip(text, keep))
    const excess = escaped.length - max
    if (excess <= 0 || keep <= 0) return escaped
    keep = Math.max(0, keep - Math.max(1, Math.ceil(excess / 6)))
  }
}

/** Without control characters, but for new lines. */
export function printable(text: string): string {
  return text.toWellFormed().replaceAll(/[^\P{Cc}\n]/gu, ' ')
}
