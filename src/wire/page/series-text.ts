import { isUtf8 } from 'node:buffer'
import { canonicalFloat } from '../../metrics/index.ts'
import { type LabelSet, METRIC_NAME_LABEL, type MetricMetadata } from '../../series/index.ts'
import { parseGoFloat } from './go-float.ts'
import { BACKSLASH, CLOSE, COMMA, EQUALS, LABEL_PART, METRIC_PART, endOfName, OPEN, QUOTE } from './lexer.ts'
import { readQuoted } from './quoted-token.ts'
import { seriesLabels } from './series-labels.ts'

export type SeriesType = MetricMetadata['type'] | ''

/** What is between the quotes or is the plain name. */
export interface Part {
  readonly start: number
  readonly end: number
}

export interface SeriesParts {
  readonly name: Part
  readonly labels: readonly (readonly [name: Part, value: Part])[]
}

/** Takes apart the text of a series that a reader has already gone through and found sound. */
export function seriesParts(bytes: Buffer, start: number, end: number): SeriesParts {
  let at = start
  while (isBlank(bytes[at])) at++
  let name: Part = { start: at, end: endOfName(bytes, at, METRIC_PART) }
  const labels: [Part, Part][] = []
  at = skipBlanks(bytes, name.end)
  if (at >= end || bytes[at] !== OPEN) return { name, labels }
  at++
  while (at < end && bytes[at] !== CLOSE) {
    const byte = bytes[at]
    if (isBlank(byte) || byte === COMMA) {
      at++
      continue
    }
    const part = partAt(bytes, at, end)
    at = skipBlanks(bytes, behind(bytes, part))
    if (bytes[at] !== EQUALS) {
      name = part
      continue
    }
    const value = partAt(bytes, skipBlanks(bytes, at + 1), end)
    labels.push([part, value])
    at = behind(bytes, value)
  }
  return { name, labels }
}

/** The labels that the text spells; bounds and quantiles as numbers always look, in metrics that have them. */
export function labelsOfText(bytes: Buffer, start: number, end: number, type: SeriesType): LabelSet {
  const { name, labels } = seriesParts(bytes, start, end)
  const numeric = numericLabel(type)
  return seriesLabels([
    [METRIC_NAME_LABEL, unescaped(bytes, name)],
    ...labels.map(([name, value]) => {
      const label = unescaped(bytes, name)
      const text = unescaped(bytes, value)
      return [label, label === numeric ? canonicalNumber(text) : text] as const
    }),
  ])
}

/** The label that splits a metric of this type by a number. */
export function numericLabel(type: SeriesType): 'le' | 'quantile' | undefined {
  if (type === 'histogram') return 'le'
  return type === 'summary' ? 'quantile' : undefined
}

function canonicalNumber(text: string): string {
  const value = parseGoFloat(text)
  return typeof value === 'number' ? canonicalFloat(value) : text
}

/** Only backslash, quote and n are escapes; another's backslash stays. Bytes that are no UTF-8 leave a lone surrogate. */
export function unescaped(bytes: Buffer, { start, end }: Part): string {
  const raw = bytes.subarray(start, end)
  const text = isUtf8(raw) ? bytes.toString('utf8', start, end) : `${bytes.toString('utf8', start, end)}\ud800`
  return raw.includes(BACKSLASH) ? unescape(text) : text
}

function unescape(text: string): string {
  return text.replaceAll(/\\(["\\n])/g, (_, char: string) => (char === 'n' ? '\n' : char))
}

function partAt(bytes: Buffer, at: number, end: number): Part {
  if (bytes[at] !== QUOTE) return { start: at, end: endOfName(bytes, at, LABEL_PART) }
  return { start: at + 1, end: readQuoted(bytes, at + 1, end, true, true).at - 1 }
}

function behind(bytes: Buffer, part: Part): number {
  return bytes[part.end] === QUOTE && bytes[part.start - 1] === QUOTE ? part.end + 1 : part.end
}

function skipBlanks(bytes: Buffer, from: number): number {
  let at = from
  while (isBlank(bytes[at])) at++
  return at
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09
}
