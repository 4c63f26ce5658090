import type { HistogramValue, LabelSet, SeriesColumns } from '../../series/index.ts'
import { Outgoing } from './outgoing.ts'
import type { SendSource } from './send-source.ts'

/** Between two of these many series others have their turn. */
const SERIES_A_TURN = 50
/** A batch that holds as many ends where the time changes, so that what a receiver has already stays together. */
const CLEAN_CUT_SAMPLES = 200

interface Row {
  readonly labels: LabelSet
  readonly at: number
  readonly values: Float64Array
  readonly i: number
  readonly histogram: HistogramValue | undefined
  readonly start: number
}

export interface Window {
  readonly from: number
  readonly to: number
  readonly maxRows: number
  /** Told of a series that cannot be read; the others go on. */
  readonly failed: (error: unknown) => void
  /** Asked of each sample when it has been read: what the store took meanwhile has its turn later. */
  readonly isQueued: (labels: LabelSet, at: number) => boolean
}

/** What the store holds from `from` up to before `to`, in order of time; undefined when that is over `maxRows` samples. */
export async function readWindow(
  source: SendSource,
  { from, to, maxRows, failed, isQueued }: Window,
  batchSamples: number,
): Promise<Outgoing[] | undefined> {
  const last = to === Infinity ? Infinity : to - 1
  const rows: Row[] = []
  const exemplars = source.exemplars([], from, last)
  const selected = await source.select([], from, last)
  for (const [n, { labels, columns }] of selected.entries()) {
    const { times, values, startTimes, histograms } = read(columns, failed)
    times.forEach((at, i) => {
      if (at < from || at > last || isQueued(labels, at)) return
      rows.push({ labels, at, values, i, histogram: undefined, start: startTimes?.[i] ?? 0 })
    })
    histograms?.times.forEach((at, i) => {
      const histogram = histograms.values[i]
      const start = histograms.startTimes?.[i] ?? 0
      if (at < from || at > last || histogram === undefined || isQueued(labels, at)) return
      rows.push({ labels, at, values, i, histogram, start })
    })
    if (rows.length > maxRows) return undefined
    if (n % SERIES_A_TURN === SERIES_A_TURN - 1) await new Promise(setImmediate)
  }
  rows.sort((a, b) => a.at - b.at)
  const batches: Outgoing[] = []
  let batch: Outgoing | undefined
  for (const { labels, at, values, i, histogram, start } of rows) {
    const cut = batch === undefined || batch.full || (batch.size >= CLEAN_CUT_SAMPLES && batch.maxTime !== at)
    if (batch === undefined || cut) batches.push((batch = new Outgoing(batchSamples)))
    if (histogram === undefined) batch.add(labels, at, values, i, start)
    else batch.addHistogram(labels, at, histogram, start)
  }
  addExemplars(exemplars, batches, batchSamples)
  return batches
}

function read(columns: () => SeriesColumns, failed: (error: unknown) => void): SeriesColumns {
  try {
    return columns()
  } catch (error) {
    failed(error)
    const none = new Float64Array(0)
    return { times: none, values: none, startTimes: undefined, histograms: undefined }
  }
}

/** To the last batch: receivers want them no earlier than their samples. */
function addExemplars(all: ReturnType<SendSource['exemplars']>, batches: Outgoing[], batchSamples: number): void {
  const found = all
    .flatMap(({ labels, exemplars }) => exemplars.map((exemplar) => ({ labels, exemplar })))
    .sort((a, b) => a.exemplar.at - b.exemplar.at)
  let batch = batches.at(-1)
  for (const each of found) {
    if (batch === undefined || batch.exemplars.length >= batchSamples) batches.push((batch = new Outgoing(0)))
    batch.exemplars.push(each)
  }
}

/** The time of the store's oldest sample, or a little earlier; `now` when it is empty. */
export async function oldestTime(source: SendSource, now: number): Promise<number> {
  let [low, high] = [0, now]
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2)
    const { length } = await source.select([], -Infinity, middle)
    if (length > 0) high = middle
    else low = middle
  }
  return low
}
