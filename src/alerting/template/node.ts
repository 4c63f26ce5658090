import { goQuote } from './go-text.ts'

interface Place {
  /** In UTF-16 units. */
  readonly at: number
}

export interface Pipe extends Place {
  readonly kind: 'pipe'
  readonly variables: readonly string[]
  readonly assigns: boolean
  readonly commands: readonly Command[]
}

export interface Command extends Place {
  readonly kind: 'command'
  readonly args: readonly Operand[]
}

export type Operand =
  | (Place & { readonly kind: 'bool'; readonly value: boolean })
  | (Place & { readonly kind: 'dot' })
  | (Place & { readonly kind: 'nil' })
  | (Place & { readonly kind: 'number'; readonly text: string; readonly value: bigint | number })
  | (Place & { readonly kind: 'string'; readonly text: string; readonly value: string })
  | (Place & { readonly kind: 'field'; readonly names: readonly string[] })
  /** `$x.a.b`: the first name is the variable's. */
  | (Place & { readonly kind: 'variable'; readonly names: readonly string[] })
  | (Place & { readonly kind: 'identifier'; readonly name: string })
  | (Place & { readonly kind: 'chain'; readonly of: Operand; readonly names: readonly string[] })
  | Pipe

export type Node =
  | (Place & { readonly kind: 'text'; readonly text: string })
  | (Place & { readonly kind: 'action'; readonly pipe: Pipe })
  | (Place & {
      readonly kind: 'if' | 'with' | 'range'
      readonly pipe: Pipe
      readonly body: readonly Node[]
      readonly otherwise: readonly Node[] | undefined
    })
  | (Place & { readonly kind: 'template'; readonly name: string; readonly pipe: Pipe | undefined })
  | (Place & { readonly kind: 'break' | 'continue' })

/** A node as Go writes it back, in its errors. */
export function nodeText(node: Node | Operand | Command): string {
  switch (node.kind) {
    case 'bool':
      return String(node.value)
    case 'dot':
      return '.'
    case 'nil':
      return 'nil'
    case 'number':
    case 'string':
    case 'text':
      return node.text
    case 'field':
      return node.names.map((name) => `.${name}`).join('')
    case 'variable':
      return node.names.join('.')
    case 'identifier':
      return node.name
    case 'chain': {
      const inner = nodeText(node.of)
      return `${node.of.kind === 'pipe' ? `(${inner})` : inner}${node.names.map((name) => `.${name}`).join('')}`
    }
    case 'pipe': {
      const declared = node.variables.join(', ')
      const commands = node.commands.map(nodeText).join(' | ')
      return declared === '' ? commands : `${declared} ${node.assigns ? '=' : ':='} ${commands}`
    }
    case 'command':
      return node.args.map((arg) => (arg.kind === 'pipe' ? `(${nodeText(arg)})` : nodeText(arg))).join(' ')
    case 'action':
      return `{{${nodeText(node.pipe)}}}`
    case 'template':
      return `{{template ${goQuote(node.name)}${node.pipe === undefined ? '' : ` ${nodeText(node.pipe)}`}}}`
    case 'break':
    case 'continue':
      return `{{${node.kind}}}`
    case 'if':
    case 'with':
    case 'range': {
      const rest = node.otherwise === undefined ? '' : `{{else}}${node.otherwise.map(nodeText).join('')}`
      return `{{${node.kind} ${nodeText(node.pipe)}}}${node.body.map(nodeText).join('')}${rest}{{end}}`
    }
  }
}
