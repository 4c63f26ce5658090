import type { HistogramValue } from '../../series/index.ts'

/** What a template calculates with: Go's values, as far as rules get to see them. */
export type Value =
  /** No value: a key that is not there. */
  | { readonly type: 'nil' }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'int'; readonly value: bigint; readonly of: IntType }
  | { readonly type: 'float'; readonly value: number }
  /** `html`: marked as safe for a page, which makes it another type. `escaped`: by the template, so that no page does it again. */
  | {
      readonly type: 'string'
      readonly value: string
      readonly html: boolean
      readonly escaped?: 'html' | 'query'
    }
  /** `kv`: texts too, with Alertmanager's methods. */
  | { readonly type: 'map'; readonly entries: ReadonlyMap<string, Value>; readonly of: 'string' | 'any' | 'kv' }
  | { readonly type: 'vector'; readonly samples: readonly SampleOfQuery[] }
  | ListValue
  | SampleOfQuery
  | { readonly type: 'histogram'; readonly value: HistogramValue; readonly text: string }
  /** Nanoseconds since the epoch; `zone`: an IANA name, default UTC. */
  | { readonly type: 'time'; readonly ns: bigint; readonly zone?: string }
  | { readonly type: 'duration'; readonly ns: bigint }
  /** A struct; without a name it is the dot that a rule's template begins with. */
  | { readonly type: 'data'; readonly fields: ReadonlyMap<string, Value>; readonly of?: string }

export type IntType = 'int' | 'uint8' | 'int32' | 'int64' | 'time.Month' | 'time.Weekday'

/** A slice of Alertmanager's. */
export interface ListValue {
  readonly type: 'list'
  readonly items: readonly Value[]
  readonly of: '[]string' | 'template.Alerts' | 'template.Pairs'
}

/** Go's time.Time{}: what is not there yet. */
export const ZERO_TIME_NS: bigint = -62_135_596_800_000_000_000n

export interface SampleOfQuery {
  readonly type: 'sample'
  readonly labels: Extract<Value, { type: 'map' }>
  readonly value: Value
}

export const NIL: Value = { type: 'nil' }

export function text(value: string): Value {
  return { type: 'string', value, html: false }
}

export function float(value: number): Value {
  return { type: 'float', value }
}

export function int(value: number | bigint, of: IntType = 'int'): Value {
  return { type: 'int', value: BigInt(value), of }
}

export function bool(value: boolean): Value {
  return { type: 'bool', value }
}

export function textMap(entries: Iterable<readonly [string, string]>): Extract<Value, { type: 'map' }> {
  return { type: 'map', of: 'string', entries: new Map(Array.from(entries, ([name, value]) => [name, text(value)])) }
}

/** Go's name of the type. */
export function typeName(value: Value): string {
  switch (value.type) {
    case 'nil':
      return '<nil>'
    case 'bool':
      return 'bool'
    case 'int':
      return value.of
    case 'float':
      return 'float64'
    case 'string':
      return value.html ? 'template.HTML' : 'string'
    case 'map':
      if (value.of === 'kv') return 'template.KV'
      return value.of === 'string' ? 'map[string]string' : 'map[string]interface {}'
    case 'vector':
      return 'template.queryResult'
    case 'list':
      return value.of
    case 'sample':
      return '*template.sample'
    case 'histogram':
      return '*histogram.FloatHistogram'
    case 'time':
      return '*time.Time'
    case 'duration':
      return '*time.Duration'
    case 'data':
      if (value.of !== undefined) return value.of
      return 'struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }'
  }
}

/** What `if`, `with`, `and`, `or` and `not` go by. */
export function isTrue(value: Value): boolean {
  switch (value.type) {
    case 'nil':
      return false
    case 'bool':
      return value.value
    case 'int':
      return value.value !== 0n
    case 'float':
      return value.value !== 0
    case 'string':
      return value.value !== ''
    case 'map':
      return value.entries.size > 0
    case 'vector':
      return value.samples.length > 0
    case 'list':
      return value.items.length > 0
    case 'sample':
    case 'histogram':
    case 'time':
    case 'duration':
    case 'data':
      return true
  }
}

/** A template that cannot be read, or that stopped; in Go's words. */
export class TemplateError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'TemplateError'
  }
}
