import type { RegistryContentType } from '../types.ts'
import { isObject } from '../validation.ts'
import { processHandles, processRequests, processResources } from './active.ts'
import { processCpuTotal } from './cpu.ts'
import { processMaxFileDescriptors, processOpenFileDescriptors } from './descriptors.ts'
import { eventLoopLag, eventLoopUtilization } from './event-loop.ts'
import { gc } from './gc.ts'
import { heapSizeAndUsed, heapSpacesSizeAndUsed, osMemoryHeap } from './memory.ts'
import { processStartTime, version } from './process-info.ts'
import { type DefaultMetricsCollectorConfiguration, Setting } from './setting.ts'

const METRICS = {
  processCpuTotal,
  processStartTime,
  osMemoryHeap,
  processOpenFileDescriptors,
  processMaxFileDescriptors,
  eventLoopLag,
  processResources,
  processHandles,
  processRequests,
  heapSizeAndUsed,
  heapSpacesSizeAndUsed,
  version,
  gc,
}

interface CollectDefaultMetrics {
  /** Registers what a process can say of itself. Read when the page is, not in between. */
  <T extends RegistryContentType>(config?: DefaultMetricsCollectorConfiguration<T> | null): void
  /** The groups that there are. */
  metricsList: string[]
}

function collect<T extends RegistryContentType>(config?: DefaultMetricsCollectorConfiguration<T> | null): void {
  if (config !== null && config !== undefined && !isObject(config)) {
    throw new TypeError('config must be null, undefined, or an object')
  }
  const setting = new Setting({ ...config })
  for (const register of Object.values(METRICS)) register(setting)
  if (Object.keys(setting.configuration).some((key) => key.startsWith('eventLoopUtilization'))) {
    eventLoopUtilization(setting)
  }
}

export const collectDefaultMetrics: CollectDefaultMetrics = Object.assign(collect, {
  metricsList: Object.keys(METRICS),
})
