import { type Expr, format, parse, toJson } from '../../promql/index.ts'
import type { Matcher } from '../../series/index.ts'
import { type Answer, arrayOf, dataAnswer, jsonAnswer, writeLabels } from './answer.ts'
import type { ApiContext, ApiRequest } from './context.ts'
import { failBadData, failParameter } from './fault.ts'
import { firstError, MAX_TIME, MIN_TIME, parsedOrFault } from './parameters.ts'

export function formatQuery(_: ApiContext, { parameters }: ApiRequest): Answer {
  return jsonAnswer(format(queryOf(parameters.text('query'), failQuery)))
}

export function parseQuery(_: ApiContext, { parameters }: ApiRequest): Answer {
  return jsonAnswer(sorted(toJson(queryOf(parameters.text('query'), failQuery))))
}

export function queryExemplars({ sources }: ApiContext, { parameters }: ApiRequest): Answer {
  const [from, to] = [parameters.timeOr('start', MIN_TIME), parameters.timeOr('end', MAX_TIME)]
  if (to < from) failBadData('end timestamp must not be before start timestamp')
  const selectors = [...selectorsOf(queryOf(parameters.text('query'), failBadData))]
  if (selectors.length === 0) return { kind: 'nothing' }
  const find = sources.exemplars ?? (() => [])
  const found = new Map(
    selectors.flatMap((matchers) => find(matchers, from, to)).map((each) => [each.labels.key, each]),
  )
  const series = [...found.values()].sort((a, b) => a.labels.compare(b.labels))
  return dataAnswer(
    arrayOf(series, (sink, { labels, exemplars }) => {
      sink.text('{"seriesLabels":')
      writeLabels(sink, labels)
      let mark = ',"exemplars":['
      for (const exemplar of exemplars) {
        sink.text(`${mark}{"labels":`)
        writeLabels(sink, exemplar.labels)
        sink.text(',"value":"').number(exemplar.value).text('","timestamp":').seconds(exemplar.at).text('}')
        mark = ','
      }
      sink.text(exemplars.length === 0 ? ',"exemplars":[]}' : ']}')
    }),
  )
}

function failQuery(message: string): never {
  failParameter('query', message)
}

function queryOf(text: string, fail: (message: string) => never): Expr {
  const parsed = parsedOrFault(text, parse)
  return parsed.ok ? parsed.expr : fail(firstError(parsed))
}

/** The matchers of every selector in a tree. */
function* selectorsOf(expr: Expr): Iterable<readonly Matcher[]> {
  switch (expr.kind) {
    case 'number':
    case 'string':
      return
    case 'vector-selector':
      yield expr.matchers
      return
    case 'matrix-selector':
      yield expr.selector.matchers
      return
    case 'paren':
    case 'unary':
    case 'subquery':
      yield* selectorsOf(expr.expr)
      return
    case 'aggregate':
      if (expr.param !== undefined) yield* selectorsOf(expr.param)
      yield* selectorsOf(expr.expr)
      return
    case 'binary':
      yield* selectorsOf(expr.left)
      yield* selectorsOf(expr.right)
      return
    case 'call':
      for (const arg of expr.args) yield* selectorsOf(arg)
  }
}

/** Go writes the keys of its maps in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  )
}
