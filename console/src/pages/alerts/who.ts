import { facts } from '../../data/facts.ts'

const KEY = 'boxman.who'

/** Under whose name something is done: who logged in, or what was said the last time. */
export function whoIsIt(): string {
  const name = facts.peek()?.visitor.name
  if (name !== undefined) return name
  try {
    return localStorage.getItem(KEY) ?? ''
  } catch {
    return ''
  }
}

export function isKnown(): boolean {
  return facts.value?.visitor.name !== undefined
}

export function keepWho(name: string): void {
  try {
    localStorage.setItem(KEY, name)
  } catch {
    // It is asked for again the next time.
  }
}
