import { Fuse } from '../fuse.ts'
import { undoAll } from '../undo.ts'
import { watchBullmq } from './bullmq.ts'
import { watchKafkajs } from './kafkajs.ts'
import type { QueueOptions, QueueWatch } from './options.ts'

/** What is looked for, and in which versions it is known. */
const LIBRARIES = [
  { name: 'bullmq', system: 'bullmq', majors: [5, 6], watch: watchBullmq },
  { name: 'kafkajs', system: 'kafka', majors: [2], watch: watchKafkajs },
] as const

/**
 * Measures what is sent to queues and what is done with it: jobs of BullMQ 5 and 6, messages of kafkajs 2, by their prototypes.
 * Each message carries the context of its sender, in which it is processed.
 * @returns the undo
 */
export function instrumentQueues(options: QueueOptions): () => void {
  const { find, warn, onFault } = options
  const found = LIBRARIES.flatMap((library) => {
    const installed = find(library.name)
    return installed === undefined ? [] : [{ ...library, ...installed, load: () => installed.load() }]
  })
  if (found.length === 0) warn('neither bullmq nor kafkajs is installed: no queue is measured')
  return undoAll(
    found.flatMap(({ name, version, system, majors, load, watch }) => {
      if (!majors.some((major) => major === Number.parseInt(version, 10))) {
        warn(
          `${name} ${version} is not known (${majors.join(' and ')} ${majors.length > 1 ? 'are' : 'is'}): its queues are not measured`,
        )
        return []
      }
      const { ids, tracer, now, wallNow, record } = options
      const own: QueueWatch = {
        ids,
        tracer,
        now,
        wallNow,
        record,
        system,
        fuse: new Fuse(`measuring ${name}`, onFault),
      }
      try {
        return [watch(Object(load()), own)]
      } catch (error) {
        warn(`${name} ${version} cannot be measured: ${String(error)}`)
        return []
      }
    }),
  )
}
