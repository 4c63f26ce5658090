import { isWordChar } from './char-class.ts'
import type { Look } from './node.ts'

const LINE_END = 10

/** Whether a condition holds between two characters; -1 stands for an end of the text. */
export function holds(look: Look, before: number, after: number): boolean {
  switch (look) {
    case 'text-start':
      return before < 0
    case 'text-end':
      return after < 0
    case 'line-start':
      return before < 0 || before === LINE_END
    case 'line-end':
      return after < 0 || after === LINE_END
    case 'word':
      return isWord(before) !== isWord(after)
    case 'not-word':
      return isWord(before) === isWord(after)
  }
}

/** One character for all that no condition tells apart. */
export function lookClass(char: number): number {
  if (char < 0) return -1
  return char === LINE_END ? LINE_END : isWord(char) ? 0x61 : 0x20
}

function isWord(char: number): boolean {
  return char >= 0 && isWordChar(char)
}
