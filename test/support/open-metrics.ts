import { LabelSet } from '../../src/series/index.ts'
import { openTsdb, type Tsdb } from '../../src/tsdb/index.ts'

/** A series of floats for a store and for a peer. Times are ms since the epoch. */
export interface PlainSeries {
  readonly labels: Readonly<Record<string, string>>
  readonly samples: readonly (readonly [at: number, value: number])[]
}

/** As a page that promtool makes blocks of, the series sorted as they must be. */
export function openMetricsPage(series: readonly PlainSeries[]): string {
  const lines = sorted(series).flatMap(({ labels, samples }) => {
    const { __name__: name = '', ...others } = labels
    const pairs = Object.entries(others).map(
      ([label, value]) => `${/^[a-zA-Z_]\w*$/.test(label) ? label : JSON.stringify(label)}=${JSON.stringify(value)}`,
    )
    const quoted = /^[a-zA-Z_:][\w:]*$/.test(name) ? [] : [JSON.stringify(name)]
    const head = `${quoted.length === 0 ? name : ''}{${[...quoted, ...pairs].join(',')}}`
    return samples.map(([at, value]) => `${head} ${Object.is(value, -0) ? '-0' : value} ${(at / 1000).toFixed(3)}`)
  })
  return `${lines.join('\n').replaceAll(/(?<= -?)Infinity/g, 'Inf')}\n# EOF\n`
}

/** In a store of ours, the series in the same order. */
export async function storeOf(series: readonly PlainSeries[]): Promise<Tsdb> {
  const db = await openTsdb({ retentionMs: 10 * 365 * 86_400_000 })
  for (const { labels, samples } of sorted(series)) {
    const ref = db.series(LabelSet.of(labels))
    if (ref === undefined) throw new Error('the store takes no more series')
    const batch = db.batch()
    for (const [at, value] of samples) batch.add(ref, at, value)
    batch.commit()
  }
  return db
}

function sorted(series: readonly PlainSeries[]): readonly PlainSeries[] {
  return series
    .map((each) => ({ each, labels: LabelSet.of(each.labels) }))
    .sort((a, b) => a.labels.compare(b.labels))
    .map(({ each }) => each)
}
