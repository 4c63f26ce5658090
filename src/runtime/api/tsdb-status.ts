import { setImmediate as nextTurn } from 'node:timers/promises'
import { compareText, METRIC_NAME_LABEL, type SelectedSeries } from '../../series/index.ts'
import { type Answer, jsonAnswer } from './answer.ts'
import type { ApiContext, ApiRequest } from './context.ts'
import { failBadData } from './fault.ts'
import { MAX_TIME, MIN_TIME } from './parameters.ts'

/** Bytes that Prometheus keeps of a label beside its texts. */
const LENGTHS = 2
/** Series that are counted before others may run. */
const SLICE = 2000

/** How many series, labels and values there are, and which of them the most. */
export async function tsdbStatus({ sources }: ApiContext, { parameters }: ApiRequest): Promise<Answer> {
  const text = parameters.text('limit')
  const limit = text === '' ? 10 : Number(/^[+-]?\d+$/.test(text) ? text : 0)
  if (limit < 1) failBadData('limit must be a positive number')
  const census = await count(await sources.queryable.select([], MIN_TIME, MAX_TIME))
  const { chunks = 0, minTime = 0, maxTime = 0 } = sources.storeStats?.() ?? {}
  return jsonAnswer({
    headStats: {
      numSeries: census.series,
      numLabelPairs: census.byPair.size,
      chunkCount: chunks,
      minTime,
      maxTime,
    },
    seriesCountByMetricName: most(census.byMetric, limit),
    labelValueCountByLabelName: most(census.valuesByName, limit),
    memoryInBytesByLabelName: most(census.bytesByName, limit),
    seriesCountByLabelValuePair: most(census.byPair, limit),
  })
}

interface Census {
  readonly series: number
  readonly byMetric: Map<string, number>
  readonly byPair: Map<string, number>
  readonly valuesByName: Map<string, number>
  readonly bytesByName: Map<string, number>
}

async function count(found: readonly SelectedSeries[]): Promise<Census> {
  const [byMetric, byPair] = [new Map<string, number>(), new Map<string, number>()]
  const [valuesByName, bytesByName] = [new Map<string, number>(), new Map<string, number>()]
  const add = (map: Map<string, number>, key: string, by: number): number => {
    const sum = (map.get(key) ?? 0) + by
    map.set(key, sum)
    return sum
  }
  for (const [i, { labels }] of found.entries()) {
    for (const [name, value] of labels) {
      if (name === METRIC_NAME_LABEL) add(byMetric, value, 1)
      add(bytesByName, name, Buffer.byteLength(name) + Buffer.byteLength(value) + LENGTHS)
      if (add(byPair, `${name}=${value}`, 1) === 1) add(valuesByName, name, 1)
    }
    if (i % SLICE === SLICE - 1) await nextTurn()
  }
  return { series: found.length, byMetric, byPair, valuesByName, bytesByName }
}

function most(counts: ReadonlyMap<string, number>, limit: number): readonly unknown[] {
  return [...counts]
    .sort(([a, x], [b, y]) => y - x || compareText(a, b))
    .slice(0, limit)
    .map(([name, value]) => ({ name, value }))
}
