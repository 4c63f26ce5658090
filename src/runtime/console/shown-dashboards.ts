import type { Dashboard } from '../../packs/index.ts'
import type { QueryResult } from '../../promql/index.ts'

/** Without what needs a metric that is not there, and without rows that nothing is left of. */
export async function shownDashboards(
  all: readonly Dashboard[],
  query: (expr: string) => Promise<QueryResult>,
): Promise<readonly Dashboard[]> {
  const needed = new Set(
    all.flatMap(({ rows }) => rows.flatMap((row) => [row, ...row.panels])).map(({ needs }) => needs),
  )
  needed.delete(undefined)
  const there = await thereOf(
    [...needed].filter((name) => name !== undefined),
    query,
  )
  const isShown = ({ needs }: { readonly needs?: string | undefined }): boolean =>
    needs === undefined || there.has(needs)
  return all.map((dashboard) => ({
    ...dashboard,
    rows: dashboard.rows
      .filter(isShown)
      .map((row) => ({ ...row, panels: row.panels.filter(isShown) }))
      .filter(({ panels }) => panels.length > 0),
  }))
}

/** Names of metrics hold nothing that a regular expression or a string would take for something else. */
async function thereOf(
  names: readonly string[],
  query: (expr: string) => Promise<QueryResult>,
): Promise<ReadonlySet<string>> {
  if (names.length === 0) return new Set()
  const result = await query(`group by (__name__) ({__name__=~"${names.join('|')}"})`)
  if (!result.ok || result.value.type !== 'vector') return new Set()
  return new Set(result.value.samples.map(({ labels }) => labels.get('__name__') ?? ''))
}
