import { jsonOf, quoted } from './json.ts'
import { nameOf } from './line.ts'
import type { FieldNames } from './presets.ts'

/** Who the line that is being written belongs to. */
export interface LineContext {
  readonly correlationId: string
  readonly traceId: string
  readonly spanId: string
  readonly userId: string | undefined
  readonly sessionId: string | undefined
  readonly gameId: string | undefined
  /** Where the ids are kept as they are written; nobody else's to use. */
  spelling?: unknown
}

/** Ids as a line has them. */
export interface IdFields {
  readonly text: string
  readonly names: readonly string[]
  has(name: string): boolean
  /** Without those that the call's own fields override. */
  without(names: readonly string[]): string
}

type Name = 'correlationId' | 'traceId' | 'spanId' | 'userId' | 'sessionId' | 'gameId'
const NAMES: readonly Name[] = ['correlationId', 'traceId', 'spanId', 'userId', 'sessionId', 'gameId']

/** The ids of one context. They change seldom: for most lines of a context it is the one text. */
class Spelling implements IdFields {
  readonly text: string
  readonly writer: ContextIds
  readonly #context: LineContext
  readonly userId: string | undefined
  readonly sessionId: string | undefined
  readonly gameId: string | undefined

  constructor(writer: ContextIds, context: LineContext) {
    this.writer = writer
    this.#context = context
    this.userId = context.userId
    this.sessionId = context.sessionId
    this.gameId = context.gameId
    const { before } = writer
    const { correlationId, traceId, spanId } = context
    // Not by a loop over the names: that costs as much as the rest of the line.
    this.text =
      before.correlationId +
      (correlationId === traceId ? quoted(traceId) : writer.spelt(correlationId)) +
      before.traceId +
      quoted(traceId) +
      before.spanId +
      quoted(spanId) +
      (this.userId === undefined ? '' : before.userId + writer.spelt(this.userId)) +
      (this.sessionId === undefined ? '' : before.sessionId + writer.spelt(this.sessionId)) +
      (this.gameId === undefined ? '' : before.gameId + writer.spelt(this.gameId))
  }

  get names(): readonly string[] {
    return NAMES.filter((name) => this.#context[name] !== undefined).map((name) => this.writer.names[name])
  }

  has(name: string): boolean {
    return this.writer.isId(name)
  }

  without(names: readonly string[]): string {
    return NAMES.filter((name) => !names.includes(this.writer.names[name]))
      .map((name) => {
        const value = this.#context[name]
        return value === undefined ? '' : this.writer.before[name] + this.writer.spelt(value)
      })
      .join('')
  }
}

/** Writes the ids of contexts, each once. */
export class ContextIds {
  readonly names: FieldNames
  /** `,"trace_id":` */
  readonly before: Readonly<Record<Name, string>>
  readonly #ids: ReadonlySet<string>
  readonly #redact: (text: string) => string

  constructor(names: FieldNames, redact: (text: string) => string) {
    this.names = names
    this.#redact = redact
    const before = (name: Name): string => nameOf(names[name])
    this.before = {
      correlationId: before('correlationId'),
      traceId: before('traceId'),
      spanId: before('spanId'),
      userId: before('userId'),
      sessionId: before('sessionId'),
      gameId: before('gameId'),
    }
    this.#ids = new Set(NAMES.map((name) => names[name]))
  }

  /** An id that came from outside may be a secret. */
  spelt(id: string): string {
    return quoted(this.#redact(id))
  }

  isId(name: string): boolean {
    return this.#ids.has(name)
  }

  of(context: LineContext): IdFields {
    const { spelling } = context
    if (
      spelling instanceof Spelling &&
      spelling.writer === this &&
      spelling.userId === context.userId &&
      spelling.sessionId === context.sessionId &&
      spelling.gameId === context.gameId
    ) {
      return spelling
    }
    const fresh = new Spelling(this, context)
    try {
      context.spelling = fresh
    } catch {
      // A frozen one is spelt for each line.
    }
    return fresh
  }
}

/** Ids of any names, asked for at each line; what has a name of the logger's own gets an underscore behind. */
export function idsOfRecord(record: Readonly<Record<string, unknown>>, own: ReadonlySet<string>): IdFields {
  const fields = Object.keys(record).flatMap((name) => {
    const json = jsonOf(record[name])
    return json === undefined ? [] : [[name, `${nameOf(own.has(name) ? `${name}_` : name)}${json}`] as const]
  })
  return {
    text: fields.map(([, text]) => text).join(''),
    names: fields.map(([name]) => name),
    has: (name) => Object.hasOwn(record, name),
    without: (names) => fields.map(([name, text]) => (names.includes(name) ? '' : text)).join(''),
  }
}
