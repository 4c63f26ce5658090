import type { IncomingHeaders } from '../../tracing/index.ts'
import { patchMethod } from '../method-patch.ts'
import type { QueueWatch } from './options.ts'
import { type Run, runProcess } from './process.ts'

interface Received {
  readonly offset: string
  /** When it was made: ms since the epoch, as text. */
  readonly timestamp: string
  readonly headers?: Readonly<Record<string, unknown>>
}

interface Delivery {
  readonly topic: string
  readonly partition: number
  readonly message: Received
}

interface BatchDelivery {
  readonly batch: { readonly topic: string; readonly partition: number; readonly messages: readonly Received[] }
}

/** What the application does with the messages of one consumer, by the handlers that it gives to `run`. */
export function watchRuns(consumer: object, group: string, watch: QueueWatch, isActive: () => boolean): void {
  const measured =
    (handle: (args: readonly unknown[]) => unknown, read: (given: unknown) => Omit<Run, 'group'>) =>
    (...args: readonly unknown[]): unknown =>
      isActive()
        ? runProcess(
            watch,
            () => ({ ...read(args[0]), group }),
            () => handle(args),
          )
        : handle(args)
  patchMethod(
    consumer,
    'run',
    (original) =>
      function run(...args) {
        const [config, ...rest] = args
        const { eachMessage, eachBatch }: { eachMessage?: unknown; eachBatch?: unknown } = Object(config)
        const handlers: { eachMessage?: unknown; eachBatch?: unknown } = {}
        if (typeof eachMessage === 'function') {
          handlers.eachMessage = measured(
            (given) => Reflect.apply(eachMessage, config, given),
            (given) => runOfMessage(Object(given), watch.wallNow()),
          )
        }
        if (typeof eachBatch === 'function') {
          handlers.eachBatch = measured(
            (given) => Reflect.apply(eachBatch, config, given),
            (given) => runOfBatch(Object(given), watch.wallNow()),
          )
        }
        return Reflect.apply(original, this, [Object.assign({}, config, handlers), ...rest])
      },
  )
}

function runOfMessage({ topic, partition, message }: Delivery, at: number): Omit<Run, 'group'> {
  return {
    destination: topic,
    count: 1,
    waitsMs: [ageOf(message, at)],
    headers: [headersOf(message)],
    attributes: {
      'messaging.destination.partition.id': String(partition),
      'messaging.kafka.offset': Number(message.offset),
    },
  }
}

function runOfBatch({ batch: { topic, partition, messages } }: BatchDelivery, at: number): Omit<Run, 'group'> {
  return {
    destination: topic,
    count: messages.length,
    waitsMs: messages.map((message) => ageOf(message, at)),
    headers: messages.map(headersOf),
    attributes: { 'messaging.destination.partition.id': String(partition) },
  }
}

/** By two clocks, of which the sender's may be ahead. */
function ageOf({ timestamp }: Received, at: number): number {
  return Math.max(0, at - Number(timestamp))
}

/** Those that came more than once are lists, of which none can be believed. */
function headersOf({ headers = {} }: Received): IncomingHeaders {
  const texts: Record<string, string | readonly string[]> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (Buffer.isBuffer(value) || typeof value === 'string') texts[name.toLowerCase()] = value.toString()
    else if (Array.isArray(value)) texts[name.toLowerCase()] = value.map(String)
  }
  return texts
}
