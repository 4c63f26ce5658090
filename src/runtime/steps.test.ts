import { expect, it } from 'vitest'
import type { SystemReading } from '../instrument/index.ts'
import { createLogger } from '../logging/index.ts'
import { Registry } from '../metrics/index.ts'
import { node } from '../packs/index.ts'
import { backgroundSteps } from './steps.ts'

it('S6: a threshold is logged once when it is exceeded, and once when it is kept again', async () => {
  const lines: Record<string, unknown>[] = []
  const readings: (SystemReading | Error)[] = [
    { memoryBytes: 200_000_000, cpuPercent: 150 },
    { memoryBytes: 200_000_000, cpuPercent: 80 },
    { memoryBytes: 200_000_001, cpuPercent: 80 },
    { memoryBytes: 300_000_000, cpuPercent: 81 },
    new Error('no /proc'),
    { memoryBytes: 300_000_000 },
    { memoryBytes: 100_000_000, cpuPercent: 10 },
  ]
  const registry = new Registry()
  const metrics = node().install(registry)
  const steps = backgroundSteps({
    thresholds: () => ({ memoryBytes: 200_000_000, cpuPercent: 80 }),
    reader: {
      read: async () => {
        const next = readings.shift() ?? {}
        if (next instanceof Error) throw next
        return { ...next, machine: { cpuLimitCores: 2, memoryLimitBytes: 5e8 } }
      },
    },
    now: () => 0,
    node: metrics,
    log: createLogger({ destination: { write: (line) => lines.push(JSON.parse(line)) } }),
    sweep: () => {},
  })
  while (readings.length > 0) {
    for (const step of steps) await Promise.resolve(step.run(0)).catch(() => undefined)
  }
  expect(lines.map(({ msg, threshold, severity, limit, value }) => [msg, threshold, severity, limit, value])).toEqual([
    ['A threshold is exceeded', 'memory_bytes', 'critical', 200_000_000, 200_000_001],
    ['A threshold is exceeded', 'cpu_percent', 'warning', 80, 81],
    ['A threshold is kept again', 'memory_bytes', 'critical', 200_000_000, 100_000_000],
    ['A threshold is kept again', 'cpu_percent', 'warning', 80, 10],
  ])
  const families = await registry.collect()
  const exposed = families.flatMap(({ name, series }) => (series.length > 0 ? [name] : []))
  expect(exposed).toEqual(expect.arrayContaining(['bitcraps_cpu_limit_cores', 'bitcraps_memory_limit_bytes']))
})

it.each<[string, SystemReading, number]>([
  ['on mains', { battery: { levelPercent: 100, charging: false, discharging: false }, temperatureCelsius: 60 }, 8],
  ['on battery', { battery: { levelPercent: 70, charging: false, discharging: true } }, 2],
  ['hot', { temperatureCelsius: 85 }, 2],
  ['slowed down by heat', { throttling: true }, 2],
])('O5: reads the machine less often %s', async (_, reading, want) => {
  let reads = 0
  const [collect] = backgroundSteps({
    thresholds: () => ({ memoryBytes: 1, cpuPercent: 1 }),
    reader: {
      read: async () => {
        reads++
        return reading
      },
    },
    now: () => 0,
    node: { record: () => {} },
    log: createLogger({ destination: { write: () => {} } }),
    sweep: () => {},
  })
  for (let i = 0; i < 8; i++) await collect?.run(0)
  expect(reads).toBe(want)
})
