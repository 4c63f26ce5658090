import type {
  Partition,
  ProcessedBatch,
  ProcessedMessages,
  QueueOptions,
  SentMessages,
} from '../../src/instrument/index.ts'
import { createIdSource, Sampler, type SpanData, Tracer } from '../../src/tracing/index.ts'

/** What instruments of queues tell, and the spans that they make; all of them are kept. */
export function queueTally(find: QueueOptions['find'], { fail = false, traced = true } = {}) {
  const sent: SentMessages[] = []
  const processed: ProcessedMessages[] = []
  const batches: ProcessedBatch[] = []
  const lags = new Map<string, number>()
  const faults: unknown[] = []
  const warnings: string[] = []
  const spans: SpanData[] = []
  const now = (): number => performance.timeOrigin + performance.now()
  const tracer = new Tracer({
    now,
    sampler: new Sampler({ budget: 10_000 }),
    onTrace: (trace) => void spans.push(...trace.spans),
  })
  const put =
    <T>(list: T[]) =>
    (told: T): void => {
      if (fail) throw new Error('bang')
      list.push(told)
    }
  const options: QueueOptions = {
    ids: createIdSource(),
    tracer: traced ? tracer : undefined,
    now,
    wallNow: () => Date.now(),
    record: {
      sent: put(sent),
      processed: put(processed),
      batch: put(batches),
      lag: ({ destination, group, partition }: Partition, messages) => {
        if (fail) throw new Error('bang')
        const key = `${group} ${destination} ${partition}`
        if (messages === undefined) lags.delete(key)
        else lags.set(key, messages)
      },
    },
    onFault: (error) => faults.push(error),
    warn: (message) => warnings.push(message),
    find,
  }
  return { sent, processed, batches, lags, faults, warnings, spans, tracer, options }
}
