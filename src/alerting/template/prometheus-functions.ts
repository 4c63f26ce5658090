import { compareText, Pattern, PatternError, type SearchWork } from '../../series/index.ts'
import { readDuration } from '../duration.ts'
import { escapeQuery } from './escape.ts'
import { fn, FunctionError, QueryNeeded, type TemplateFunction, variadic } from './function.ts'
import { canBackquote, goQuote, parseGoFloat } from './go-text.ts'
import { mapChars, title } from './letter-case.ts'
import { stripDomain, stripPort } from './host.ts'
import { humanize, humanize1024, humanizeDuration, humanizePercentage, humanizeTimestamp, timeOf } from './humanize.ts'
import { bool, float, NIL, type SampleOfQuery, text, typeName, type Value } from './value.ts'

export type Answer = readonly SampleOfQuery[] | { readonly fault: string }

/** What a template may ask of its surroundings. */
export interface Surroundings {
  /** The moment of the evaluation, ms since the epoch. */
  readonly at: number
  readonly externalUrl: string
  /** The answers that are there, or why there are none; `query` throws QueryNeeded for another. */
  readonly answers: ReadonlyMap<string, Answer>
}

/** The functions that Prometheus gives to templates and that depend on where they are; beside {@link PURE_FUNCTIONS}. */
export function prometheusFunctions({ at, externalUrl, answers }: Surroundings): ReadonlyMap<string, TemplateFunction> {
  return new Map([
    ...searches({ steps: 0, most: MAX_SEARCH_STEPS }),
    ['now', fn([], () => float(at / 1000))],
    ['externalURL', fn([], () => text(externalUrl))],
    ['pathPrefix', fn([], () => text(pathOf(externalUrl)))],
    [
      'query',
      fn(['string'], ([query]) => {
        const asked = textOf(query)
        const answer = answers.get(asked)
        if (answer === undefined) throw new QueryNeeded(asked)
        if ('fault' in answer) throw new FunctionError(answer.fault)
        return { type: 'vector', samples: answer }
      }),
    ],
  ])
}

/** What all searches of one template may cost. */
export const MAX_SEARCH_STEPS = 500_000

/** Those that search by patterns; `work` bounds them all together. */
export function searches(work: SearchWork): readonly (readonly [string, TemplateFunction])[] {
  return [
    ['match', fn(['string', 'string'], ([source, given]) => bool(found(textOf(source), textOf(given), work)))],
    [
      'reReplaceAll',
      fn(['string', 'string', 'string'], ([source, by, given]) =>
        text(bounded(() => patternOf(textOf(source), true).replaceAll(textOf(given), textOf(by), work))),
      ),
    ],
  ]
}

const PURE: readonly (readonly [string, TemplateFunction])[] = [
  ['first', fn(['vector'], ([vector]) => first(vector))],
  ['label', fn(['string', 'sample'], ([name, sample]) => label(textOf(name), sample))],
  ['value', fn(['sample'], ([sample]) => sampleOf(sample).value)],
  ['strvalue', fn(['sample'], ([sample]) => label('__value__', sample))],
  ['sortByLabel', fn(['string', 'vector'], ([name, vector]) => sorted(textOf(name), vector))],
  [
    'args',
    variadic(['any'], (args) => ({
      type: 'map',
      of: 'any',
      entries: new Map(args.map((arg, i) => [`arg${i}`, arg])),
    })),
  ],
  ['safeHtml', fn(['string'], ([given]) => ({ type: 'string', value: textOf(given), html: true }))],
  ['title', fn(['string'], ([given]) => text(title(textOf(given))))],
  ['toUpper', fn(['string'], ([given]) => text(mapChars(textOf(given), (char) => char.toUpperCase())))],
  ['toLower', fn(['string'], ([given]) => text(mapChars(textOf(given), (char) => char.toLowerCase())))],
  ['graphLink', fn(['string'], ([expr]) => text(`/graph?g0.expr=${escapeQuery(textOf(expr))}&g0.tab=0`))],
  ['tableLink', fn(['string'], ([expr]) => text(`/graph?g0.expr=${escapeQuery(textOf(expr))}&g0.tab=1`))],
  ['stripPort', fn(['string'], ([host]) => text(stripPort(textOf(host))))],
  ['stripDomain', fn(['string'], ([host]) => text(stripDomain(textOf(host))))],
  ['urlQueryEscape', fn(['string'], ([given]) => text(escapeQuery(textOf(given))))],
  ['humanize', fn(['any'], ([value]) => text(humanize(numberOf(value))))],
  ['humanize1024', fn(['any'], ([value]) => text(humanize1024(numberOf(value))))],
  ['humanizeDuration', fn(['any'], ([value]) => text(humanizeDuration(numberOf(value))))],
  ['humanizePercentage', fn(['any'], ([value]) => text(humanizePercentage(numberOf(value))))],
  [
    'humanizeTimestamp',
    fn(['any'], ([value]) => {
      const seconds = numberOf(value)
      return text(Number.isFinite(seconds) ? humanizeTimestamp(whole(seconds)) : humanize(seconds))
    }),
  ],
  ['toTime', fn(['any'], ([value]) => ({ type: 'time', ns: nanoseconds(numberOf(value)) }))],
  [
    'toDuration',
    fn(['any'], ([value]) => {
      const ns = numberOf(value) * 1e9
      // Go's conversion of what does not fit.
      return { type: 'duration', ns: Math.abs(ns) < 2 ** 63 ? BigInt(Math.trunc(ns)) : -(2n ** 63n) }
    }),
  ],
  ['parseDuration', fn(['string'], ([given]) => float(seconds(textOf(given))))],
]

export const PURE_FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map(PURE)

/** The names that a template may call. */
export const FUNCTION_NAMES: ReadonlySet<string> = new Set([
  ...PURE.map(([name]) => name),
  'match',
  'reReplaceAll',
  'now',
  'externalURL',
  'pathPrefix',
  'query',
])

function textOf(value: Value | undefined): string {
  return value?.type === 'string' ? value.value : ''
}

function sampleOf(value: Value | undefined): SampleOfQuery {
  if (value?.type === 'sample') return value
  throw new FunctionError('runtime error: invalid memory address or nil pointer dereference')
}

function first(vector: Value | undefined): Value {
  const sample = vector?.type === 'vector' ? vector.samples[0] : undefined
  if (sample === undefined) throw new FunctionError('first() called on vector with no elements')
  return sample
}

function label(name: string, sample: Value | undefined): Value {
  return sampleOf(sample).labels.entries.get(name) ?? text('')
}

function sorted(name: string, vector: Value | undefined): Value {
  const samples = vector?.type === 'vector' ? [...vector.samples] : []
  const key = ({ labels }: SampleOfQuery): string => textOf(labels.entries.get(name) ?? NIL)
  return { type: 'vector', samples: samples.sort((a, b) => compareText(key(a), key(b))) }
}

function patternOf(source: string, compiling: boolean): Pattern {
  try {
    // A fault is told of the pattern as it was given.
    const given = new Pattern(source)
    return new Pattern(`(?-s:${given.source})`)
  } catch (cause) {
    if (!(cause instanceof PatternError)) throw cause
    throw new FunctionError(compiling ? `regexp: Compile(${regexpQuoted(source)}): ${cause.message}` : cause.message)
  }
}

function regexpQuoted(source: string): string {
  return canBackquote(source) ? `\`${source}\`` : goQuote(source)
}

function found(source: string, given: string, work: SearchWork): boolean {
  return bounded(() => patternOf(source, false).find(given, 0, work) !== undefined)
}

/** A search that takes too long ends with an error. */
function bounded<T>(search: () => T): T {
  try {
    return search()
  } catch (cause) {
    throw cause instanceof RangeError ? new FunctionError(cause.message) : cause
  }
}

function numberOf(value: Value = NIL): number {
  if (value.type === 'float') return value.value
  if (value.type === 'int' && (value.of === 'int' || value.of === 'int64')) return Number(value.value)
  if (value.type === 'duration') return Number(value.ns) / 1e9
  if (value.type === 'string' && !value.html) {
    const parsed = parseGoFloat(value.value)
    if (typeof parsed === 'number') return parsed
    throw new FunctionError(`strconv.ParseFloat: parsing ${goQuote(value.value)}: ${parsed}`)
  }
  throw new FunctionError(`can't convert ${typeName(value)} to float`)
}

function nanoseconds(seconds: number): bigint {
  if (!Number.isFinite(seconds)) throw new FunctionError('value is NaN or Inf')
  const at = timeOf(seconds)
  if (typeof at === 'string') throw new FunctionError(at)
  return at
}

/** @throws FunctionError for what is no moment. */
function whole(seconds: number): number {
  nanoseconds(seconds)
  return seconds
}

function seconds(given: string): number {
  const ms = readDuration(given)
  if (typeof ms === 'number') return ms / 1000
  throw new FunctionError(ms.fault)
}

function pathOf(url: string): string {
  try {
    const { pathname } = new URL(url)
    return pathname === '/' && !url.endsWith('/') ? '' : pathname
  } catch {
    return ''
  }
}
