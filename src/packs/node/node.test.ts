import { describe, expect, it } from 'vitest'
import { Registry } from '../../metrics/index.ts'
import { node, RuntimeMetrics, type RuntimeReading, SystemMetrics, type SystemReading } from '../index.ts'

async function values(registry: Registry): Promise<Record<string, number>> {
  const lines: Record<string, number> = {}
  for (const family of await registry.collect()) {
    if (family.kind === 'histogram' || family.kind === 'summary') continue
    for (const { labels, value } of family.series) lines[[family.name, ...Object.values(labels)].join(' ')] = value
  }
  return lines
}

const WHOLE: SystemReading = {
  cpuPercent: 150,
  memoryBytes: 1e8,
  threads: 12,
  uptimeSeconds: 60,
  openFiles: 30,
  maxFiles: 1024,
  temperatureCelsius: 41.5,
  throttling: false,
  battery: { levelPercent: 83, charging: true },
  machine: {
    cpuPercent: 40,
    memoryTotalBytes: 8e9,
    memoryAvailableBytes: 3e9,
    load1: 0.5,
    diskTotalBytes: 9e9,
    diskFreeBytes: 4e9,
    cpuLimitCores: 2,
    memoryLimitBytes: 5e8,
  },
}

describe('O1 system', () => {
  it.each(['bitcraps', 'craps'])('exposes what was read, under the prefix %s', async (prefix) => {
    const registry = new Registry()
    new SystemMetrics(registry, { prefix }).record(WHOLE)
    expect(await values(registry)).toEqual({
      [`${prefix}_cpu_usage_percent`]: 150,
      [`${prefix}_memory_usage_bytes`]: 1e8,
      [`${prefix}_thread_count`]: 12,
      [`${prefix}_uptime_seconds`]: 60,
      [`${prefix}_machine_cpu_usage_percent`]: 40,
      [`${prefix}_machine_memory_total_bytes`]: 8e9,
      [`${prefix}_machine_memory_available_bytes`]: 3e9,
      [`${prefix}_open_file_descriptors`]: 30,
      [`${prefix}_max_file_descriptors`]: 1024,
      [`${prefix}_machine_disk_total_bytes`]: 9e9,
      [`${prefix}_machine_disk_free_bytes`]: 4e9,
      [`${prefix}_battery_level_percent`]: 83,
      [`${prefix}_battery_charging`]: 1,
      [`${prefix}_device_temperature_celsius`]: 41.5,
      [`${prefix}_thermal_throttling`]: 0,
      [`${prefix}_load1`]: 0.5,
      [`${prefix}_cpu_limit_cores`]: 2,
      [`${prefix}_memory_limit_bytes`]: 5e8,
    })
  })

  it.each([
    ['nothing', {}],
    ['undefined', { cpuPercent: undefined, machine: { memoryLimitBytes: undefined } }],
    ['no number', { cpuPercent: NaN, memoryBytes: Infinity }],
  ] as const)('S2: what is not known is absent, not zero: %s', async (_, reading) => {
    const registry = new Registry()
    const metrics = new SystemMetrics(registry)
    metrics.record(reading)
    expect(await registry.collect()).toEqual([])
    metrics.record(WHOLE)
    metrics.record(reading)
    expect(await registry.collect()).toEqual([])
  })

  it('S2: zero is a reading, and what was gone may come back', async () => {
    const registry = new Registry()
    const metrics = node().install(registry)
    for (const cpuPercent of [5, undefined, 0]) metrics.record({ cpuPercent, threads: 1 })
    expect(await values(registry)).toMatchObject({ bitcraps_cpu_usage_percent: 0, bitcraps_thread_count: 1 })
  })

  it('refuses a bad prefix when it is made', () => {
    expect(() => node({ prefix: 'a b' })).toThrow(/^prefix "a b"/)
  })
})

it('B3, B8: event loop, heap, garbage and resources as of each collection', async () => {
  const registry = new Registry()
  const eventLoop = { p50LagMs: 1, p95LagMs: 7, p99LagMs: 8, maxLagMs: 9, utilization: 0.25 }
  const heap = { usedBytes: 10, totalBytes: 20, limitBytes: 100, externalBytes: 3 }
  let reading: RuntimeReading = {
    eventLoop: { active: true, averageLagMs: 2, ...eventLoop },
    heap: { ...heap, spaces: [{ name: 'old', usedBytes: 8, sizeBytes: 9 }] },
    activeResources: new Map([['Timeout', 4]]),
  }
  const metrics = new RuntimeMetrics(registry, () => reading, { prefix: 'craps' })
  for (const ms of [3, NaN]) metrics.gc('minor', ms)
  expect(await values(registry)).toEqual({
    craps_event_loop_lag_avg_seconds: 0.002,
    craps_event_loop_lag_p50_seconds: 0.001,
    craps_event_loop_lag_p95_seconds: 0.007,
    craps_event_loop_lag_p99_seconds: 0.008,
    craps_event_loop_lag_max_seconds: 0.009,
    craps_event_loop_monitoring_active: 1,
    craps_event_loop_utilization_ratio: 0.25,
    craps_heap_used_bytes: 10,
    craps_heap_total_bytes: 20,
    craps_heap_limit_bytes: 100,
    craps_external_memory_bytes: 3,
    'craps_heap_space_used_bytes old': 8,
    'craps_heap_space_size_bytes old': 9,
    'craps_active_resources Timeout': 4,
  })
  reading = {
    ...reading,
    eventLoop: { ...reading.eventLoop, active: false, averageLagMs: undefined },
    activeResources: new Map(),
  }
  const later = await values(registry)
  expect(later).toMatchObject({ craps_event_loop_monitoring_active: 0 })
  expect(Object.keys(later)).not.toEqual(expect.arrayContaining(['craps_event_loop_lag_avg_seconds']))
  const [pauses] = (await registry.collect()).filter(({ name }) => name === 'craps_gc_duration_seconds')
  expect(pauses?.series).toHaveLength(4)
})
