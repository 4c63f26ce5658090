import type { Partition, QueueWatch } from './options.ts'

interface BatchEvent {
  readonly payload: {
    readonly topic: string
    readonly partition: number
    /** The offset of the next message that the topic will get. */
    readonly highWatermark: string
    readonly firstOffset: string | null
    readonly lastOffset: string
    readonly duration?: number
  }
}

interface GroupJoinEvent {
  readonly payload: { readonly memberAssignment: Readonly<Record<string, readonly number[] | undefined>> }
}

interface Consumer {
  readonly events: Readonly<Record<string, string>>
  on(event: string | undefined, listener: (event: never) => void): unknown
}

/**
 * How far one consumer is behind, by its events: known when it begins a batch and when it is done with it.
 * @param held what has figures to take back at the undo
 */
export function watchLag(
  consumer: Consumer,
  group: string,
  { system, record, fuse }: QueueWatch,
  held: Set<() => void>,
  isActive: () => boolean,
): void {
  const partitions = new Map<string, Partition>()
  const forget = (isLost: (partition: Partition) => boolean): void => {
    for (const [key, partition] of partitions) {
      if (!isLost(partition)) continue
      partitions.delete(key)
      record.lag(partition, undefined)
    }
    if (partitions.size === 0) held.delete(forgetAll)
  }
  const forgetAll = (): void => {
    fuse.run(() => forget(() => true))
  }
  const tell = ({ payload: { topic, partition } }: BatchEvent, messages: number): void => {
    const key = `${partition} ${topic}`
    const own = partitions.get(key) ?? { system, destination: topic, group, partition }
    partitions.set(key, own)
    held.add(forgetAll)
    record.lag(own, Math.max(0, messages))
  }
  const on = (event: string, listener: (event: never) => void): void => {
    consumer.on(consumer.events[event], (told: never) => {
      if (isActive()) fuse.run(() => listener(told))
    })
  }
  on('START_BATCH_PROCESS', (event: BatchEvent) => {
    const { highWatermark, firstOffset } = event.payload
    if (firstOffset !== null) tell(event, Number(highWatermark) - Number(firstOffset))
  })
  on('END_BATCH_PROCESS', (event: BatchEvent) => {
    const { topic, highWatermark, lastOffset, duration } = event.payload
    tell(event, Number(highWatermark) - 1 - Number(lastOffset))
    if (duration !== undefined) record.batch({ system, destination: topic, group, durationMs: duration })
  })
  on('GROUP_JOIN', ({ payload: { memberAssignment } }: GroupJoinEvent) =>
    forget(({ destination, partition }) => memberAssignment[destination]?.includes(partition) !== true),
  )
  for (const end of ['STOP', 'CRASH', 'DISCONNECT']) on(end, forgetAll)
}
