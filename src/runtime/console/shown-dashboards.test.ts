import { expect, it } from 'vitest'
import type { Dashboard, Panel } from '../../packs/index.ts'
import { MemoryStore } from '../../promql/testing/memory-store.ts'
import { Engine } from '../../promql/index.ts'
import { LabelSet } from '../../series/index.ts'
import { shownDashboards } from './shown-dashboards.ts'

const T0 = 1_700_000_000_000

const panel = (title: string, needs?: string): Panel => ({
  kind: 'time-series',
  title,
  needs,
  queries: [{ expr: 'up' }],
})

const ALL: readonly Dashboard[] = [
  {
    id: 'overview',
    title: 'Overview',
    rows: [
      { title: 'always', panels: [panel('a'), panel('b', 'rolls_total'), panel('c', 'jobs')] },
      { title: 'caches', needs: 'cache_hits_total', panels: [panel('d')] },
      { title: 'queues', panels: [panel('e', 'jobs')] },
      { title: 'dice', needs: 'rolls_total', panels: [panel('f')] },
    ],
  },
]

it.each([
  ['nothing is there', [], ['always: a']],
  ['some', ['rolls_total'], ['always: a b', 'dice: f']],
  ['all', ['rolls_total', 'jobs', 'cache_hits_total'], ['always: a b c', 'caches: d', 'queues: e', 'dice: f']],
])('shows rows and panels whose metrics are there: %s', async (_, metrics, wanted) => {
  const store = new MemoryStore()
  for (const name of metrics) store.append(LabelSet.of({ __name__: name }), { time: T0, value: 1, startTime: 0 })
  const engine = new Engine({ queryable: store })
  const [shown] = await shownDashboards(ALL, (expr) => engine.instant(expr, T0))
  expect(shown?.rows.map(({ title, panels }) => `${title}: ${panels.map((each) => each.title).join(' ')}`)).toEqual(
    wanted,
  )
})

it('shows what needs nothing when nothing can be asked', async () => {
  const shown = await shownDashboards(ALL, async () => ({
    ok: false,
    error: { kind: 'execution', message: 'there is no store' },
    warnings: [],
    infos: [],
  }))
  expect(shown[0]?.rows.map(({ title }) => title)).toEqual(['always'])
})
