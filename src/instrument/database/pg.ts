import { type Method, patchMethod } from '../method-patch.ts'
import { undoAll } from '../undo.ts'
import type { DatabaseCall, DatabaseWatch } from './options.ts'
import { operationOf, statementShape } from './statement.ts'

type Tell = (error: unknown, result?: unknown) => void

/** Every statement and connection of pg's clients, those of its pools too, by the prototype of `Client`. */
export function watchPg(client: object, watch: DatabaseWatch): () => void {
  const { now, record, fuse } = watch
  return undoAll([
    patchMethod(
      client,
      'query',
      (original) =>
        function query(...args) {
          const tell = fuse.run(() => begin(args[0], watch))
          return tell === undefined ? Reflect.apply(original, this, args) : run(this, original, args, tell)
        },
    ),
    patchMethod(
      client,
      'connect',
      (original) =>
        function connect(...args) {
          const startedAt = fuse.run(now)
          if (startedAt === undefined) return Reflect.apply(original, this, args)
          const tell: Tell = (error) => {
            fuse.run(() => record.connect({ system: 'postgresql', durationMs: now() - startedAt, ...failure(error) }))
          }
          return withCallback(this, original, args, args.length === 0 ? -1 : 0, tell)
        },
    ),
  ])
}

function begin(config: unknown, { now, record, fuse }: DatabaseWatch): Tell {
  const text = textOf(config)
  const startedAt = now()
  let over = false
  return (error, result) => {
    if (over) return
    over = true
    fuse.run(() => {
      const call: DatabaseCall = {
        system: 'postgresql',
        operation: operationOf(text),
        shape: () => statementShape(text, 'names'),
        durationMs: now() - startedAt,
        ...(failure(error) ?? rowsOf(result)),
      }
      record.call(call)
    })
  }
}

/** A text, an object with one, or a query that hands itself in, a cursor for example. */
function textOf(config: unknown): string {
  if (typeof config === 'string') return config
  const text: unknown = Reflect.get(Object(config), 'text')
  return typeof text === 'string' ? text : ''
}

function run(client: object, original: Method<object>, args: readonly unknown[], tell: Tell): unknown {
  const [config] = args
  if (typeof config === 'object' && config !== null && typeof Reflect.get(config, 'submit') === 'function') {
    tellOfEnd(config, tell)
    return Reflect.apply(original, client, args)
  }
  const at = args.findIndex((arg, index) => index > 0 && typeof arg === 'function')
  const own: unknown = at < 0 ? Reflect.get(Object(config), 'callback') : undefined
  if (typeof own !== 'function') return withCallback(client, original, args, at, tell)
  return Reflect.apply(original, client, [Object.assign({}, config, { callback: told(own, tell) }), ...args.slice(1)])
}

/** With a callback among the arguments, else by the promise. What is thrown at once is a misuse, and no call. */
function withCallback(
  self: object,
  original: Method<object>,
  args: readonly unknown[],
  at: number,
  tell: Tell,
): unknown {
  const callback = args[at]
  if (typeof callback === 'function') return Reflect.apply(original, self, args.with(at, told(callback, tell)))
  const result = Reflect.apply(original, self, args)
  // pg may be told to use promises of another make.
  Promise.resolve(result).then((value: unknown) => tell(undefined, value), tell)
  return result
}

function told(callback: object, tell: Tell): (...answer: readonly unknown[]) => unknown {
  return function answered(this: unknown, ...answer: readonly unknown[]): unknown {
    tell(answer[0], answer[1])
    return typeof callback === 'function' ? Reflect.apply(callback, this, answer) : undefined
  }
}

/** A query that hands itself in is told of its error, and of its end, by methods of its own. */
function tellOfEnd(query: object, tell: Tell): void {
  const undo = undoAll(
    (['handleError', 'handleReadyForQuery'] as const).flatMap((name) =>
      name in query
        ? [
            patchMethod(
              query,
              name,
              (original) =>
                function ended(...args) {
                  undo()
                  tell(name === 'handleError' ? args[0] : undefined)
                  return Reflect.apply(original, this, args)
                },
            ),
          ]
        : [],
    ),
  )
}

function failure(error: unknown): { error: unknown } | undefined {
  return error === undefined || error === null ? undefined : { error }
}

/** Of several statements in one text, all their rows. */
function rowsOf(result: unknown): { rows?: number } {
  const results: readonly unknown[] = Array.isArray(result) ? result : [result]
  let rows: number | undefined
  for (const each of results) {
    const count: unknown = Reflect.get(Object(each), 'rowCount')
    if (typeof count === 'number') rows = (rows ?? 0) + count
  }
  return rows === undefined ? {} : { rows }
}
