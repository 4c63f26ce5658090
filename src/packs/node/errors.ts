import type { LabelledCounter, Registry } from '../../metrics/index.ts'
import { type PackOptions, resolvePrefix } from '../pack.ts'
import { categoryOf, type Classifier } from './errors/category.ts'
import { applicationFrames, fingerprintOf, normalMessage } from './errors/fingerprint.ts'
import { type ErrorContext, type ErrorGroup, ErrorGroups } from './errors/groups.ts'
import {
  DEFAULT_SEVERITIES,
  ERROR_CATEGORIES,
  ERROR_SEVERITIES,
  type ErrorCategory,
  type ErrorSeverity,
  isErrorCategory,
  isErrorSeverity,
} from './errors/kinds.ts'
import { readThrown, type Thrown } from './errors/thrown.ts'

export interface ErrorFacts extends ErrorContext {
  /** When it happened, in ms since the epoch. Default: the `now` of the options. */
  readonly at?: number | undefined
  /** Default: told from the error, see docs/diagnostics.md. */
  readonly category?: ErrorCategory | undefined
  /** Default: the category's, see {@link DEFAULT_SEVERITIES}. */
  readonly severity?: ErrorSeverity | undefined
}

/** An error that is described, and was perhaps never thrown. */
export interface ErrorReport extends ErrorFacts {
  readonly category: ErrorCategory
  readonly message: string
}

export interface RecordedError {
  readonly at: number
  readonly category: ErrorCategory
  readonly severity: ErrorSeverity
  readonly message: string
  /** Of its group. */
  readonly fingerprint: string
}

export interface ErrorOptions extends PackOptions {
  /** Ms since the epoch, for errors that are recorded without a time. */
  readonly now?: (() => number) | undefined
  /** Takes secrets out of messages and stacks. Default: leaves all as it is. */
  readonly redact?: ((text: string) => string) | undefined
  /** Whose work it is that fails now, where nobody says it. */
  readonly context?: (() => ErrorContext | undefined) | undefined
  /** Told of each that was recorded, and for whose work. */
  readonly onRecord?: ((context: ErrorContext) => void) | undefined
  /** Groups that are kept; the one that was not seen for the longest time goes. Default 200. */
  readonly maxGroups?: number | undefined
}

const KEPT = 100
/** What is redacted of a message, of which then the beginning is kept: a secret must not be cut in two before. */
const MAX_READ_LENGTH = 8000
const MAX_MESSAGE_LENGTH = 1000
const MAX_STACK_LENGTH = 4000
const NOTHING_THROWN: Pick<Thrown, 'name' | 'code' | 'frames' | 'causes'> = {
  name: '',
  code: '',
  frames: '',
  causes: [],
}

/** Errors counted by kind and grouped by what they are; the last hundred are kept. */
export class ErrorMetrics {
  readonly #counts: LabelledCounter<'category' | 'severity'>
  readonly #options: ErrorOptions
  readonly #groups: ErrorGroups
  readonly #redact: (text: string) => string
  #classifiers: readonly Classifier[] = []
  /** A ring: `#next` is the oldest once it is full. */
  readonly #kept: RecordedError[] = []
  #next = 0
  #overwritten = 0
  /** By error: the correlation id that it was last recorded under. */
  readonly #seen = new WeakMap<object, string | undefined>()

  constructor(registry: Registry, options: ErrorOptions = {}) {
    const { maxGroups = 200, redact = (text) => text } = options
    if (!(Number.isInteger(maxGroups) && maxGroups > 0)) {
      throw new RangeError(`errors: maxGroups ${maxGroups} must be a whole number > 0`)
    }
    this.#options = options
    this.#redact = redact
    this.#groups = new ErrorGroups(maxGroups)
    this.#counts = registry.counter({
      name: `${resolvePrefix(options)}_errors_total`,
      help: 'Errors by category and severity.',
      labelNames: ['category', 'severity'],
    })
    // At zero from the start: the first error of a kind is an increase that `rate` can see.
    for (const [category, severity] of Object.entries(DEFAULT_SEVERITIES)) this.#counts.labels({ category, severity })
  }

  /** `overwritten`: errors that are counted but no longer kept. `evictedGroups`: groups that went to make room. */
  get stats(): { readonly overwritten: number; readonly evictedGroups: number } {
    return { overwritten: this.#overwritten, evictedGroups: this.#groups.evicted }
  }

  /**
   * Of a message 1 000 characters are kept. What is not told of the context is that of the work under way.
   * @returns the fingerprint of its group.
   * @throws RangeError for an unknown category or severity, TypeError without a time where the options have no `now`.
   */
  record(error: Error, facts?: ErrorFacts): string
  record(report: ErrorReport): string
  record(given: Error | ErrorReport, facts: ErrorFacts = {}): string {
    if (given instanceof Error) return this.#recordThrown(given, facts)
    const { category, message } = given
    checkCategory(category)
    const text = this.#redact(message.slice(0, MAX_READ_LENGTH)).slice(0, MAX_MESSAGE_LENGTH)
    const fingerprint = fingerprintOf([category, normalMessage(text)])
    return this.#keep({ ...NOTHING_THROWN, message: text }, given, category, fingerprint)
  }

  /**
   * Whatever was thrown, unless the same object has been recorded for the same request already; outside of requests, at all:
   * for who sees errors pass by.
   */
  observe(thrown: unknown, facts: ErrorFacts = {}): string | undefined {
    if (typeof thrown === 'object' && thrown !== null && this.#seen.has(thrown)) {
      const { correlationId } = this.#contextOf(facts)
      if (correlationId === undefined || this.#seen.get(thrown) === correlationId) return undefined
    }
    return this.#recordThrown(thrown, facts)
  }

  /** Asked for the category of what is thrown before anything else is looked at, the latest first. @returns its removal. */
  classifyBy(classifier: Classifier): () => void {
    this.#classifiers = [classifier, ...this.#classifiers]
    return () => {
      this.#classifiers = this.#classifiers.filter((one) => one !== classifier)
    }
  }

  /** The oldest first. */
  recent(): readonly RecordedError[] {
    return [...this.#kept.slice(this.#next), ...this.#kept.slice(0, this.#next)]
  }

  /** The latest first. */
  groups(): readonly ErrorGroup[] {
    return this.#groups.all()
  }

  group(fingerprint: string): ErrorGroup | undefined {
    return this.#groups.get(fingerprint)
  }

  #recordThrown(value: unknown, facts: ErrorFacts): string {
    const category = facts.category ?? this.#classify(value)
    checkCategory(category)
    const thrown = readThrown(value)
    const message = this.#redact(thrown.message).slice(0, MAX_MESSAGE_LENGTH)
    const { name, code, frames } = thrown
    const fingerprint = fingerprintOf([name, code, normalMessage(message), ...applicationFrames(frames)])
    this.#keep({ ...thrown, message }, facts, category, fingerprint)
    if (typeof value === 'object' && value !== null) this.#seen.set(value, this.#contextOf(facts).correlationId)
    return fingerprint
  }

  #classify(value: unknown): ErrorCategory {
    for (const classifier of this.#classifiers) {
      try {
        const category = classifier(value)
        if (isErrorCategory(category)) return category
      } catch {
        // An error that cannot be classified by one may be by another.
      }
    }
    return categoryOf(value)
  }

  #keep(
    { name, code, message, frames, causes }: Thrown,
    facts: ErrorFacts,
    category: ErrorCategory,
    fingerprint: string,
  ): string {
    const { severity = DEFAULT_SEVERITIES[category], at = this.#options.now?.() } = facts
    if (!isErrorSeverity(severity)) {
      throw new RangeError(`error severity ${JSON.stringify(severity)}: use ${ERROR_SEVERITIES.join(', ')}`)
    }
    if (at === undefined) throw new TypeError('errors: record() needs `at`, or the pack a clock: node({ now })')
    this.#counts.inc({ category, severity })
    if (this.#kept.length === KEPT) this.#overwritten++
    this.#kept[this.#next] = { at, category, severity, message, fingerprint }
    this.#next = (this.#next + 1) % KEPT
    const redact = this.#redact
    const context = this.#contextOf(facts)
    this.#options.onRecord?.(context)
    this.#groups.see({
      fingerprint,
      name,
      code,
      message,
      category,
      severity,
      stack: frames === '' ? '' : redact(`${name}: ${message}\n${frames}`).slice(0, MAX_STACK_LENGTH),
      causes: causes.map((cause) => ({ ...cause, message: redact(cause.message).slice(0, MAX_MESSAGE_LENGTH) })),
      ...context,
      at,
    })
    return fingerprint
  }

  #contextOf({ traceId, correlationId, route }: ErrorFacts): ErrorContext {
    const current = correlationId === undefined && traceId === undefined ? this.#current() : undefined
    return {
      traceId: traceId ?? current?.traceId,
      correlationId: correlationId ?? current?.correlationId,
      route: route ?? current?.route,
    }
  }

  #current(): ErrorContext | undefined {
    return this.#options.context?.()
  }
}

function checkCategory(category: unknown): void {
  if (isErrorCategory(category)) return
  throw new RangeError(`error category ${JSON.stringify(category)}: use ${ERROR_CATEGORIES.join(', ')}`)
}
