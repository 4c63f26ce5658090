import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { attachThread, createSlab, Registry } from 'boxman/metrics'
import type { Case } from '../case.ts'
import { boundIncrements } from './bound.ts'

const THREADS = 2
const TOTAL = 100_000_000

function start(registry: Registry): { readonly worker: Worker; readonly count: (times: number) => Promise<void> } {
  const slab = createSlab()
  attachThread(registry, slab)
  const worker = new Worker(new URL('threads-worker.js', import.meta.url), { workerData: slab })
  const count = async (times: number): Promise<void> => {
    const done = once(worker, 'message')
    worker.postMessage(times)
    await done
  }
  return { worker, count }
}

/** @throws Error when a count of two threads that hammer the same series is lost. */
async function checkNoneIsLost(): Promise<void> {
  const registry = new Registry()
  const threads = Array.from({ length: THREADS }, () => start(registry))
  await Promise.all(threads.map(async ({ count }) => count(TOTAL / THREADS)))
  const [family] = await registry.collect()
  let counted = 0
  for (const series of family?.series ?? []) if ('value' in series) counted += series.value
  await Promise.all(threads.map(async ({ worker }) => worker.terminate()))
  if (counted !== TOTAL) throw new Error(`${THREADS} threads counted to ${TOTAL}, and the page says ${counted}`)
}

export const cases: readonly Case[] = [
  {
    name: 'worker_threads bound inc()',
    peerName: 'the same on the main thread, in private memory',
    unit: 'ns CPU',
    ours: async () => {
      await checkNoneIsLost()
      // The main thread waits meanwhile, so that the process's CPU time is the worker's.
      return start(new Registry()).count
    },
    peer: () => boundIncrements(new Registry()),
  },
]
