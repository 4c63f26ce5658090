import { describe, expect, it } from 'vitest'
import { T0 } from '../../test/support/read-all.ts'
import { type HistogramValue, isStale, LabelSet } from '../series/index.ts'
import { openTsdb, type Tsdb } from './index.ts'

const HISTOGRAM: HistogramValue = {
  schema: 0,
  count: 1,
  sum: 1,
  zeroThreshold: 0,
  zeroCount: 0,
  positive: { spans: [{ offset: 0, length: 1 }], counts: [1] },
  negative: { spans: [], counts: [] },
  customBounds: [],
  counterReset: 'unknown',
}

const refOf = (db: Tsdb, name: string): number => db.series(LabelSet.of({ __name__: name })) ?? 0

/** What a listener hears, a line a call. */
function listen(db: Tsdb): { heard: string[]; end: () => void } {
  const heard: string[] = []
  const end = db.observe(({ refs, times, values, starts, histograms, exemplars }) => {
    const samples = Array.from(refs, (ref, i) => {
      const histogram = histograms.get(i)
      const value = histogram === undefined ? (isStale(values, i) ? 'stale' : values[i]) : `h${histogram.count}`
      return `${String(db.labelsOf(ref))}@${(times[i] ?? 0) - T0}=${value}${starts?.[i] ? `<${starts[i]}` : ''}`
    })
    const marks = exemplars.map(({ ref, exemplar }) => `${String(db.labelsOf(ref))}#${exemplar.value}`)
    heard.push([...samples, ...marks].join(' '))
  })
  return { heard, end }
}

describe('observe', () => {
  it('tells of what was taken, and of nothing else', async () => {
    const db = await openTsdb()
    const [a, b, h] = [refOf(db, 'a'), refOf(db, 'b'), refOf(db, 'h')]
    const { heard, end } = listen(db)
    const exemplar = { labels: LabelSet.EMPTY, value: 5, at: T0 }
    db.batch()
      .add(a, T0, 1, 7)
      .add(a, T0, 2)
      .addStale(b, T0)
      .add(99, T0, 1)
      .addHistogram(h, T0, HISTOGRAM)
      .addExemplar(a, exemplar)
      .addExemplar(a, exemplar)
      .commit()
    db.batch()
      .add(a, T0 - 1, 1)
      .commit()
    const group = db.scrapeGroup()
    group.append(T0 + 1, Uint32Array.of(a, b), Float64Array.of(3, 4))
    group.append(T0 + 2, Uint32Array.of(a), Float64Array.of(5), Float64Array.of(8))
    end()
    group.end(T0 + 3)
    expect(heard).toEqual(['a@0=1<7 b@0=stale h@0=h1 a#5', 'a@1=3 b@1=4', 'a@2=5<8 b@2=stale'])
    expect(db.labelsOf(99)).toBeUndefined()
  })

  it('a histogram that repeats the newest counts as taken', async () => {
    const db = await openTsdb()
    const h = refOf(db, 'h')
    const add = (value: HistogramValue): unknown => db.batch().addHistogram(h, T0, value).commit()
    expect(add(HISTOGRAM)).toMatchObject({ appended: 1, refused: {} })
    expect(add({ ...HISTOGRAM, customBounds: [] })).toMatchObject({ appended: 1, refused: {} })
    expect(add({ ...HISTOGRAM, sum: 2 })).toMatchObject({ appended: 0, refused: { duplicate: 1 } })
  })

  it('counts the series that are forgotten', async () => {
    const db = await openTsdb({ retentionMs: 1000 })
    db.append(LabelSet.of({ __name__: 'a' }), T0, 1)
    await db.step(T0)
    await db.step(T0 + 5000)
    expect(db.stats).toMatchObject({ series: 0, forgotten: 1 })
  })
})
