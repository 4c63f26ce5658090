import { createBoxman } from 'boxman'
import { Matcher } from 'boxman/series'
import { afterEach, describe, expect, it } from 'vitest'

describe('journey: observation', () => {
  let stop: () => Promise<void> = async () => undefined
  afterEach(async () => stop())

  it('a roll is counted in a cell, collected, exposed, and read at /metrics', async () => {
    const boxman = await createBoxman({ service: 'craps', log: { enabled: false }, admin: { port: 0 } })
    stop = () => boxman.stop()
    const rolls = boxman.metrics.counter({
      name: 'craps_rolls_total',
      help: 'Dice rolls.',
      labelNames: ['table', 'outcome'],
    })
    const passes = rolls.labels({ table: 'T"1\\\n', outcome: 'pass' })
    for (let i = 0; i < 3; i++) passes.inc()

    const families = await boxman.metrics.collect()
    expect(families.find(({ name }) => name === 'craps_rolls_total')?.series).toEqual([
      { labels: { table: 'T"1\\\n', outcome: 'pass' }, value: 3 },
    ])

    const response = await fetch(`${boxman.admin.url}/metrics`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const page = await response.text()
    expect(page).toContain(
      [
        '# HELP craps_rolls_total Dice rolls.',
        '# TYPE craps_rolls_total counter',
        'craps_rolls_total{table="T\\"1\\\\\\n",outcome="pass"} 3',
        '',
      ].join('\n'),
    )
  })

  it('a roll is stored with the next scrape of the registry, straight from its cell, and remembered', async () => {
    const code = { log: false, admin: { port: 0 }, store: { intervalMs: 100 } } as const
    const boxman = await createBoxman({ service: 'craps', ...code }, { env: {} })
    stop = () => boxman.stop()
    const rolls = boxman.metrics.counter({ name: 'craps_rolls_total', help: 'Dice rolls.', labelNames: ['table'] })
    const t7 = rolls.labels({ table: 'T7' })
    t7.inc()
    const remembered = async (): Promise<readonly number[]> => {
      const [series] = (await boxman.store?.select([new Matcher('table', '=', 'T7')], 0, Infinity)) ?? []
      return [...new Set(series?.columns().values)]
    }
    await expect.poll(remembered).toEqual([1])
    t7.inc(2)
    await expect.poll(remembered).toEqual([1, 3])
    const metadata = await boxman.store?.metadata()
    expect(metadata?.get('craps_rolls_total')).toEqual({ type: 'counter', help: 'Dice rolls.', unit: '' })
  })

  it('the process and its machine are on the page (O1, S8)', async () => {
    const boxman = await createBoxman({ service: 'craps', log: { enabled: false }, admin: { port: 0 } })
    stop = () => boxman.stop()
    await expect
      .poll(async () => (await fetch(`${boxman.admin.url}/metrics`)).text())
      .toMatch(/^bitcraps_memory_usage_bytes [1-9]\d{6,}$/m)
  })
})
