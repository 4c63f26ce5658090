import type { LabelledCounter, Registry } from '../../metrics/index.ts'
import { type PackOptions, resolvePrefix } from '../pack.ts'

export type ErrorCategory = 'network' | 'consensus' | 'validation' | 'gaming' | 'storage' | 'security' | 'other'
export type ErrorSeverity = 'info' | 'warning' | 'error' | 'critical'

export interface ErrorReport {
  readonly category: ErrorCategory
  readonly message: string
  /** When it happened, in ms since the epoch. */
  readonly at: number
  /** Default: the category's, see {@link DEFAULT_SEVERITIES}. */
  readonly severity?: ErrorSeverity | undefined
}

export interface RecordedError extends ErrorReport {
  readonly severity: ErrorSeverity
}

export const DEFAULT_SEVERITIES: Readonly<Record<ErrorCategory, ErrorSeverity>> = {
  network: 'warning',
  consensus: 'critical',
  validation: 'warning',
  gaming: 'error',
  storage: 'error',
  security: 'critical',
  other: 'error',
}

const SEVERITIES: ReadonlySet<string> = new Set<ErrorSeverity>(['info', 'warning', 'error', 'critical'])
const KEPT = 100
const MAX_MESSAGE_LENGTH = 1000

export interface ErrorOptions extends PackOptions {
  /** Takes secrets out of messages. Default: they are kept as they are. */
  readonly redact?: ((text: string) => string) | undefined
}

/** Errors counted by kind; the last hundred are kept. */
export class ErrorMetrics {
  /** `overwritten`: errors that are counted but no longer kept. */
  readonly stats: { overwritten: number } = { overwritten: 0 }
  readonly #redact: (text: string) => string
  readonly #counts: LabelledCounter<'category' | 'severity'>
  /** A ring: `#next` is the oldest once it is full. */
  readonly #kept: RecordedError[] = []
  #next = 0

  constructor(registry: Registry, options: ErrorOptions = {}) {
    this.#redact = options.redact ?? ((text) => text)
    this.#counts = registry.counter({
      name: `${resolvePrefix(options)}_errors_total`,
      help: 'Errors by category and severity.',
      labelNames: ['category', 'severity'],
    })
    // At zero from the start: the first error of a kind is an increase that `rate` can see.
    for (const [category, severity] of Object.entries(DEFAULT_SEVERITIES)) this.#counts.labels({ category, severity })
  }

  /** A message is kept up to 1 000 characters. @throws RangeError for an unknown category or severity. */
  record({ category, message, at, severity = DEFAULT_SEVERITIES[category] }: ErrorReport): void {
    if (!Object.hasOwn(DEFAULT_SEVERITIES, category)) {
      throw new RangeError(
        `error category ${JSON.stringify(category)}: use ${Object.keys(DEFAULT_SEVERITIES).join(', ')}`,
      )
    }
    if (!SEVERITIES.has(severity)) {
      throw new RangeError(`error severity ${JSON.stringify(severity)}: use ${[...SEVERITIES].join(', ')}`)
    }
    this.#counts.inc({ category, severity })
    if (this.#kept.length === KEPT) this.stats.overwritten++
    this.#kept[this.#next] = { category, message: this.#redact(message).slice(0, MAX_MESSAGE_LENGTH), at, severity }
    this.#next = (this.#next + 1) % KEPT
  }

  /** The oldest first. */
  recent(): readonly RecordedError[] {
    return [...this.#kept.slice(this.#next), ...this.#kept.slice(0, this.#next)]
  }
}
