import { holds } from './look.ts'
import { after, type Program } from './program.ts'

export interface Thread {
  readonly counter: number
  readonly slots: readonly number[]
}

/** The characters on both sides of a place; -1 stands for an end of the text. */
export interface Sides {
  readonly before: number
  readonly ahead: number
}

/** Takes a thread through all that needs no character; what then waits for one goes into the list, the better first. */
export function follower({
  code,
}: Program): (thread: Thread, at: number, { before, ahead }: Sides, into: Thread[]) => void {
  const seen = new Int32Array(code.length).fill(-1)
  return (thread, at, { before, ahead }, into) => {
    const stack = [thread]
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const { counter, slots } = top
      if (seen[counter] === at) continue
      seen[counter] = at
      const instruction = code[counter]
      if (instruction === undefined) throw new Error(`BUG: no instruction ${counter}`)
      switch (instruction.op) {
        case 'split':
          stack.push({ counter: instruction.other, slots }, { counter: instruction.next, slots })
          break
        case 'save':
          stack.push({ counter: instruction.next, slots: slots.with(instruction.slot, at) })
          break
        case 'look':
          if (holds(instruction.look, before, ahead)) stack.push({ counter: instruction.next, slots })
          break
        case 'char':
        case 'class':
        case 'match':
          into.push(top)
          break
      }
    }
  }
}

/**
 * Pike's machine: every way through the program at once, the better first, each with its own captures. The slots of the
 * best way to match the whole text: start and end of every group in UTF-16 units, -1 where a group took no part.
 */
export function capture(program: Program, text: string, slotCount: number): readonly number[] | undefined {
  const { code, start } = program
  const follow = follower(program)
  const none = Array.from({ length: slotCount }, () => -1)
  let threads: Thread[] = []
  follow({ counter: start, slots: none }, 0, { before: -1, ahead: text.codePointAt(0) ?? -1 }, threads)
  for (let at = 0; at < text.length;) {
    const char = text.codePointAt(at) ?? -1
    at += char > 0xffff ? 2 : 1
    const sides = { before: char, ahead: text.codePointAt(at) ?? -1 }
    const next: Thread[] = []
    for (const { counter, slots } of threads) {
      const on = after(code[counter], char)
      if (on >= 0) follow({ counter: on, slots }, at, sides, next)
    }
    threads = next
    if (threads.length === 0) return undefined
  }
  const best = threads.find(({ counter }) => code[counter]?.op === 'match')
  return best?.slots.with(0, 0).with(1, text.length)
}
