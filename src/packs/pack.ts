import type { Registry } from '../metrics/index.ts'
import type { Dashboard } from './dashboard.ts'
import type { Listing } from './listing.ts'

/** A ready-made set of metrics for one kind of service, and the typed verbs that record into them. */
export interface Pack<T> {
  readonly name: string
  /** Before the names of its metrics, where it has one. */
  readonly prefix?: string
  /** Pages of the console about them. */
  readonly dashboards?: readonly Dashboard[]
  /** Registers the pack's metrics and returns its recorders. */
  install(registry: Registry): T
  /** What the console lists of what `install` returned. */
  listings?(recorders: T): readonly Listing[]
}

export interface PackOptions {
  /** Stands before every metric's name, joined with `_`. Default `bitcraps`. */
  readonly prefix?: string | undefined
}

const PREFIX = /^[a-zA-Z_][a-zA-Z0-9_]*$/

/** @throws RangeError unless the prefix can begin a metric's name. */
export function resolvePrefix({ prefix = 'bitcraps' }: PackOptions): string {
  if (!PREFIX.test(prefix) || prefix.endsWith('_')) {
    throw new RangeError(`prefix ${JSON.stringify(prefix)}: use letters, digits and _, not a digit first nor a _ last`)
  }
  return prefix
}
