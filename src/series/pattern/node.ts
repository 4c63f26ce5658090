import type { CharClass } from './char-class.ts'

export type Look = 'text-start' | 'text-end' | 'line-start' | 'line-end' | 'word' | 'not-word'

/** The syntax tree of a pattern. */
export type Node =
  | { readonly kind: 'empty' }
  | { readonly kind: 'literal'; readonly char: number }
  | { readonly kind: 'class'; readonly class: CharClass }
  | { readonly kind: 'concat'; readonly parts: readonly Node[] }
  | { readonly kind: 'alternate'; readonly choices: readonly Node[] }
  | {
      readonly kind: 'repeat'
      readonly body: Node
      readonly min: number
      readonly max: number
      readonly greedy: boolean
    }
  | { readonly kind: 'capture'; readonly body: Node; readonly index: number; readonly name: string }
  | { readonly kind: 'look'; readonly look: Look }

export const EMPTY: Node = { kind: 'empty' }
