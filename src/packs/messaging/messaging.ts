import type { LabelledCounter, LabelledGauge, LabelledHistogram, Registry } from '../../metrics/index.ts'
import { isDuration } from '../duration.ts'

/** Those that OpenTelemetry gives durations of messaging, and on for work that takes its time. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 300]
const WAIT_SECONDS = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800, 3600, 21_600]

export interface SentMessages {
  readonly system: string
  /** The queue, or the topic. */
  readonly destination: string
  readonly count: number
  readonly durationMs: number
  /** Undefined: it did not fail. */
  readonly errorType?: string
}

export interface ProcessedMessages extends SentMessages {
  readonly group?: string
  /** Of each message: how long it waited for this. */
  readonly waitsMs: readonly number[]
}

export interface PartitionOfTopic {
  readonly system: string
  readonly destination: string
  readonly group: string
  readonly partition: number
}

export interface QueueDepth {
  readonly system: string
  readonly destination: string
  /** By state; a state that is not told is not known. */
  readonly jobs: Readonly<Record<string, number>>
}

const CALL = ['messaging_system', 'messaging_destination_name', 'messaging_operation_name', 'error_type'] as const
const RUN = [
  'messaging_system',
  'messaging_destination_name',
  'messaging_consumer_group_name',
  'messaging_operation_name',
  'error_type',
] as const
const GROUP = ['messaging_system', 'messaging_destination_name', 'messaging_consumer_group_name'] as const
const STATE = ['messaging_system', 'messaging_destination_name', 'state'] as const
const PARTITION = [...GROUP, 'messaging_destination_partition_id'] as const

/**
 * Queues and topics, under the names of OpenTelemetry where it has some: `messaging_client_operation_duration_seconds`,
 * `messaging_client_sent_messages_total`, `messaging_client_consumed_messages_total`, `messaging_process_duration_seconds`; and
 * `messaging_message_wait_seconds`, `messaging_batch_duration_seconds`, `messaging_queue_jobs`, `messaging_consumer_lag`.
 */
export class MessagingMetrics {
  /** `badDurations`: below zero or NaN; what they are of is counted, and not timed. */
  readonly stats: { badDurations: number } = { badDurations: 0 }
  readonly #operations: LabelledHistogram<(typeof CALL)[number]>
  readonly #sent: LabelledCounter<(typeof CALL)[number]>
  readonly #consumed: LabelledCounter<(typeof RUN)[number]>
  readonly #runs: LabelledHistogram<(typeof RUN)[number]>
  readonly #waits: LabelledHistogram<(typeof GROUP)[number]>
  readonly #batches: LabelledHistogram<(typeof GROUP)[number]>
  readonly #jobs: LabelledGauge<(typeof STATE)[number]>
  readonly #lag: LabelledGauge<(typeof PARTITION)[number]>

  constructor(registry: Registry) {
    this.#operations = registry.histogram({
      name: 'messaging_client_operation_duration_seconds',
      help: 'Time from messages handed over to the answer of the broker.',
      labelNames: CALL,
      buckets: SECONDS,
    })
    this.#sent = registry.counter({
      name: 'messaging_client_sent_messages_total',
      help: 'Messages handed to the broker, or that should have been.',
      labelNames: CALL,
    })
    this.#consumed = registry.counter({
      name: 'messaging_client_consumed_messages_total',
      help: 'Messages given to the application, by what came of it.',
      labelNames: RUN,
    })
    this.#runs = registry.histogram({
      name: 'messaging_process_duration_seconds',
      help: 'Time that the application took for a message, or for a batch that it takes as one.',
      labelNames: RUN,
      buckets: SECONDS,
    })
    this.#waits = registry.histogram({
      name: 'messaging_message_wait_seconds',
      help: 'From the creation of a message, or from when it was due, to the start of its first run.',
      labelNames: GROUP,
      buckets: WAIT_SECONDS,
    })
    this.#batches = registry.histogram({
      name: 'messaging_batch_duration_seconds',
      help: 'Time for all messages that were fetched at once.',
      labelNames: GROUP,
      buckets: SECONDS,
    })
    this.#jobs = registry.gauge({
      name: 'messaging_queue_jobs',
      help: 'Jobs of a queue, whoever works on them, by their state.',
      labelNames: STATE,
      aggregate: 'max',
    })
    this.#lag = registry.gauge({
      name: 'messaging_consumer_lag',
      help: 'Messages of a partition that its consumer has not processed yet.',
      labelNames: PARTITION,
      aggregate: 'max',
    })
  }

  sent({ system, destination, count, durationMs, errorType = '' }: SentMessages): void {
    const labels = {
      messaging_system: system,
      messaging_destination_name: destination,
      messaging_operation_name: 'send',
      error_type: errorType,
    }
    this.#sent.inc(labels, count)
    this.#time(durationMs, (seconds) => this.#operations.observe(labels, seconds))
  }

  processed({ system, destination, group = '', count, durationMs, waitsMs, errorType = '' }: ProcessedMessages): void {
    const own = groupLabels({ system, destination, group })
    const labels = { ...own, messaging_operation_name: 'process', error_type: errorType }
    this.#consumed.inc(labels, count)
    this.#time(durationMs, (seconds) => this.#runs.observe(labels, seconds))
    for (const waitMs of waitsMs) this.#time(waitMs, (seconds) => this.#waits.observe(own, seconds))
  }

  batch({ durationMs, ...batch }: Omit<PartitionOfTopic, 'partition'> & { readonly durationMs: number }): void {
    this.#time(durationMs, (seconds) => this.#batches.observe(groupLabels(batch), seconds))
  }

  /** @param messages undefined: it is not known any more */
  lag(partition: PartitionOfTopic, messages: number | undefined): void {
    const labels = { ...groupLabels(partition), messaging_destination_partition_id: partition.partition }
    if (messages === undefined) this.#lag.remove(labels)
    else this.#lag.set(labels, messages)
  }

  /** In place of what was told of this queue before. */
  depth({ system, destination, jobs }: QueueDepth): void {
    const queue = { messaging_system: system, messaging_destination_name: destination }
    this.#jobs.remove(queue)
    for (const [state, count] of Object.entries(jobs)) this.#jobs.set({ ...queue, state }, count)
  }

  #time(durationMs: number, observe: (seconds: number) => void): void {
    if (isDuration(durationMs)) observe(durationMs / 1000)
    else this.stats.badDurations++
  }
}

function groupLabels({ system, destination, group }: Omit<PartitionOfTopic, 'partition'>): {
  readonly [name in (typeof GROUP)[number]]: string
} {
  return {
    messaging_system: system,
    messaging_destination_name: destination,
    messaging_consumer_group_name: group,
  }
}
