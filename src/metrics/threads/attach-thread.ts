import { type Attached, noSourceStats } from '../merge/source.ts'
import type { Registry } from '../registry.ts'
import { SlabSource } from './slab-source.ts'

/**
 * From here on the registry's page shows what the thread counts whose `new Registry({ slab })` has this slab: read from
 * memory, whether the thread is idle, busy for ever, or gone. Tell it by `ended()` when the thread has exited.
 * @throws TypeError when it is no slab.
 */
export function attachThread(registry: Pick<Registry, 'attach'>, slab: SharedArrayBuffer, name = 'thread'): Attached {
  const stats = noSourceStats()
  return registry.attach(name, new SlabSource(slab, stats), stats)
}
