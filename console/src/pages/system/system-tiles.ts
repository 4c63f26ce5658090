import { formatNumber } from '../../format/number.ts'
import type { FigureProps } from '../../parts/figure.tsx'
import type { PerformanceAnswer, SystemAnswer } from './answers.ts'

/** What is known, each with its ceiling where there is one; nothing of what is not. */
export function systemTiles(
  reading: SystemAnswer['reading'],
  performance: PerformanceAnswer | undefined,
): readonly FigureProps[] {
  const { machine = {} } = reading
  return [
    ...cpuTiles(reading),
    ...memoryTiles(reading),
    ...(performance === undefined ? [] : runtimeTiles(performance)),
    ...full('Disk', machine.disk_total_bytes, machine.disk_free_bytes),
    ...(reading.open_files === undefined
      ? []
      : [
          {
            name: 'Open files and sockets',
            value: formatNumber(reading.open_files, 'none'),
            share: shareOf(reading.open_files, reading.max_files),
            note: reading.max_files === undefined ? undefined : `of ${formatNumber(reading.max_files, 'none')}`,
          },
        ]),
    ...(reading.threads === undefined ? [] : [{ name: 'Threads', value: formatNumber(reading.threads, 'none') }]),
    ...deviceTiles(reading),
  ]
}

function cpuTiles({ cpu_percent: used, machine = {} }: SystemAnswer['reading']): readonly FigureProps[] {
  const { cpu_limit_cores: cores, cpu_percent: all, load1 } = machine
  return [
    ...(used === undefined
      ? []
      : [
          {
            name: 'CPU of the process',
            value: percent(used),
            share: used / 100 / (cores ?? 1),
            note:
              cores === undefined ? 'of one core' : `of one core; the limit is ${formatNumber(cores, 'none')} cores`,
          },
        ]),
    ...(all === undefined
      ? []
      : [
          {
            name: 'CPU of the machine',
            value: percent(all),
            share: all / 100,
            note: load1 === undefined ? 'of all cores' : `of all cores; load ${formatNumber(load1, 'none')}`,
          },
        ]),
  ]
}

function memoryTiles({ memory_bytes: resident, machine = {} }: SystemAnswer['reading']): readonly FigureProps[] {
  const { memory_total_bytes: total, memory_available_bytes: available, memory_limit_bytes: limit } = machine
  const isLimited = limit !== undefined && limit < (total ?? Infinity)
  const ceiling = isLimited ? limit : total
  return [
    ...(resident === undefined
      ? []
      : [
          {
            name: 'Memory of the process',
            value: formatNumber(resident, 'bytes'),
            share: shareOf(resident, ceiling),
            note:
              ceiling === undefined
                ? 'resident'
                : `resident, of ${formatNumber(ceiling, 'bytes')} ${isLimited ? 'that its group may use' : 'of the machine'}`,
          },
        ]),
    ...full('Memory of the machine', total, available),
  ]
}

function runtimeTiles({ heap, event_loop: loop }: PerformanceAnswer): readonly FigureProps[] {
  return [
    {
      name: 'Heap',
      value: formatNumber(heap.used_bytes, 'bytes'),
      share: shareOf(heap.used_bytes, heap.limit_bytes),
      note: `of ${formatNumber(heap.limit_bytes, 'bytes')}; ${formatNumber(heap.external_bytes, 'bytes')} outside of it`,
    },
    ...(loop.p99_lag_ms === null
      ? []
      : [
          {
            name: 'Event loop lag, p99',
            value: formatNumber(loop.p99_lag_ms / 1000, 'seconds'),
            note: `of the last minute; at worst ${formatNumber((loop.max_lag_ms ?? 0) / 1000, 'seconds')}`,
          },
        ]),
    ...(loop.utilization === null
      ? []
      : [
          {
            name: 'Event loop busy',
            value: formatNumber(loop.utilization, 'percent-of-one'),
            share: loop.utilization,
            note: 'of the time',
          },
        ]),
  ]
}

function deviceTiles({
  temperature_celsius: heat,
  throttling,
  battery,
}: SystemAnswer['reading']): readonly FigureProps[] {
  return [
    ...(heat === undefined
      ? []
      : [{ name: 'Temperature', value: formatNumber(heat, 'celsius'), note: 'the hottest part that is measured' }]),
    ...(throttling === undefined ? [] : [{ name: 'Slowed down by heat', value: throttling ? 'yes' : 'no' }]),
    ...(battery === undefined
      ? []
      : [
          {
            name: 'Battery',
            value: percent(battery.level_percent),
            note: battery.charging ? 'charging' : 'not charging',
          },
        ]),
  ]
}

function full(name: string, total: number | undefined, free: number | undefined): readonly FigureProps[] {
  if (total === undefined || free === undefined) return []
  return [
    {
      name,
      value: formatNumber((total - free) / total, 'percent-of-one', 0),
      share: (total - free) / total,
      note: `${formatNumber(free, 'bytes')} left of ${formatNumber(total, 'bytes')}`,
    },
  ]
}

function shareOf(value: number, ceiling: number | undefined): number | undefined {
  return ceiling === undefined || ceiling <= 0 ? undefined : value / ceiling
}

function percent(value: number): string {
  return formatNumber(value / 100, 'percent-of-one')
}
