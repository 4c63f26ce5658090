import { readFileSync } from 'node:fs'
import { getHeapSpaceStatistics } from 'node:v8'
import type { Setting } from './setting.ts'

const RESIDENT = { name: 'process_resident_memory_bytes', help: 'Resident memory size in bytes.' }

export function osMemoryHeap(setting: Setting): void {
  const { labels } = setting
  if (process.platform !== 'linux') {
    setting.gauge(RESIDENT, function () {
      const usage = memoryUsage()
      if (usage !== undefined) this.set(labels, usage.rss)
    })
    return
  }
  const resident = setting.gauge(RESIDENT, () => {
    const status = readStatus()
    if (status === undefined) return
    resident.set(labels, bytesOf(status, 'VmRSS'))
    virtual.set(labels, bytesOf(status, 'VmSize'))
    heap.set(labels, bytesOf(status, 'VmData'))
  })
  const virtual = setting.gauge({ name: 'process_virtual_memory_bytes', help: 'Virtual memory size in bytes.' })
  const heap = setting.gauge({ name: 'process_heap_bytes', help: 'Process heap size in bytes.' })
}

export function heapSizeAndUsed(setting: Setting): void {
  const { labels } = setting
  const total = setting.gauge(
    { name: 'nodejs_heap_size_total_bytes', help: 'Process heap size from Node.js in bytes.' },
    () => {
      const usage = memoryUsage()
      if (usage === undefined) return
      total.set(labels, usage.heapTotal)
      used.set(labels, usage.heapUsed)
      external.set(labels, usage.external)
    },
  )
  const used = setting.gauge({
    name: 'nodejs_heap_size_used_bytes',
    help: 'Process heap size used from Node.js in bytes.',
  })
  const external = setting.gauge({
    name: 'nodejs_external_memory_bytes',
    help: 'Node.js external memory size in bytes.',
  })
}

export function heapSpacesSizeAndUsed(setting: Setting): void {
  const { labels } = setting
  const size = (what: string, collect?: () => void) =>
    setting.gauge(
      {
        name: `nodejs_heap_space_size_${what}_bytes`,
        help: `Process heap space size ${what} from Node.js in bytes.`,
        labelNames: ['space'],
      },
      collect,
    )
  const total = size('total', () => {
    for (const space of getHeapSpaceStatistics()) {
      const own = { space: space.space_name.replace(/_space.*/, ''), ...labels }
      total.set(own, space.space_size)
      used.set(own, space.space_used_size)
      available.set(own, space.space_available_size)
    }
  })
  const used = size('used')
  const available = size('available')
}

/** Some platforms cannot tell. */
function memoryUsage(): NodeJS.MemoryUsage | undefined {
  try {
    return process.memoryUsage()
  } catch {
    return undefined
  }
}

function readStatus(): string | undefined {
  try {
    return readFileSync('/proc/self/status', 'utf8')
  } catch {
    return undefined
  }
}

/** Of a line such as `VmRSS:     1234 kB`. */
function bytesOf(status: string, key: string): number {
  return Number(new RegExp(`^${key}:\\s*(\\d+)`, 'm').exec(status)?.[1]) * 1024
}
