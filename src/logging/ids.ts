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

/** The ids of one context. They change seldom: for most lines of a context it is the one text. */
class Spelling implements IdFields {
  readonly text: string
  readonly writer: ContextIds
  readonly userId: string | undefined
  readonly sessionId: string | undefined
  readonly gameId: string | undefined
  readonly #fields: readonly (readonly [name: string, text: string])[]

  constructor(writer: ContextIds, names: FieldNames, context: LineContext) {
    this.writer = writer
    this.userId = context.userId
    this.sessionId = context.sessionId
    this.gameId = context.gameId
    const values = [
      [names.correlationId, context.correlationId],
      [names.traceId, context.traceId],
      [names.spanId, context.spanId],
      [names.userId, this.userId],
      [names.sessionId, this.sessionId],
      [names.gameId, this.gameId],
    ] as const
    this.#fields = values.flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, `,"${name}":${quoted(value)}`] as const] : [],
    )
    this.text = this.#fields.map(([, text]) => text).join('')
  }

  get names(): readonly string[] {
    return this.#fields.map(([name]) => name)
  }

  has(name: string): boolean {
    return this.writer.names.has(name)
  }

  without(names: readonly string[]): string {
    return this.#fields.map(([name, text]) => (names.includes(name) ? '' : text)).join('')
  }
}

/** Writes the ids of contexts, each once. */
export class ContextIds {
  readonly names: ReadonlySet<string>
  readonly #names: FieldNames

  constructor(names: FieldNames) {
    this.#names = names
    const { correlationId, traceId, spanId, userId, sessionId, gameId } = names
    this.names = new Set([correlationId, traceId, spanId, userId, sessionId, gameId])
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
    const fresh = new Spelling(this, this.#names, context)
    if (!Object.isFrozen(context)) context.spelling = fresh
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
