import type { RootLogger } from '../../logging/index.ts'
import type { LabelledCounter, Registry } from '../../metrics/index.ts'
import type { ErrorMetrics } from '../../packs/index.ts'
import { type UncaughtKind, watchProcessErrors } from './process-errors.ts'

export interface UncaughtOptions {
  readonly metrics: Registry
  readonly errors: Pick<ErrorMetrics, 'observe'>
  readonly log: RootLogger
}

const KINDS = ['exception', 'rejection', 'rejection_handled_late'] as const
const MESSAGES: Readonly<Record<UncaughtKind, string>> = {
  exception: 'An exception was not caught',
  rejection: 'A rejection was not handled',
}

/** Counts and logs what nobody caught, and lets the process end, or go on, as it would have. */
export class Uncaught {
  readonly #options: UncaughtOptions
  readonly #counts: LabelledCounter<'kind'>
  #undo: (() => void) | undefined

  constructor(options: UncaughtOptions) {
    this.#options = options
    this.#counts = options.metrics.counter({
      name: 'boxman_process_uncaught_total',
      help: 'Exceptions that nobody caught, rejections that nobody handled, and those of them that were handled late.',
      labelNames: ['kind'],
    })
    // At zero from the start: the first of a kind is an increase that `rate` can see.
    for (const kind of KINDS) this.#counts.labels({ kind })
  }

  start(): void {
    this.#undo ??= watchProcessErrors({
      uncaught: (kind, thrown, fatal) => this.#record(kind, thrown, fatal),
      handledLate: () => this.#counts.inc({ kind: 'rejection_handled_late' }),
    })
  }

  stop(): void {
    this.#undo?.()
    this.#undo = undefined
  }

  /** The line is written before it returns: nothing else may run in this process. */
  #record(kind: UncaughtKind, thrown: unknown, fatal: boolean): void {
    const { errors, log } = this.#options
    this.#counts.inc({ kind })
    let fingerprint: string | undefined
    try {
      fingerprint = errors.observe(thrown, fatal ? { severity: 'critical' } : {})
    } finally {
      const fields = { err: thrown, kind: `uncaught_${kind}`, ...(fingerprint === undefined ? {} : { fingerprint }) }
      if (fatal) log.fatal(fields, MESSAGES[kind])
      else log.error(fields, MESSAGES[kind])
      log.flushSync()
    }
  }
}
