import { LabelSet, type SelectedSeries } from '../../series/index.ts'
import type { Tsdb } from '../../tsdb/index.ts'
import type { SendSource } from '../../wire/index.ts'
import type { RelabelRule } from '../targets/config/relabel-rule.ts'
import { relabel } from '../targets/relabel.ts'

/** Series whose labels are remembered. */
const MAX_KNOWN = 100_000

/** The store as a remote server is to see it: with the external labels where a series has none of its own, then relabelled. */
export function relabelledSource(store: Tsdb, external: LabelSet, rules: readonly RelabelRule[]): SendSource {
  const known = new Map<number, readonly [own: LabelSet, sent: LabelSet | undefined]>()
  const sent = (own: LabelSet): LabelSet | undefined => {
    const labels = new Map([...external, ...own])
    return relabel(labels, rules) && labels.size > 0 ? LabelSet.of(labels) : undefined
  }
  const relabelAll = <T extends { readonly labels: LabelSet }>(series: readonly T[]): T[] =>
    series.flatMap((each) => {
      const labels = sent(each.labels)
      return labels === undefined ? [] : [{ ...each, labels }]
    })
  return {
    observe: (listener) => store.observe(listener),
    labelsOf: (ref) => {
      const own = store.labelsOf(ref)
      if (own === undefined) return undefined
      const before = known.get(ref)
      if (before?.[0] === own) return before[1]
      if (known.size >= MAX_KNOWN) known.clear()
      const labels = sent(own)
      known.set(ref, [own, labels])
      return labels
    },
    select: async (matchers, from, to): Promise<readonly SelectedSeries[]> =>
      relabelAll(await store.select(matchers, from, to)),
    exemplars: (matchers, from, to) => relabelAll(store.exemplars(matchers, from, to)),
    metadata: () => store.metadata(),
  }
}
