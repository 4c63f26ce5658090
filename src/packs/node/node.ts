import type { Registry } from '../../metrics/index.ts'
import { type Pack, resolvePrefix } from '../pack.ts'
import { ErrorMetrics, type ErrorOptions } from './errors.ts'
import { SystemMetrics, type SystemReading } from './system.ts'

export interface NodeMetrics {
  /** What the reading leaves out leaves the exposition. */
  record(reading: SystemReading): void
  readonly errors: ErrorMetrics
}

/** The process, its machine, and the errors. */
export function node(options: ErrorOptions = {}): Pack<NodeMetrics> {
  const prefix = resolvePrefix(options)
  return {
    name: 'node',
    prefix,
    install(registry: Registry): NodeMetrics {
      const system = new SystemMetrics(registry, { prefix })
      return { record: (reading) => system.record(reading), errors: new ErrorMetrics(registry, { ...options, prefix }) }
    },
  }
}
