import { timeIn } from './field.ts'
import { formatTime } from './go-time.ts'
import { fn, FunctionError, type TemplateFunction, variadic } from './function.ts'
import { goQuote } from './go-text.ts'
import { mapChars, title } from './letter-case.ts'
import { MAX_SEARCH_STEPS, PURE_FUNCTIONS, searches } from './prometheus-functions.ts'
import { type ListValue, NIL, text, type Value } from './value.ts'

const SHARED = ['toUpper', 'toLower', 'safeHtml', 'humanizeDuration']

const OWN: readonly (readonly [string, TemplateFunction])[] = [
  ['title', fn(['string'], ([given]) => text(title(mapChars(textOf(given), (char) => char.toLowerCase()))))],
  ['trimSpace', fn(['string'], ([given]) => text(textOf(given).replaceAll(/^[\s\u0085]+|[\s\u0085]+$/g, '')))],
  ['join', fn(['string', 'texts'], ([separator, texts]) => text(itemsOf(texts).map(textOf).join(textOf(separator))))],
  ['safeUrl', fn(['string'], ([given]) => ({ type: 'string', value: textOf(given), html: true }))],
  ['urlUnescape', fn(['string'], ([given]) => text(unescaped(textOf(given))))],
  ['stringSlice', variadic(['string'], (items): ListValue => ({ type: 'list', of: '[]string', items }))],
  ['date', fn(['string', 'time'], ([layout, time]) => text(dated(textOf(layout), time)))],
  ['tz', fn(['string', 'time'], ([zone, time]) => timeIn(time, textOf(zone)))],
  ['toJson', fn(['any'], ([value = NIL]) => text(JSON.stringify(plain(value))))],
]

/** What Alertmanager gives to templates, beside Go's own; `at`: ms since the epoch. */
export function alertmanagerFunctions(at: number): ReadonlyMap<string, TemplateFunction> {
  const now = Number.isFinite(at) ? BigInt(Math.trunc(at)) * 1_000_000n : 0n
  return new Map([
    ...FIXED,
    ...searches({ steps: 0, most: MAX_SEARCH_STEPS }),
    ['since', fn(['time'], ([time]) => ({ type: 'duration', ns: time?.type === 'time' ? now - time.ns : 0n }))],
  ])
}

const FIXED = new Map([...Array.from(PURE_FUNCTIONS).filter(([name]) => SHARED.includes(name)), ...OWN])

export const ALERTMANAGER_FUNCTION_NAMES: ReadonlySet<string> = new Set([
  ...FIXED.keys(),
  'match',
  'reReplaceAll',
  'since',
])

function textOf(value: Value | undefined): string {
  return value?.type === 'string' ? value.value : ''
}

function itemsOf(value: Value | undefined): readonly Value[] {
  return value?.type === 'list' ? value.items : []
}

function dated(layout: string, time: Value | undefined): string {
  return time?.type === 'time' ? formatTime(time.ns, layout, time.zone) : ''
}

function unescaped(given: string): string {
  try {
    return decodeURIComponent(given.replaceAll('+', ' '))
  } catch {
    const bad = /%(?![\da-f]{2}).{0,2}/i.exec(given)?.[0] ?? given
    throw new FunctionError(`invalid URL escape ${goQuote(bad)}`)
  }
}

/** As encoding/json would have it. */
function plain(value: Value): unknown {
  switch (value.type) {
    case 'nil':
      return null
    case 'bool':
    case 'string':
    case 'float':
      return value.value
    case 'int':
      return Number(value.value)
    case 'map':
      return Object.fromEntries(Array.from(value.entries, ([name, own]) => [name, plain(own)]))
    case 'list':
      return value.items.map(plain)
    case 'vector':
      return value.samples.map(plain)
    case 'sample':
      return { labels: plain(value.labels), value: plain(value.value) }
    case 'histogram':
      return value.text
    case 'time':
      return formatTime(value.ns, '2006-01-02T15:04:05.999999999Z07:00', value.zone)
    case 'duration':
      return Number(value.ns)
    case 'data':
      return Object.fromEntries(Array.from(value.fields, ([name, own]) => [jsonName(name), plain(own)]))
  }
}

function jsonName(field: string): string {
  return field.charAt(0).toLowerCase() + field.slice(1)
}
