import { linesOf } from '../name.ts'
import type { MetricReader } from '../reader.ts'

type Named = Pick<MetricReader, 'kind' | 'name'>

/** `x_sum` beside a histogram `x` would put two families into one line's name. */
export function isMixing({ kind, name }: Named, others: ReadonlyMap<string, Named>): boolean {
  if (linesOf(kind, name).some((line) => others.has(line))) return true
  const base = others.get(name.slice(0, Math.max(0, name.lastIndexOf('_'))))
  return base !== undefined && linesOf(base.kind, base.name).includes(name)
}
