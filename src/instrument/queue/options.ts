import type { IdSource, Tracer } from '../../tracing/index.ts'
import type { FindLibrary } from '../cache/cache.ts'
import type { Fuse } from '../fuse.ts'
import type { FaultHandler } from '../guard.ts'

export type QueueSystem = 'bullmq' | 'kafka'

/** Messages handed to the broker in one call. */
export interface SentMessages {
  readonly system: QueueSystem
  /** The queue, or the topic. */
  readonly destination: string
  /** How many messages. */
  readonly count: number
  readonly durationMs: number
  /** What `errorType` calls a failure; undefined: there was none. */
  readonly errorType?: string
  readonly error?: unknown
}

/** One run of what the application does with a message, or with a batch of them. */
export interface ProcessedMessages extends SentMessages {
  /** The group of consumers; BullMQ has none. */
  readonly group?: string
  /** Of each message: from its creation, or from when it was due, to the start of its first run. */
  readonly waitsMs: readonly number[]
}

/** What a consumer of Kafka has fetched at once, from the first message begun to the last one done. */
export interface ProcessedBatch extends Pick<SentMessages, 'system' | 'destination' | 'durationMs'> {
  readonly group: string
}

/** One partition, as a group of consumers sees it. */
export interface Partition {
  readonly system: QueueSystem
  readonly destination: string
  readonly group: string
  readonly partition: number
}

export interface QueueRecorder {
  sent(call: SentMessages): void
  processed(call: ProcessedMessages): void
  batch(batch: ProcessedBatch): void
  /** How many messages of the partition are yet to be processed; undefined: it is another consumer's now. */
  lag(partition: Partition, messages: number | undefined): void
}

export interface QueueOptions {
  readonly ids: IdSource
  /** Makes a span of each send and of each run. */
  readonly tracer?: Tracer | undefined
  /** Milliseconds that never go back. */
  readonly now: () => number
  /** Milliseconds since the epoch: the clock of the messages' own times. */
  readonly wallNow: () => number
  readonly record: QueueRecorder
  readonly onFault: FaultHandler
  /** Told once of each part that stays off, with its name. */
  readonly warn: (message: string) => void
  readonly find: FindLibrary
}

export interface QueueWatch extends Pick<QueueOptions, 'ids' | 'tracer' | 'now' | 'wallNow' | 'record'> {
  readonly system: QueueSystem
  readonly fuse: Fuse
}
