/** Queries that were run in this browser, the newest first. */
export const MOST_REMEMBERED = 50
const KEY = 'boxman.explore.history'

/** With the query at the front, once. */
export function remembered(history: readonly string[], expr: string): readonly string[] {
  const text = expr.trim()
  if (text === '') return history
  return [text, ...history.filter((each) => each !== text)].slice(0, MOST_REMEMBERED)
}

/** Those with every word, in any order. */
export function found(history: readonly string[], words: string): readonly string[] {
  const wanted = words.toLowerCase().split(/\s+/)
  return history.filter((expr) => wanted.every((word) => expr.toLowerCase().includes(word)))
}

/** What cannot be read is no history. */
export function readHistory(text: string | null): readonly string[] {
  try {
    const stored: unknown = JSON.parse(text ?? '[]')
    if (!Array.isArray(stored)) return []
    return stored.filter((each): each is string => typeof each === 'string').slice(0, MOST_REMEMBERED)
  } catch {
    return []
  }
}

export function loadHistory(): readonly string[] {
  try {
    return readHistory(localStorage.getItem(KEY))
  } catch {
    return []
  }
}

export function saveHistory(history: readonly string[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(history))
  } catch {
    // A browser that keeps nothing has none next time.
  }
}
