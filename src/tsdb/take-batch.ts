import type { HistogramValue } from '../series/index.ts'
import { Batch } from './batch.ts'
import { type Head, isWellFormed } from './head/head.ts'
import type { Refusal, Tally } from './refusal.ts'

/** Gives the batch's samples and exemplars to the head; `taken` gets those that it took. */
export function takeBatch(head: Head, batch: Batch, tally: Tally, taken?: Batch): Tally {
  const { refs, times, values, starts, histograms, exemplars } = batch
  refs.forEach((ref, i) => {
    const series = head.byRef(ref)
    if (series === undefined) return tally.refuse('unknown-series')
    const histogram = histograms.get(i)
    const at = times[i] ?? Number.NaN
    const start = starts[i] ?? 0
    const before = tally.appended
    if (histogram === undefined) head.appendOne(series, at, values, i, start, tally)
    else head.appendHistogram(series, at, histogram, start, tally)
    if (taken === undefined || tally.appended === before) return
    if (histogram === undefined) taken.addFrom(ref, at, values, i, start)
    else taken.addHistogram(ref, at, histogram, start)
  })
  for (const { ref, exemplar } of exemplars) {
    const series = head.byRef(ref)
    if (series === undefined) tally.refuse('unknown-series')
    else if (head.addExemplar(series, exemplar)) taken?.addExemplar(ref, exemplar)
  }
  return tally
}

/** The batch without what has no chance, which is what the log could not write: itself, as a rule. */
export function soundPart(head: Head, batch: Batch, tally: Tally): Batch {
  const faultAt = (i: number): Refusal | undefined =>
    faultOf(head, batch.refs[i] ?? 0, batch.times[i] ?? Number.NaN, batch.histograms.get(i))
  const isSound = ({ ref, exemplar }: Batch['exemplars'][number]): boolean =>
    faultOf(head, ref, exemplar.at, undefined) === undefined
  if (batch.refs.every((_, i) => faultAt(i) === undefined) && batch.exemplars.every(isSound)) return batch
  const sound = new Batch(() => tally)
  batch.refs.forEach((ref, i) => {
    const fault = faultAt(i)
    const histogram = batch.histograms.get(i)
    const [at = 0, start = 0] = [batch.times[i], batch.starts[i]]
    if (fault !== undefined) tally.refuse(fault)
    else if (histogram !== undefined) sound.addHistogram(ref, at, histogram, start)
    else sound.addFrom(ref, at, batch.values, i, start)
  })
  for (const each of batch.exemplars) if (isSound(each)) sound.addExemplar(each.ref, each.exemplar)
  return sound
}

function faultOf(head: Head, ref: number, at: number, histogram: HistogramValue | undefined): Refusal | undefined {
  if (head.byRef(ref) === undefined) return 'unknown-series'
  return head.admit(at) ?? (histogram === undefined || isWellFormed(histogram) ? undefined : 'bad-histogram')
}
