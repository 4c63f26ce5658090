import { type FaultHandler, guarded } from '../guard.ts'
import type { Watched } from '../watched.ts'
import type { QueueSystem } from './options.ts'

/** How many jobs of a queue are in which state; none where it is not known. */
export interface QueueDepth {
  readonly system: QueueSystem
  readonly destination: string
  readonly jobs: Readonly<Record<string, number>>
}

export interface QueueDepthOptions {
  readonly record: (depth: QueueDepth) => void
  readonly onFault: FaultHandler
  readonly warn: (message: string) => void
}

/** Of jobs that are done a queue keeps as many as it was told to: to count them says nothing. */
const STATES = ['waiting', 'prioritized', 'delayed', 'waiting-children', 'active', 'failed'] as const

interface CountingQueue {
  readonly name: string
  getJobCounts(...states: readonly string[]): Promise<Readonly<Record<string, number>>>
}

/** Reads how many jobs a `Queue` of BullMQ has, whoever works on them, when it is polled. */
export function instrumentQueue(queue: object, { record, onFault, warn }: QueueDepthOptions): Watched {
  const known = isCounting(queue) ? queue : undefined
  const destination = 'name' in queue ? String(queue.name) : 'without a name'
  if (known === undefined) warn(`the queue ${destination} is none of bullmq: its jobs are not counted`)
  const tell = (jobs: QueueDepth['jobs']): void => {
    guarded(onFault, () => record({ system: 'bullmq', destination, jobs }))
  }
  let active = known !== undefined
  let polling = false
  return {
    undo: () => {
      if (active) tell({})
      active = false
    },
    poll: async () => {
      if (known === undefined || !active || polling) return
      polling = true
      try {
        const jobs = await known.getJobCounts(...STATES)
        if (active) tell(jobs)
      } catch (error) {
        // A server that is away comes back: it is asked again.
        if (active) tell({})
        guarded(onFault, () => onFault(error))
      }
      polling = false
    },
  }
}

function isCounting(queue: object): queue is CountingQueue {
  return 'getJobCounts' in queue && typeof queue.getJobCounts === 'function' && 'name' in queue
}
