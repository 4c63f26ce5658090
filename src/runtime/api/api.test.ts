import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LabelSet } from '../../series/index.ts'
import { openTsdb, type Tsdb } from '../../tsdb/index.ts'
import { serveApi, type ServedApi } from '../../../test/support/prometheus-api.ts'

const T0 = 1_760_000_000_000
const NOW = T0 + 120_000

async function filled(): Promise<Tsdb> {
  const db = await openTsdb()
  for (let i = 0; i <= 8; i++) {
    const at = T0 + i * 15_000
    db.append(LabelSet.of({ __name__: 'rolls_total', table: 'T2' }), at, i * 10)
    db.append(LabelSet.of({ __name__: 'rolls_total', table: 'T1' }), at, i / 4)
    db.append(LabelSet.of({ __name__: 'open', table: 'T1', 'a.b': '<x>' }), at, 1)
  }
  db.setMetadata('rolls_total', { type: 'counter', help: 'Rolls <all>.', unit: '' })
  return db
}

describe('Prometheus API', () => {
  let served: ServedApi
  beforeAll(async () => {
    served = await serveApi(await filled(), () => NOW)
  })
  afterAll(() => served.close())

  it.each([
    ['query?query=1', '{"resultType":"scalar","result":[1760000120,"1"]}'],
    [
      'query?query=rolls_total',
      '{"resultType":"vector","result":[{"metric":{"__name__":"rolls_total","table":"T2"},"value":[1760000120,"80"]},{"metric":{"__name__":"rolls_total","table":"T1"},"value":[1760000120,"2"]}]}',
    ],
    [
      'query_range?query=rolls_total&start=1760000000&end=1760000030&step=15',
      '{"resultType":"matrix","result":[{"metric":{"__name__":"rolls_total","table":"T1"},"values":[[1760000000,"0"],[1760000015,"0.25"],[1760000030,"0.5"]]},{"metric":{"__name__":"rolls_total","table":"T2"},"values":[[1760000000,"0"],[1760000015,"10"],[1760000030,"20"]]}]}',
    ],
    ['labels', '["__name__","a.b","table"]'],
    ['label/U__a_2e_b/values', '["\\u003cx\\u003e"]'],
    ['series?match[]=open', '[{"__name__":"open","a.b":"<x>","table":"T1"}]'],
    ['metadata', '{"rolls_total":[{"type":"counter","unit":"","help":"Rolls \\u003call\\u003e."}]}'],
  ])('%s', async (path, data) => {
    const response = await fetch(`${served.url}/api/v1/${path}`)
    expect(await response.text()).toBe(`{"status":"success","data":${data}}`)
    expect(response.status).toBe(200)
  })
  it('has no faults', () => {
    expect(served.faults).toEqual([])
  })
})
