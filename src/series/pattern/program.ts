import type { CharClass } from './char-class.ts'
import type { Look, Node } from './node.ts'
import { PatternError } from './pattern-error.ts'

export type Instruction =
  | { readonly op: 'char'; readonly char: number; readonly next: number }
  | { readonly op: 'class'; readonly class: CharClass; readonly next: number }
  /** Two ways on, the better first. */
  | { readonly op: 'split'; readonly next: number; readonly other: number }
  | { readonly op: 'look'; readonly look: Look; readonly next: number }
  | { readonly op: 'save'; readonly slot: number; readonly next: number }
  | { readonly op: 'match' }

export interface Program {
  readonly code: readonly Instruction[]
  readonly start: number
  readonly hasLooks: boolean
}

/** Where an instruction goes on after taking this character; -1 when it does not take it. */
export function after(instruction: Instruction | undefined, char: number): number {
  if (instruction?.op === 'char') return instruction.char === char ? instruction.next : -1
  if (instruction?.op === 'class') return instruction.class.has(char) ? instruction.next : -1
  return -1
}

/** As many as Go allows: 128 MB of its instructions. */
const MAX_INSTRUCTIONS = (128 << 20) / 40

/** @throws PatternError for a pattern that would take too many instructions. */
export function checkSize(root: Node, source: string): void {
  if (size(root) > MAX_INSTRUCTIONS) throw new PatternError('expression too large', source)
}

/** Thompson's construction, from the end backwards: every instruction knows the next when it is made. */
export function compile(root: Node): Program {
  const builder = new Builder()
  const start = builder.node(root, builder.add({ op: 'match' }))
  return { code: builder.code, start, hasLooks: builder.code.some(({ op }) => op === 'look') }
}

class Builder {
  readonly code: Instruction[] = []

  add(instruction: Instruction): number {
    return this.code.push(instruction) - 1
  }

  /** Adds what matches `node` and then goes on at `next`; returns where it begins. */
  node(node: Node, next: number): number {
    switch (node.kind) {
      case 'empty':
        return next
      case 'literal':
        return this.add({ op: 'char', char: node.char, next })
      case 'class':
        return this.add({ op: 'class', class: node.class, next })
      case 'look':
        return this.add({ op: 'look', look: node.look, next })
      case 'concat':
        return node.parts.reduceRight((rest, part) => this.node(part, rest), next)
      case 'alternate':
        return node.choices
          .map((choice) => this.node(choice, next))
          .reduceRight((other, choice) => this.add({ op: 'split', next: choice, other }))
      case 'capture': {
        const end = this.add({ op: 'save', slot: node.index * 2 + 1, next })
        return this.add({ op: 'save', slot: node.index * 2, next: this.node(node.body, end) })
      }
      case 'repeat':
        return this.#repeat(node, next)
    }
  }

  #repeat({ body, min, max, greedy }: Extract<Node, { kind: 'repeat' }>, next: number): number {
    let start = next
    if (max === Infinity) {
      // A body that can be empty goes round as (body+)?, which keeps the order of preference right.
      const once = min === 0 && isNullable(body)
      start = min === 0 && !once ? this.#loop(body, next, greedy).split : this.#loop(body, next, greedy).body
      if (once) start = this.#choice(start, next, greedy)
      for (let i = 1; i < min; i++) start = this.node(body, start)
      return start
    }
    for (let i = min; i < max; i++) start = this.#choice(this.node(body, start), next, greedy)
    for (let i = 0; i < min; i++) start = this.node(body, start)
    return start
  }

  #loop(body: Node, next: number, greedy: boolean): { readonly split: number; readonly body: number } {
    const split = this.add({ op: 'match' })
    const start = this.node(body, split)
    this.code[split] = greedy ? { op: 'split', next: start, other: next } : { op: 'split', next, other: start }
    return { split, body: start }
  }

  #choice(taken: number, skipped: number, greedy: boolean): number {
    return this.add(
      greedy ? { op: 'split', next: taken, other: skipped } : { op: 'split', next: skipped, other: taken },
    )
  }
}

function size(node: Node): number {
  switch (node.kind) {
    case 'empty':
      return 0
    case 'literal':
    case 'class':
    case 'look':
      return 1
    case 'concat':
      return node.parts.reduce((sum, part) => sum + size(part), 0)
    case 'alternate':
      return node.choices.reduce((sum, choice) => sum + 1 + size(choice), 0)
    case 'capture':
      return size(node.body) + 2
    case 'repeat':
      return (size(node.body) + 1) * (node.max === Infinity ? Math.max(node.min, 1) : node.max)
  }
}

function isNullable(node: Node): boolean {
  switch (node.kind) {
    case 'empty':
    case 'look':
      return true
    case 'literal':
    case 'class':
      return false
    case 'concat':
      return node.parts.every(isNullable)
    case 'alternate':
      return node.choices.some(isNullable)
    case 'capture':
      return isNullable(node.body)
    case 'repeat':
      return node.min === 0 || isNullable(node.body)
  }
}
