import { parentPort, workerData } from 'node:worker_threads'
import { Registry } from '../registry.ts'

export interface HammerData {
  readonly slab: SharedArrayBuffer
  readonly times: number
  /** What becomes of it then. */
  readonly afterwards: 'exit' | 'hang'
}

/** Counts as fast as it can, in a thread of its own. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the test's own
const { slab, times, afterwards } = workerData as HammerData
const registry = new Registry({ slab })
const counter = registry.counter({ name: 'hits_total', help: 'Hits.' })
const labelled = registry.counter({ name: 'rolls_total', help: 'Rolls.', labelNames: ['total'] })
const children = Array.from({ length: 11 }, (_, i) => labelled.labels({ total: i + 2 }))
const wait = registry.histogram({ name: 'wait_seconds', help: 'Wait.', buckets: [0.5] })
for (let i = 0; i < times; i++) {
  counter.inc()
  children[i % 11]?.inc()
  if (i % 64 === 0) wait.observe((i & 64) / 64)
}
if (afterwards === 'hang') {
  parentPort?.postMessage('done')
  for (;;);
}
