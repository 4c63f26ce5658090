import type { SystemReader, SystemReading } from '../instrument/index.ts'
import type { Logger } from '../logging/index.ts'
import type { NodeMetrics } from '../packs/index.ts'
import type { Config } from './config/config.ts'
import type { Step } from './loop.ts'
import { type Crossing, Thresholds } from './thresholds.ts'

export interface StepParts {
  /** Those in force. */
  readonly thresholds: () => Config['thresholds']
  readonly reader: SystemReader
  /** Milliseconds that never go back. */
  readonly now: () => number
  readonly node: Pick<NodeMetrics, 'record'>
  readonly log: Logger
  readonly sweep: (at: number) => void
  /** Told of what each round goes by. */
  readonly told?: (reading: SystemReading) => void
  /** Of the loop, from one time to the next; default 1. */
  readonly rounds?: number
}

/** What the background loop does every `collect.intervalMs`. */
export function backgroundSteps({
  thresholds,
  reader,
  now,
  node,
  log,
  sweep,
  told,
  rounds = 1,
}: StepParts): readonly Step[] {
  const limits = new Thresholds([
    { name: 'memory_bytes', severity: 'critical', limit: () => thresholds().memoryBytes },
    { name: 'cpu_percent', severity: 'warning', limit: () => thresholds().cpuPercent },
    { name: 'thermal_throttling', severity: 'warning', limit: () => 0 },
  ])
  let reading: SystemReading = {}
  let started = false
  let left = 0
  return [
    {
      name: 'collect',
      rounds,
      run: async () => {
        if (left-- > 0) return
        left = 0
        reading = await reader.read(now())
        left = skippedRounds(reading)
        node.record(reading)
      },
    },
    {
      name: 'thresholds',
      rounds,
      run: () => {
        // The first reading is of the start-up, which is always busy.
        const cpuPercent = started ? reading.cpuPercent : undefined
        started = true
        told?.({ ...reading, cpuPercent })
        const values = { memory_bytes: reading.memoryBytes, cpu_percent: cpuPercent, ...throttled(reading) }
        for (const crossing of limits.step(values)) logCrossing(log, crossing)
      },
    },
    { name: 'sweep', rounds, run: sweep },
  ]
}

const HOT_CELSIUS = 85
const SPARED_ROUNDS = 3

/** How many readings to leave out after this one: on battery or when hot the machine has better things to do. */
export function skippedRounds({ battery, temperatureCelsius = 0, throttling }: SystemReading): number {
  const spare = battery?.discharging === true || temperatureCelsius >= HOT_CELSIUS || throttling === true
  return spare ? SPARED_ROUNDS : 0
}

function throttled({ throttling }: SystemReading): { readonly thermal_throttling?: number } {
  return throttling === undefined ? {} : { thermal_throttling: Number(throttling) }
}

function logCrossing(log: Logger, { threshold, limit, value, crossed }: Crossing): void {
  const { name, severity } = threshold
  const fields = { threshold: name, severity, limit, value }
  if (crossed === 'above') log.warn(fields, 'A threshold is exceeded')
  else log.warn(fields, 'A threshold is kept again')
}
