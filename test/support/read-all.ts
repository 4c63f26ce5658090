import { isStale, type Matcher, type Queryable } from '../../src/series/index.ts'

/** Where the times of stores under test begin. */
export const T0 = 1_760_000_000_000

/** What a query sees: `t=v` a sample, `t=stale` where a series ends, by selector. */
export async function readAll(
  db: Queryable,
  matchers: Matcher[] = [],
  from = -Infinity,
  to = Infinity,
): Promise<Record<string, string>> {
  const selected = await db.select(matchers, from, to)
  return Object.fromEntries(
    selected.map(({ labels, columns }) => {
      const { times, values, histograms } = columns()
      const floats = Array.from(times, (t, i) => [t, isStale(values, i) ? 'stale' : String(values[i])] as const)
      const others = Array.from(histograms?.times ?? [], (t, i) => [t, `h${histograms?.values[i]?.count}`] as const)
      const all = [...floats, ...others].sort(([a], [b]) => a - b)
      return [String(labels), all.map(([t, v]) => `${t - T0}=${v}`).join(' ')]
    }),
  )
}
