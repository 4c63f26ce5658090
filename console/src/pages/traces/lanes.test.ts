import { describe, expect, it } from 'vitest'
import { lanesOf, lanesQuery, resolutionOf, within } from './lanes.ts'

const samples = (...values: readonly number[]): readonly { atMs: number; value: number }[] =>
  values.map((value, i) => ({ atMs: i * 1000, value }))

describe('the lanes beneath a trace', () => {
  it('are asked for as they are stored, whatever the prefix', () => {
    expect(lanesQuery(29.2)).toMatch(/^\{__name__=~"\[a-z0-9\]\+_\(event_loop_utilization_ratio\|.*\)"\}\[30s\]$/)
  })

  it('say of each time between two samples what the second one says', () => {
    const [busy] = lanesOf([{ name: 'shop_event_loop_utilization_ratio', samples: samples(0.1, 0.5, 0.2) }])
    expect(busy?.segments).toEqual([
      { fromMs: 0, toMs: 1000, value: 0.5 },
      { fromMs: 1000, toMs: 2000, value: 0.2 },
    ])
    expect(busy?.full).toBe(1)
  })

  it('add the kinds of collections up, also where a counter began anew', () => {
    const [gc] = lanesOf([
      { name: 'shop_gc_duration_seconds_sum', samples: samples(1, 1.1, 0.05) },
      { name: 'shop_gc_duration_seconds_sum', samples: samples(2, 2, 0) },
    ])
    expect(gc?.segments.map(({ value }) => value.toFixed(2))).toEqual(['0.10', '0.05'])
  })

  it('are of the process, not of the machine, and say nothing of a single sample', () => {
    expect(
      lanesOf([
        { name: 'shop_machine_cpu_usage_percent', samples: samples(10, 20) },
        { name: 'shop_event_loop_lag_p99_seconds', samples: samples(1) },
      ]),
    ).toEqual([])
    const [cpu] = lanesOf([{ name: 'shop_cpu_usage_percent', samples: samples(10, 250) }])
    expect([cpu?.segments[0]?.value, cpu?.full]).toEqual([2.5, 2.5])
  })

  it('tell how far apart their values are, and which reach into a time', () => {
    const lanes = lanesOf([{ name: 'a_cpu_usage_percent', samples: samples(1, 2, 3, 4) }])
    expect(resolutionOf(lanes)).toBe(1000)
    expect(resolutionOf([])).toBeUndefined()
    expect(within(lanes[0]?.segments ?? [], 1500, 1600)).toEqual([{ fromMs: 1000, toMs: 2000, value: 0.03 }])
  })
})
