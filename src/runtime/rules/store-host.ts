import type { Appended, RuleSample, RulesHost } from '../../alerting/index.ts'
import { histogramText } from '../../promql/index.ts'
import type { Tsdb } from '../../tsdb/index.ts'

/** Rules that ask and write the embedded store. @param monotonicNow milliseconds that never go back. */
export function storeHost(query: RulesHost['query'], store: Tsdb, monotonicNow: () => number): RulesHost {
  return {
    query,
    append: (samples) => append(store, samples),
    select: (matchers, from, to) => store.select(matchers, from, to),
    histogramText,
    monotonicNow,
  }
}

function append(store: Tsdb, samples: readonly RuleSample[]): Appended {
  const batch = store.batch()
  let unplaced = 0
  for (const { labels, at, value } of samples) {
    const ref = store.series(labels)
    if (ref === undefined) unplaced++
    else if (value === 'stale') batch.addStale(ref, at)
    else if (typeof value === 'number') batch.add(ref, at, value)
    else batch.addHistogram(ref, at, value)
  }
  const { refused } = batch.commit()
  const reasons = Object.entries(unplaced === 0 ? refused : { ...refused, 'series-limit': unplaced })
  const count = reasons.reduce((sum, [, each]) => sum + each, 0)
  if (count === 0) return { refused: 0, fault: undefined }
  const told = reasons.map(([reason, each]) => `${reason}: ${each}`).join(', ')
  return { refused: count, fault: `the store refused ${count} of ${samples.length} samples (${told})` }
}
