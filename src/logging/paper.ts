import { type SafeDestination, safeDestination } from './destination.ts'
import { ContextIds, type IdFields, idsOfRecord, type LineContext } from './ids.ts'
import { type EventStats, newEventStats } from './kinds.ts'
import { LevelRegistry } from './level-registry.ts'
import { FATAL, LEVELS, levelOf } from './levels.ts'
import { type Bucket, Limiter, type SuppressedStats } from './limiter.ts'
import { isoTimes } from './line.ts'
import type { LoggerOptions } from './logger.ts'
import { type Message, Messages } from './messages.ts'
import { findPino, systemTime } from './pino.ts'
import { FIELD_NAMES, type FieldNames, type Head, headsOf } from './presets.ts'
import type { Redactor } from './redaction/options.ts'
import { createRedactor } from './redaction/redactor.ts'
import { callOf, Spelling } from './spelling.ts'
import { withTaps } from './tapped-destination.ts'

const NONE: Readonly<SuppressedStats> = { rate: 0, error_rate: 0 }
/** Messages that have a line of their own when it is told what has been suppressed. */
const MAX_TOLD = 10

/** What all modules of a logger write their lines on. */
export class Paper {
  readonly names: FieldNames
  readonly levels: LevelRegistry
  readonly destination: SafeDestination
  readonly events: EventStats = newEventStats()
  readonly #service: string | undefined
  readonly #now: () => number
  readonly #isoTime: (at: number) => string = isoTimes()
  readonly #context: (() => LineContext | undefined) | undefined
  readonly #ids: (() => Readonly<Record<string, unknown>>) | undefined
  readonly #contextIds: ContextIds
  readonly #spelling: Spelling
  readonly #messages: Messages
  readonly #limiter: Limiter | undefined

  constructor(options: LoggerOptions) {
    const { service, preset = 'plain', sinks = [], limit } = options
    findPino()
    const redactor: Redactor = options.redactor ?? createRedactor()
    const redact = (text: string): string => textWithout(redactor, text)
    this.names = FIELD_NAMES[preset]
    this.#service = service
    this.#now = options.now ?? systemTime
    this.#context = options.context
    this.#ids = options.ids
    this.#contextIds = new ContextIds(this.names, redact)
    this.#spelling = new Spelling(this.names, redactor)
    this.#messages = new Messages(this.names.message, redact)
    this.#limiter = limit === undefined ? undefined : new Limiter(limit, (buckets) => this.#tell(buckets))
    this.levels = new LevelRegistry({ level: levelOf(options.level ?? 'info'), now: this.#now })
    const levels = Object.entries(options.levels ?? {})
    if (levels.length > 0) {
      this.levels.apply(levels.map(([pattern, level]) => ({ pattern, level: levelOf(level) })))
    }
    this.destination = withTaps(safeDestination(options.destination), sinks)
  }

  headsOf(module: string | undefined): readonly Head[] {
    return headsOf(this.names, this.#service, module)
  }

  get suppressed(): Readonly<SuppressedStats> {
    return this.#limiter?.suppressed ?? NONE
  }

  tellSuppressed(): void {
    this.#limiter?.flush()
  }

  /** Writes a line of any fields. Never throws. */
  write(head: Head, rank: number, module: string | undefined, first: unknown, text: unknown, isLimited: boolean): void {
    try {
      const { fields, message } = callOf(first, text)
      const at = this.#now()
      const spelt = message === undefined ? undefined : this.#messages.of(message)
      if (isLimited && !this.#admits(spelt, module, rank, at)) return
      const ids = this.#currentIds()
      const own = fields === undefined ? (ids?.text ?? '') : this.#spelling.textOf(fields, ids, message !== undefined)
      this.#put(head, rank, at, `${own}${spelt?.end ?? '}\n'}`)
    } catch {
      // Such as a clock that throws: the application goes on.
    }
  }

  /** Writes a line whose fields and message are JSON already. */
  writeSpelt(head: Head, rank: number, rest: string): void {
    this.#put(head, rank, this.#now(), rest)
  }

  #put(head: Head, rank: number, at: number, rest: string): void {
    this.destination.write(head.before + this.#isoTime(at) + head.after + rest, head.severity)
    if (rank === FATAL) this.destination.flushSync?.()
  }

  #admits(message: Message | undefined, module: string | undefined, rank: number, at: number): boolean {
    if (this.#limiter === undefined) return true
    return this.#limiter.admits((message ?? this.#messages.of('')).buckets, module, rank, at)
  }

  #currentIds(): IdFields | undefined {
    const context = this.#contextNow()
    const ids = context === undefined ? undefined : this.#contextIds.of(context)
    if (this.#ids === undefined) return ids
    const record = idsOfRecord(this.#recordNow(this.#ids), this.#spelling.own)
    return ids === undefined ? record : joined(ids, record)
  }

  #contextNow(): LineContext | undefined {
    try {
      return this.#context?.()
    } catch {
      return undefined
    }
  }

  #recordNow(ids: () => Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    try {
      return this.#spelling.record(ids())
    } catch {
      return {}
    }
  }

  /** In nobody's request: no ids. */
  #tell(buckets: readonly Bucket[]): void {
    for (const { text, module, rank, suppressed } of buckets.slice(0, MAX_TOLD)) {
      this.#summary(module, rank, { suppressed, of: text }, 'Log lines were left out')
    }
    const others = buckets.slice(MAX_TOLD)
    if (others.length === 0) return
    const suppressed = others.reduce((sum, each) => sum + each.suppressed, 0)
    const rank = Math.max(...others.map((each) => each.rank))
    this.#summary(undefined, rank, { suppressed, messages: others.length }, 'Log lines of other messages were left out')
  }

  #summary(module: string | undefined, rank: number, fields: Record<string, unknown>, message: string): void {
    const head = this.headsOf(module)[rank]
    if (head === undefined) throw new Error(`BUG: ${LEVELS[rank]} has no head`)
    const end = this.#messages.of(message).end
    this.#put(head, -1, this.#now(), this.#spelling.textOf(fields, undefined, true) + end)
  }
}

/** What cannot be looked at is not written. */
function textWithout(redactor: Redactor, text: string): string {
  try {
    return redactor.text(text)
  } catch {
    return '[unreadable]'
  }
}

/** Those of the record go before those of the context. */
function joined(ids: IdFields, record: IdFields): IdFields {
  return {
    text: ids.without(record.names) + record.text,
    names: [...ids.names, ...record.names],
    has: (name) => ids.has(name) || record.has(name),
    without: (names) => ids.without([...names, ...record.names]) + record.without(names),
  }
}
