import { compareText, type LabelSet, type Matcher, type SelectedSeries } from '../../series/index.ts'
import { type Answer, arrayOf, dataAnswer, type DataWriter, TRUNCATED, writeLabels } from './answer.ts'
import type { ApiContext, ApiRequest } from './context.ts'
import { failBadData, failParameter } from './fault.ts'
import { goJson, unescapeName } from './go-text.ts'
import { MAX_TIME, MIN_TIME, type Parameters } from './parameters.ts'

type MatcherSets = readonly (readonly Matcher[])[]

export async function labelNames({ sources }: ApiContext, { parameters }: ApiRequest): Promise<Answer> {
  const limit = parameters.limit()
  const { from, to } = window(parameters)
  const sets = parameters.selectors()
  return texts(sets, limit, (matchers) => sources.queryable.labelNames(matchers, from, to))
}

export async function labelValues(
  { sources }: ApiContext,
  { parameters }: ApiRequest,
  escaped: string,
): Promise<Answer> {
  const name = unescapeName(escaped)
  if (name === '') failBadData('invalid label name: ""')
  const limit = parameters.limit()
  const { from, to } = window(parameters)
  const sets = parameters.selectors()
  return texts(sets, limit, (matchers) => sources.queryable.labelValues(name, matchers, from, to))
}

export async function series({ sources }: ApiContext, { parameters }: ApiRequest): Promise<Answer> {
  if (parameters.all('match[]').length === 0) failBadData('no match[] parameter provided')
  const limit = parameters.limit()
  const { from, to } = window(parameters)
  const sets = parameters.selectors((message) => failParameter('match[]', message))
  const found = await Promise.all(sets.map((matchers) => sources.queryable.select(matchers, from, to)))
  const all = mergedLabels(found)
  const cut = limit > 0 && all.length > limit
  return dataAnswer(arrayOf(cut ? all.slice(0, limit) : all, writeLabels), cut ? [TRUNCATED] : [])
}

/** Each series once; sorted when they come from several selections, as in Prometheus. */
export function mergedLabels(found: readonly (readonly SelectedSeries[])[]): readonly LabelSet[] {
  const [first = []] = found
  if (found.length < 2) return first.map(({ labels }) => labels)
  const all = new Map(found.flat().map(({ labels }) => [labels.key, labels]))
  return [...all.values()].sort((a, b) => a.compare(b))
}

function window(parameters: Parameters): { readonly from: number; readonly to: number } {
  return { from: parameters.timeOr('start', MIN_TIME), to: parameters.timeOr('end', MAX_TIME) }
}

async function texts(
  sets: MatcherSets,
  limit: number,
  find: (matchers: readonly Matcher[]) => Promise<readonly string[]>,
): Promise<Answer> {
  const [only = []] = sets
  const all = sets.length < 2 ? await find(only) : merged(await Promise.all(sets.map(find)))
  const cut = limit > 0 && all.length > limit
  const write = arrayOf(cut ? all.slice(0, limit) : all, (sink, text) => sink.text(goJson(text)))
  return dataAnswer(write, cut ? [TRUNCATED] : [])
}

function merged(found: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(found.flat())].sort(compareText)
}

export async function metadata({ sources }: ApiContext, { parameters }: ApiRequest): Promise<Answer> {
  const limit = parameters.whole('limit') ?? -1
  const perMetric = parameters.whole('limit_per_metric') ?? -1
  const metric = parameters.text('metric')
  const known = await sources.queryable.metadata()
  const names = [...known.keys()].filter((name) => metric === '' || name === metric).sort(compareText)
  const shown = limit >= 0 ? names.slice(0, limit) : names
  const write: DataWriter = function* (sink) {
    let mark = '{'
    for (const name of shown) {
      const found = known.get(name)
      const entry =
        found === undefined || perMetric === 0 ? [] : [{ type: found.type, unit: found.unit, help: found.help }]
      sink.text(`${mark}${goJson(name)}:${goJson(entry)}`)
      mark = ','
      yield
    }
    sink.text(shown.length === 0 ? '{}' : '}')
  }
  return dataAnswer(write)
}
