import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { needPeer } from '../../../test/support/peer.ts'
import { differenceFromText, expose, lintMetrics, Registry, valueOf } from '../index.ts'

function house(): Registry {
  const registry = new Registry({ constantLabels: { pod: 'a' } })
  registry.counter({ name: 'bets_total', help: 'Bets.' }).inc(3)
  registry.gauge({ name: 'open', help: 'Open.', labelNames: ['table', 'kind'] }).set({ table: 1, kind: 'field' }, 2)
  registry
    .histogram({ name: 'wait_seconds', help: 'Wait.', labelNames: ['table'], buckets: [1] })
    .observe({ table: 1 }, 0.5)
  return registry
}

describe('valueOf', () => {
  it.each([
    ['bets_total', {}, 3],
    ['open', { table: '1', kind: 'field' }, 2],
    ['open', { table: 1 }, undefined],
    ['open', { table: 2, kind: 'field' }, undefined],
    ['wait_seconds', { table: 1 }, { count: 1, sum: 0.5 }],
  ])('%s%j is %j', async (name, labels, value) => {
    expect(await valueOf(house(), name, labels)).toEqual(value)
  })

  it('names the metrics that there are when it finds none', async () => {
    await expect(valueOf(house(), 'bet_total')).rejects.toThrow(
      'no metric bet_total; there are: bets_total, open, wait_seconds',
    )
  })
})

describe('differenceFromText', () => {
  it('is empty for the same lines in any order', async () => {
    const text = `
      # HELP whatever
      wait_seconds_count{table="1",pod="a"} 1
      wait_seconds_sum{table="1",pod="a"} 0.5
      wait_seconds_bucket{table="1",pod="a",le="+Inf"} 1
      wait_seconds_bucket{table="1",pod="a",le="1"} 1
      bets_total{pod="a"} 3`
    expect(await differenceFromText(house(), text)).toEqual([])
  })

  it('tells what is missing and what is there besides', async () => {
    expect(await differenceFromText(house(), 'bets_total{pod="a"} 4')).toEqual([
      '- bets_total{pod="a"} 4',
      '+ bets_total{pod="a"} 3',
    ])
    expect(await differenceFromText(house(), '', ['bets_total'])).toEqual(['+ bets_total{pod="a"} 3'])
  })
})

const NAMES = (
  'bets bets_total open_total wait_milliseconds wait_ms size_kilobytes size_bits age_days a_gauge gauge_of_a the_gauge_x ' +
  'a_counter_total x_histogram aB a:b thread_count x_sum x_bucket t_celsius t_fahrenheit w_ounces l_inches d_kilometers ' +
  'e_kilojoules p_total_seconds x_s_y x_h mb x_MB'
).split(' ')

function addSeries(registry: Registry, kind: 'counter' | 'gauge' | 'histogram', name: string): void {
  const options = { name, help: name.length % 5 === 0 ? '' : 'Help.', labelNames: ['tableId', 'kind'] as const }
  const values = { tableId: 'T1', kind: 'x' }
  switch (kind) {
    case 'counter':
      registry.counter(options).labels(values)
      return
    case 'gauge':
      registry.gauge(options).labels(values)
      return
    case 'histogram':
      registry.histogram(options).labels(values)
      return
  }
}

describe('lintMetrics', () => {
  it.for(['counter', 'gauge', 'histogram'] as const)('says of a %s what promtool says', async (kind, { skip }) => {
    const promtool = needPeer('promtool', (reason) => skip(reason))
    const registry = new Registry()
    for (const name of NAMES) {
      if (kind === 'histogram' && /_(sum|count|bucket)$/.test(name)) continue
      addSeries(registry, kind, name)
    }
    let input = ''
    for await (const chunk of expose(registry).body) input += Buffer.from(chunk).toString()
    const { stderr, stdout } = spawnSync(promtool, ['check', 'metrics'], { input, encoding: 'utf8' })
    const said = `${stdout}${stderr}`.split('\n').filter((line) => line !== '')
    const ours = lintMetrics(await registry.collect()).map(({ metric, text }) => `${metric} ${text}`)
    // Until 2.x it also minded the names of other types.
    const meant = said.filter((line) => !/include type/.test(line) || line.endsWith(`'${kind}'`))
    expect(ours.toSorted()).toEqual(meant.toSorted())
    expect(said.length).toBeGreaterThan(10)
  })
})
