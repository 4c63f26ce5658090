import { setImmediate as nextTurn } from 'node:timers/promises'
import { parseSelector } from '../../promql/index.ts'
import {
  compareText,
  isStale,
  LabelSet,
  type Matcher,
  METRIC_NAME_LABEL,
  type SelectedSeries,
} from '../../series/index.ts'
import { type Answer, textAnswer } from './answer.ts'
import { ByteSink } from './byte-sink.ts'
import type { ApiContext, ApiRequest } from './context.ts'
import { general } from './go-text.ts'
import { firstError, parsedOrFault } from './parameters.ts'

interface Newest {
  readonly labels: LabelSet
  readonly at: number
  readonly value: number
}

/** Series that are decoded before others may run. */
const SLICE = 500
const TEXT = 'text/plain; version=0.0.4; charset=utf-8; escaping='

/** The newest sample of each series that is asked for, as a page to scrape. What no text can say is left out: native histograms. */
export async function federate({ sources, limits }: ApiContext, { parameters, accept }: ApiRequest): Promise<Answer> {
  const sets: (readonly Matcher[])[] = []
  for (const text of parameters.all('match[]')) {
    const parsed = parsedOrFault(text, parseSelector)
    if (!parsed.ok) return textAnswer(400, `${firstError(parsed)}\n`)
    sets.push(parsed.matchers)
  }
  const to = sources.now()
  const found = await Promise.all(
    sets.map((matchers) => sources.queryable.select(matchers, to - limits.lookbackMs, to)),
  )
  const all = new Map(found.flat().map((each) => [each.labels.key, each]))
  const samples: Newest[] = []
  let slice = 0
  for (const each of all.values()) {
    samples.push(...newestOf(each))
    if (++slice % SLICE === 0) await nextTurn()
  }
  samples.sort(byNameFirst)
  const utf8 = /escaping=allow-utf-8/.test(accept)
  return {
    kind: 'text',
    status: 200,
    contentType: TEXT + (utf8 ? 'allow-utf-8' : 'underscores'),
    pieces: page(samples, sources.externalLabels ?? LabelSet.EMPTY, utf8),
  }
}

function newestOf({ labels, columns }: SelectedSeries): readonly Newest[] {
  if (!labels.has(METRIC_NAME_LABEL)) return []
  const { times, values, histograms } = columns()
  const last = times.length - 1
  const at = times[last] ?? -Infinity
  if (last < 0 || isStale(values, last) || (histograms?.times.at(-1) ?? -Infinity) > at) return []
  return [{ labels, at, value: values[last] ?? Number.NaN }]
}

function byNameFirst({ labels: a }: Newest, { labels: b }: Newest): number {
  return compareText(a.get(METRIC_NAME_LABEL), b.get(METRIC_NAME_LABEL)) || a.compare(b)
}

function* page(samples: readonly Newest[], external: LabelSet, utf8: boolean): Iterable<Uint8Array> {
  // Without an instance, the one that scrapes would put its target's on it.
  const added = external.has('instance') ? [...external] : [...external, ['instance', ''] as const]
  added.sort(([a], [b]) => compareText(a, b))
  const sink = new ByteSink()
  let open: string | undefined
  for (const { labels, at, value } of samples) {
    const metric = labels.get(METRIC_NAME_LABEL)
    const quoted = utf8 && !PLAIN_METRIC.test(metric)
    const name = utf8 ? metric : metric.replaceAll(/[^a-zA-Z0-9_:]|^[0-9]/gu, '_')
    if (metric !== open) sink.text(`# TYPE ${quoted ? `"${escaped(name)}"` : name} untyped\n`)
    open = metric
    const own = Array.from(labels).filter(([label]) => label !== METRIC_NAME_LABEL)
    const texts = [...own, ...added.filter(([label]) => !labels.has(label))].map(([label, text]) =>
      pair(label, text, utf8),
    )
    if (quoted) texts.unshift(`"${escaped(name)}"`)
    sink.text(`${quoted ? '' : name}{${texts.join(',')}} ${general(value)} ${at}\n`)
    yield* sink.take()
  }
  yield* sink.end()
}

const PLAIN_METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const PLAIN_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/

function pair(name: string, value: string, utf8: boolean): string {
  const plain = utf8 ? name : name.replaceAll(/[^a-zA-Z0-9_]|^[0-9]/gu, '_')
  return `${PLAIN_LABEL.test(plain) ? plain : `"${escaped(plain)}"`}="${escaped(value)}"`
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
}
