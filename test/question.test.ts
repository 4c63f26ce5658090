import { Engine } from 'boxman/promql'
import { LabelSet } from 'boxman/series'
import { openTsdb } from 'boxman/tsdb'
import { expect, it } from 'vitest'

const MINUTE = 60_000

it('a question is answered from what was scraped into the embedded store', async () => {
  const store = await openTsdb()
  const tables = ['T1', 'T2']
  const refs = Uint32Array.from(tables, (table) => {
    return store.series(LabelSet.of({ __name__: 'rolls_total', table })) ?? NaN
  })
  const target = store.scrapeGroup()
  for (let minute = 0; minute <= 10; minute++) {
    target.append(minute * MINUTE, refs, Float64Array.of(60 * minute, 120 * minute))
  }
  const engine = new Engine({ queryable: store })
  const answer = await engine.instant('sort_desc(rate(rolls_total[5m]))', 10 * MINUTE)
  expect(answer).toMatchObject({ ok: true, warnings: [], value: { type: 'vector' } })
  const samples = answer.ok && answer.value.type === 'vector' ? answer.value.samples : []
  expect(samples.map(({ labels, value }) => [labels.get('table'), value])).toEqual([
    ['T2', 2],
    ['T1', 1],
  ])
  target.end(11 * MINUTE)
  const gone = await engine.instant('rolls_total', 11 * MINUTE)
  expect(gone).toMatchObject({ ok: true, value: { type: 'vector', samples: [] } })
  await store.close()
})
