import { follower, type Thread } from './captures.ts'
import { after, type Program } from './program.ts'

/** What searches have cost together, and may cost: about as many as characters times ways to match. */
export interface SearchWork {
  steps: number
  readonly most: number
}

/**
 * The leftmost match from `from` on, the best way if there are several: its slots as `capture` gives them, whole match
 * first. What stands before `from` counts for `^` and `\b`.
 */
export function search(
  program: Program,
  text: string,
  from: number,
  slotCount: number,
  work: SearchWork,
): readonly number[] | undefined {
  const { code, start } = program
  const follow = follower(program)
  const none = Array.from({ length: slotCount }, () => -1)
  let best: readonly number[] | undefined
  let threads: Thread[] = []
  let before = from === 0 ? -1 : (text.codePointAt(startOfChar(text, from - 1)) ?? -1)
  for (let at = from; ;) {
    const ahead = text.codePointAt(at) ?? -1
    if (best === undefined) follow({ counter: start, slots: none.with(0, at) }, at, { before, ahead }, threads)
    const won = threads.findIndex(({ counter }) => code[counter]?.op === 'match')
    if (won >= 0) {
      best = threads[won]?.slots.with(1, at)
      // What comes after it is worse.
      threads.length = won
    }
    if (ahead < 0 || (best !== undefined && threads.length === 0)) return best
    at += ahead > 0xffff ? 2 : 1
    before = ahead
    work.steps += threads.length + 1
    if (work.steps > work.most) throw new RangeError(`patterns take more than ${work.most} steps; shorten the text`)
    const next: Thread[] = []
    const look = { before, ahead: text.codePointAt(at) ?? -1 }
    for (const { counter, slots } of threads) {
      const on = after(code[counter], ahead)
      if (on >= 0) follow({ counter: on, slots }, at, look, next)
    }
    threads = next
  }
}

function startOfChar(text: string, at: number): number {
  return at > 0 && (text.codePointAt(at - 1) ?? 0) > 0xffff ? at - 1 : at
}
