import type { Cells } from './cells.ts'

/** What a registry knows of a metric of ours, so that it need not ask for every value as an object. */
export interface Own {
  readonly cells: Cells
  /** The metric's `get` unless a program has put another in its place. */
  readonly get: unknown
  /** Brings the cells up to date; without `collect`. */
  readonly refresh: () => void
  /** What `get` tells; without `collect`. */
  readonly tell: () => object
}

const owned = new WeakMap<object, Own>()

export function own(metric: object, parts: Own): void {
  owned.set(metric, parts)
}

/** Undefined for what is not of ours, or no longer tells its values in our way. */
export function ownOf(metric: object): Own | undefined {
  const parts = owned.get(metric)
  return parts !== undefined && Reflect.get(metric, 'get') === parts.get ? parts : undefined
}
