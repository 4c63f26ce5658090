import type { Node } from './node.ts'

const MAX_SET = 256
const MAX_CLASS = 16

/** A cheaper way to decide than the automaton's. */
export type Shortcut =
  | { readonly kind: 'set'; readonly texts: ReadonlySet<string> }
  /** Texts with anything between them: the first begins and the last ends the whole. */
  | { readonly kind: 'pieces'; readonly pieces: readonly string[] }

export function findShortcut(root: Node): Shortcut | undefined {
  const texts = literals(root)
  if (texts !== undefined) return { kind: 'set', texts: new Set(texts) }
  const pieces = piecesOf(root)
  return pieces === undefined ? undefined : { kind: 'pieces', pieces }
}

export function takes(shortcut: Shortcut, text: string): boolean {
  if (shortcut.kind === 'set') return shortcut.texts.has(text)
  const { pieces } = shortcut
  const [first = ''] = pieces
  const last = pieces.at(-1) ?? ''
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false
  let at = first.length
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return at <= text.length - last.length
}

/** The text with which everything that matches begins. */
export function prefixOf(node: Node): string {
  switch (node.kind) {
    case 'literal':
      return String.fromCodePoint(node.char)
    case 'capture':
      return prefixOf(node.body)
    case 'concat': {
      let prefix = ''
      for (const part of node.parts) {
        prefix += prefixOf(part)
        if (literals(part)?.length !== 1) break
      }
      return prefix
    }
    case 'repeat':
      return node.min === 0 ? '' : prefixOf(node.body)
    case 'empty':
    case 'class':
    case 'alternate':
    case 'look':
      return ''
  }
}

/** All the texts that match, when they are few. */
function literals(node: Node): readonly string[] | undefined {
  switch (node.kind) {
    case 'empty':
      return ['']
    case 'literal':
      return [String.fromCodePoint(node.char)]
    case 'class':
      return node.class.listed(MAX_CLASS)?.map((char) => String.fromCodePoint(char))
    case 'capture':
      return literals(node.body)
    case 'concat':
      return node.parts.reduce<readonly string[] | undefined>(
        (heads, part) => {
          const tails = heads && literals(part)
          return (
            tails &&
            limited(() => heads.flatMap((head) => tails.map((tail) => head + tail)), heads.length * tails.length)
          )
        },
        [''],
      )
    case 'alternate': {
      const all: string[] = []
      for (const choice of node.choices) {
        const texts = literals(choice)
        if (texts === undefined || all.length + texts.length > MAX_SET) return undefined
        all.push(...texts)
      }
      return all
    }
    case 'repeat': {
      if (node.min !== 0 || node.max !== 1) return undefined
      const texts = literals(node.body)
      return texts && ['', ...texts]
    }
    case 'look':
      return undefined
  }
}

function limited(make: () => readonly string[], count: number): readonly string[] | undefined {
  return count > MAX_SET ? undefined : make()
}

function piecesOf(root: Node): readonly string[] | undefined {
  const pieces = ['']
  for (const part of flattened(root)) {
    if (isAnything(part)) pieces.push('')
    else {
      const texts = literals(part)
      const [text] = texts ?? []
      if (texts?.length !== 1 || text === undefined) return undefined
      pieces.push((pieces.pop() ?? '') + text)
    }
  }
  return pieces.length === 1 ? undefined : pieces
}

function flattened(node: Node): readonly Node[] {
  if (node.kind === 'concat') return node.parts.flatMap(flattened)
  return node.kind === 'capture' ? flattened(node.body) : [node]
}

/** `.*` where the dot matches line ends. */
function isAnything(node: Node): boolean {
  if (node.kind !== 'repeat' || node.min !== 0 || node.max !== Infinity || node.body.kind !== 'class') return false
  return node.body.class.negated && node.body.class.items.length === 0
}
