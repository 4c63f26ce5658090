import type { Registry } from '../../metrics/index.ts'
import { OptionalGauge } from '../optional-gauge.ts'
import { type PackOptions, resolvePrefix } from '../pack.ts'

/** What the process and its machine are doing. What cannot be told here is left out. */
export interface SystemReading {
  /** Of the process: 100 is one core, fully used. */
  readonly cpuPercent?: number | undefined
  /** Of the process: resident memory. */
  readonly memoryBytes?: number | undefined
  readonly threads?: number | undefined
  readonly uptimeSeconds?: number | undefined
  readonly openFiles?: number | undefined
  readonly maxFiles?: number | undefined
  readonly temperatureCelsius?: number | undefined
  readonly throttling?: boolean | undefined
  readonly battery?: { readonly levelPercent: number; readonly charging: boolean } | undefined
  readonly machine?: MachineReading | undefined
}

export interface MachineReading {
  /** Of all cores: 100 is all of them, fully used. */
  readonly cpuPercent?: number | undefined
  readonly memoryTotalBytes?: number | undefined
  readonly memoryAvailableBytes?: number | undefined
  readonly load1?: number | undefined
  readonly diskTotalBytes?: number | undefined
  readonly diskFreeBytes?: number | undefined
  /** What the process's control group may use; left out where there is no limit. */
  readonly cpuLimitCores?: number | undefined
  readonly memoryLimitBytes?: number | undefined
}

const GAUGES: readonly (readonly [string, string, (reading: SystemReading) => number | undefined])[] = [
  ['cpu_usage_percent', 'CPU of the process; 100 is one core, fully used.', (r) => r.cpuPercent],
  ['memory_usage_bytes', 'Resident memory of the process.', (r) => r.memoryBytes],
  ['thread_count', 'Threads of the process.', (r) => r.threads],
  ['open_file_descriptors', 'Files, sockets and the like that the process has open.', (r) => r.openFiles],
  ['max_file_descriptors', 'How many it may have open.', (r) => r.maxFiles],
  ['uptime_seconds', 'Time since the process started.', (r) => r.uptimeSeconds],
  ['machine_cpu_usage_percent', 'CPU of the machine; 100 is all cores, fully used.', (r) => r.machine?.cpuPercent],
  ['machine_memory_total_bytes', 'Memory of the machine.', (r) => r.machine?.memoryTotalBytes],
  ['machine_memory_available_bytes', 'Memory free for new work.', (r) => r.machine?.memoryAvailableBytes],
  ['machine_disk_total_bytes', 'Size of the file system.', (r) => r.machine?.diskTotalBytes],
  ['machine_disk_free_bytes', 'What is left of it.', (r) => r.machine?.diskFreeBytes],
  ['load1', 'Load average over a minute.', (r) => r.machine?.load1],
  ['cpu_limit_cores', 'Cores that the control group allows.', (r) => r.machine?.cpuLimitCores],
  ['memory_limit_bytes', 'Memory that the control group allows.', (r) => r.machine?.memoryLimitBytes],
  ['battery_level_percent', 'Charge of the battery.', (r) => r.battery?.levelPercent],
  ['battery_charging', '1 while the battery is charged.', (r) => flag(r.battery?.charging)],
  ['device_temperature_celsius', 'The hottest part that is measured.', (r) => r.temperatureCelsius],
  ['thermal_throttling', '1 while heat slows the processors down.', (r) => flag(r.throttling)],
]

function flag(value: boolean | undefined): number | undefined {
  return value === undefined ? undefined : Number(value)
}

/** The latest reading, as gauges. */
export class SystemMetrics {
  readonly #gauges: readonly (readonly [OptionalGauge, (reading: SystemReading) => number | undefined])[]

  constructor(registry: Registry, options: PackOptions = {}) {
    const prefix = resolvePrefix(options)
    this.#gauges = GAUGES.map(([name, help, read]) => [new OptionalGauge(registry, `${prefix}_${name}`, help), read])
  }

  /** What the reading leaves out leaves the exposition. */
  record(reading: SystemReading): void {
    for (const [gauge, read] of this.#gauges) gauge.set(read(reading))
  }
}
