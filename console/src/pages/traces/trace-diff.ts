import type { SpanNode, Trace } from './trace.ts'

/** What one trace has at a path. */
export interface Side {
  readonly count: number
  readonly totalMs: number
  readonly errors: number
}

/** Spans of the same operation beneath the same operations, in both traces. */
export interface DiffRow {
  /** Operations from the root down. */
  readonly path: string
  readonly service: string
  readonly name: string
  readonly depth: number
  /** Undefined: it is in the other one only. */
  readonly left: Side | undefined
  readonly right: Side | undefined
}

interface Branch {
  readonly service: string
  readonly name: string
  readonly depth: number
  readonly left: SpanNode[]
  readonly right: SpanNode[]
}

/**
 * Two traces side by side: spans are of one row when their operations are the same, and those above them all the way up. What
 * comes several times beneath one path is counted and added up. The one root of each is beside that of the other,
 * whatever it is called.
 */
export function diffOf(left: Trace, right: Trace): readonly DiffRow[] {
  const rows: DiffRow[] = []
  const stack: { readonly path: string; readonly branch: Branch }[] = []
  const push = (path: string, depth: number, lefts: readonly SpanNode[], rights: readonly SpanNode[]): void => {
    const branches = new Map<string, Branch>()
    const put = (nodes: readonly SpanNode[], side: 'left' | 'right'): void => {
      for (const node of nodes) {
        const { service, name, kind } = node.span
        const key = `${path}/${JSON.stringify([service, kind, name])}`
        const branch = branches.get(key) ?? { service, name, depth, left: [], right: [] }
        branch[side].push(node)
        branches.set(key, branch)
      }
    }
    put(lefts, 'left')
    put(rights, 'right')
    for (const [key, branch] of [...branches].toReversed()) stack.push({ path: key, branch })
  }
  const [a, b] = [left.roots[0], right.roots[0]]
  if (a !== undefined && b !== undefined && left.roots.length === 1 && right.roots.length === 1) {
    const { service } = a.span
    const name = a.span.name === b.span.name ? a.span.name : `${a.span.name} / ${b.span.name}`
    stack.push({ path: '/', branch: { service, name, depth: 0, left: [a], right: [b] } })
  } else push('', 0, left.roots, right.roots)
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { path, branch } = next
    const { service, name, depth } = branch
    rows.push({ path, service, name, depth, left: sideOf(branch.left), right: sideOf(branch.right) })
    push(path, depth + 1, childrenOf(branch.left), childrenOf(branch.right))
  }
  return rows
}

function sideOf(nodes: readonly SpanNode[]): Side | undefined {
  if (nodes.length === 0) return undefined
  return {
    count: nodes.length,
    totalMs: nodes.reduce((sum, { span }) => sum + span.endMs - span.startMs, 0),
    errors: nodes.filter(({ span }) => span.isError).length,
  }
}

function childrenOf(nodes: readonly SpanNode[]): readonly SpanNode[] {
  return nodes.flatMap(({ children }) => children)
}
