import { holds } from './look.ts'
import { after, type Program } from './program.ts'

interface Thread {
  readonly counter: number
  readonly slots: readonly number[]
}

/**
 * Pike's machine: every way through the program at once, the better first, each with its own captures. The slots of the
 * best way to match the whole text: start and end of every group in UTF-16 units, -1 where a group took no part.
 */
export function capture({ code, start }: Program, text: string, slotCount: number): readonly number[] | undefined {
  const seen = new Int32Array(code.length).fill(-1)
  let threads: Thread[] = []
  let before = -1

  const follow = (thread: Thread, at: number, ahead: number, into: Thread[]): void => {
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

  const none = Array.from({ length: slotCount }, () => -1)
  follow({ counter: start, slots: none }, 0, text.codePointAt(0) ?? -1, threads)
  for (let at = 0; at < text.length;) {
    const char = text.codePointAt(at) ?? -1
    at += char > 0xffff ? 2 : 1
    before = char
    const ahead = text.codePointAt(at) ?? -1
    const next: Thread[] = []
    for (const { counter, slots } of threads) {
      const on = after(code[counter], char)
      if (on >= 0) follow({ counter: on, slots }, at, ahead, next)
    }
    threads = next
    if (threads.length === 0) return undefined
  }
  const best = threads.find(({ counter }) => code[counter]?.op === 'match')
  return best?.slots.with(0, 0).with(1, text.length)
}
