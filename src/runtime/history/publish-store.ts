import type { Registry } from '../../metrics/index.ts'
import type { Tsdb } from '../../tsdb/index.ts'
import { publishLevels, publishTotals, type Total } from '../publish.ts'

/** What the store counts, as metrics. */
export function publishStore(metrics: Registry, store: Tsdb): void {
  publishTotals(metrics, {
    tsdb_samples: ['Samples taken.', () => store.stats.appended],
    tsdb_exemplars_dropped: ['Exemplars that made room for newer ones.', () => store.stats.exemplarsDropped],
    ...(store.stats.disk === undefined ? {} : diskTotals(store)),
  })
  publishReasons(metrics, 'tsdb_refused', 'Samples and series not taken.', () => store.stats.refused)
  publishReasons(metrics, 'tsdb_dropped', 'Samples let go of, by the limit they went over.', () => store.stats.dropped)
  publishLevels(metrics, {
    tsdb_series: ['Series that the store knows.', () => store.stats.series],
    tsdb_bytes: ['Roughly what history and index take of the memory.', () => store.stats.bytes],
  })
  if (store.stats.disk === undefined) return
  publishLevels(metrics, {
    tsdb_disk_bytes: ['What log and blocks take of the disk.', () => store.stats.disk?.bytes ?? 0],
    tsdb_disk_blocks: ['Blocks on the disk.', () => store.stats.disk?.blocks ?? 0],
    tsdb_disk_set_aside: ['Damaged parts that the opening left out.', () => store.stats.disk?.setAside.length ?? 0],
  })
}

function diskTotals(store: Tsdb): Readonly<Record<string, Total>> {
  return {
    tsdb_disk_failures: ['Attempts to write, sync or remove that failed.', () => store.stats.disk?.failures ?? 0],
    tsdb_disk_unlogged: ['Samples in memory alone: the log failed.', () => store.stats.disk?.unlogged ?? 0],
    tsdb_disk_dropped_files: [
      'Blocks and log segments that went for store.maxBytes.',
      () => store.stats.disk?.droppedFiles ?? 0,
    ],
  }
}

function publishReasons(
  metrics: Registry,
  name: string,
  help: string,
  read: () => Readonly<Record<string, number>>,
): void {
  const published = new Map<string, number>()
  const counter = metrics.counter({
    name: `boxman_${name}_total`,
    help,
    labelNames: ['reason'],
    collect: (counter) => {
      for (const [reason, total] of Object.entries(read())) {
        counter.inc({ reason }, total - (published.get(reason) ?? 0))
        published.set(reason, total)
      }
    },
  })
  for (const reason of Object.keys(read())) counter.labels({ reason })
}
