import { type PageEntry, type PageOptions, readPage } from '../index.ts'

/**
 * A page, byte for character; its series as `selector value`, with `@time` if the page tells one, or why it is refused; and
 * what Prometheus 3.5.3 does instead.
 */
export type PageCase = readonly [page: string, outcome: readonly string[] | Refused, otherwiseBecause?: string]

export interface Refused {
  readonly refused: string
}

export function refused(why: string): Refused {
  return { refused: why }
}

export const TEXT = 'text/plain; version=0.0.4'
export const OPENMETRICS = 'application/openmetrics-text; version=1.0.0'
export const PROTOBUF = 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited'

export function bytesOf(page: string): Uint8Array {
  return Buffer.from(page, 'latin1')
}

export function samplesOf(
  page: Uint8Array,
  contentType: string,
  options: PageOptions = {},
): (PageEntry & { kind: 'sample' })[] {
  return [...readPage(page, contentType, options)].filter((entry) => entry.kind === 'sample')
}

/** What becomes of a page, as a case tells it. */
export function outcomeOf(
  page: Uint8Array,
  contentType: string,
  options: PageOptions = {},
): readonly string[] | Refused {
  try {
    return samplesOf(page, contentType, options).map(
      ({ labels, value, at }) => `${String(labels())} ${shown(value)}${at === undefined ? '' : ` @${at}`}`,
    )
  } catch (error) {
    if (error instanceof Error && error.name === 'PageError') return refused(error.message)
    throw error
  }
}

function shown(value: (PageEntry & { kind: 'sample' })['value']): string {
  if (typeof value === 'number') return value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value)
  const { schema, count, sum, zeroCount, positive, negative, counterReset } = value
  const side = (name: string, { spans, counts }: typeof positive): string =>
    counts.length === 0
      ? ''
      : ` ${name}${spans.map(({ offset, length }) => `[${offset}:${length}]`).join('')}=${counts.join(',')}`
  const gauge = counterReset === 'gauge' ? ' gauge' : ''
  return `{schema ${schema} count ${count} sum ${sum} zero ${zeroCount}${side('positive', positive)}${side('negative', negative)}${gauge}}`
}
