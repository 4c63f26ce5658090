import { parentPort, workerData } from 'node:worker_threads'
import { Registry } from 'boxman/metrics'
import { boundIncrements } from './bound.ts'

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- given in threads.ts
const work = boundIncrements(new Registry({ slab: workerData as SharedArrayBuffer }))
parentPort?.on('message', (times: number) => {
  work(times)
  parentPort?.postMessage('done')
})
