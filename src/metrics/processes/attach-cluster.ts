import { type Attached, noSourceStats } from '../merge/source.ts'
import type { Registry } from '../registry.ts'
import { attachChannel, type ProcessOptions } from './attach-process.ts'
import type { Channel } from './channel.ts'

/** `node:cluster`, in the primary process. */
export interface Cluster {
  readonly workers?: Readonly<Record<string, (Channel & { readonly id: number }) | undefined>> | undefined
  on: (event: 'fork', listener: (worker: Channel & { readonly id: number }) => void) => unknown
  off: (event: 'fork', listener: (worker: Channel & { readonly id: number }) => void) => unknown
}

/**
 * As {@link attachProcess}, for each worker that there is and each that will be.
 * @returns all of them as one: `ended()` and `detach()` are of all, and none is attached after either.
 */
export function attachCluster(
  registry: Pick<Registry, 'attach'>,
  cluster: Cluster,
  options: ProcessOptions = {},
): Attached {
  const stats = noSourceStats()
  const all = new Set<Attached>()
  const attach = (worker: Channel & { readonly id: number }): void => {
    const attached = attachChannel(registry, worker, `worker ${worker.id}`, options, stats)
    all.add(attached)
    const forget = (): void => {
      worker.off('disconnect', forget)
      all.delete(attached)
    }
    worker.on('disconnect', forget)
  }
  for (const worker of Object.values(cluster.workers ?? {})) if (worker !== undefined) attach(worker)
  cluster.on('fork', attach)
  const leave = (each: (attached: Attached) => void) => (): void => {
    cluster.off('fork', attach)
    for (const attached of all) each(attached)
    all.clear()
  }
  return {
    name: 'cluster',
    stats,
    ended: leave((attached) => attached.ended()),
    detach: leave((attached) => attached.detach()),
  }
}
