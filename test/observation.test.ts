import { createBoxman } from 'boxman'
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

  it('the process and its machine are on the page (O1, S8)', async () => {
    const boxman = await createBoxman({ service: 'craps', log: { enabled: false }, admin: { port: 0 } })
    stop = () => boxman.stop()
    await expect
      .poll(async () => (await fetch(`${boxman.admin.url}/metrics`)).text())
      .toMatch(/^bitcraps_memory_usage_bytes [1-9]\d{6,}$/m)
  })
})
