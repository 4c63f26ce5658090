import { expect, it } from 'vitest'
import { ask } from '../../../test/support/ask.ts'
import { serveServer } from '../../../test/support/served-admin.ts'
import type { Dashboard } from '../../packs/index.ts'

it('the console of `boxman serve` asks what the server can answer', async () => {
  const served = await serveServer()
  try {
    const { text } = await ask(`${served.url}/api/console/dashboards`)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as the console reads it
    const dashboards = JSON.parse(text) as readonly Dashboard[]
    const expressions = dashboards
      .flatMap(({ rows }) => rows.flatMap(({ panels }) => panels))
      .flatMap((panel) =>
        'queries' in panel ? panel.queries.map(({ expr }) => expr) : 'expr' in panel ? [panel.expr] : [],
      )
      .map((expr) => expr.replaceAll('$__rate_interval', '60s'))
    const known = async (expr: string): Promise<number> => {
      const answer = await ask(`${served.url}/api/v1/query?query=${encodeURIComponent(expr)}`)
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as Prometheus answers
      return answer.status === 200
        ? (JSON.parse(answer.text) as { data: { result: unknown[] } }).data.result.length
        : -1
    }
    const answers = await Promise.all(expressions.map(known))
    expect(expressions.filter((_, i) => answers[i] === -1)).toEqual([])
    // The server is its own first target.
    await expect.poll(() => known('sum(up)')).toBe(1)
    await expect.poll(() => known('boxman_tsdb_series{job="boxman"}')).toBe(1)
    expect(expressions.length).toBeGreaterThan(15)
  } finally {
    await served.close()
  }
})
