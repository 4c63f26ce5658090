import { type Method, patchMethod } from '../method-patch.ts'
import { undoAll } from '../undo.ts'
import { watchRuns } from './kafka-consumer.ts'
import { watchLag } from './kafka-lag.ts'
import type { QueueWatch } from './options.ts'
import { beginSend, follow, type Send } from './send.ts'

interface Message {
  readonly headers?: Readonly<Record<string, unknown>>
}

interface TopicMessages {
  readonly topic: string
  readonly messages: readonly Message[]
}

/**
 * Every producer and consumer of kafkajs 2 that is made from now on, by the prototype of `Kafka`. Both are objects of their
 * own kind, without a prototype of theirs.
 */
export function watchKafkajs(library: object, watch: QueueWatch): () => void {
  const kafka: unknown = Reflect.get(Object(Reflect.get(library, 'Kafka')), 'prototype')
  if (typeof kafka !== 'object' || kafka === null) throw new TypeError('no Kafka')
  let active = true
  const isActive = (): boolean => active
  const held = new Set<() => void>()
  return undoAll([
    () => {
      for (const forget of held) forget()
      active = false
    },
    patchMethod(
      kafka,
      'producer',
      (original) =>
        function producer(...args) {
          const made = Reflect.apply(original, this, args)
          watch.fuse.run(() => watchProducer(Object(made), watch, isActive))
          return made
        },
    ),
    patchMethod(
      kafka,
      'consumer',
      (original) =>
        function consumer(...args) {
          const made = Reflect.apply(original, this, args)
          const group = String(Reflect.get(Object(args[0]), 'groupId'))
          watch.fuse.run(() => {
            watchRuns(Object(made), group, watch, isActive)
            watchLag(Object(made), group, watch, held, isActive)
          })
          return made
        },
    ),
  ])
}

/** A producer, or a transaction of one. */
function watchProducer(producer: object, watch: QueueWatch, isActive: () => boolean): void {
  patchMethod(producer, 'send', (original) =>
    sending(original, watch, isActive, {
      read: (given) => [topicOf(given)],
      give: (given, [only]) => Object.assign({}, given, only),
    }),
  )
  patchMethod(producer, 'sendBatch', (original) =>
    sending(original, watch, isActive, {
      read: (given) => listedIn(given).map(topicOf),
      give: (given, topicMessages) => Object.assign({}, given, { topicMessages }),
    }),
  )
  if (!('transaction' in producer)) return
  patchMethod(
    producer,
    'transaction',
    (original) =>
      function transaction(...args) {
        const result = Reflect.apply(original, this, args)
        if (!(result instanceof Promise)) return result
        return result.then((made: unknown) => {
          watch.fuse.run(() => watchProducer(Object(made), watch, isActive))
          return made
        })
      },
  )
}

interface Sending {
  readonly read: (given: unknown) => readonly TopicMessages[]
  readonly give: (given: unknown, topics: readonly TopicMessages[]) => unknown
}

function sending(
  original: Method<object>,
  watch: QueueWatch,
  isActive: () => boolean,
  { read, give }: Sending,
): Method<object> {
  return function send(...args) {
    const [given, ...rest] = args
    const begun = isActive()
      ? watch.fuse.run((): { send: Send; given: unknown } => {
          const topics = read(given)
          const send = beginSend(watch, countByTopic(topics))
          const { headers = {} } = send
          const carrying = topics.map(({ topic, messages }) => ({
            topic,
            messages: messages.map((message) => withHeaders(message, headers)),
          }))
          return { send, given: give(given, carrying) }
        })
      : undefined
    if (begun === undefined) return Reflect.apply(original, this, args)
    return follow(Reflect.apply(original, this, [begun.given, ...rest]), begun.send)
  }
}

function countByTopic(topics: readonly TopicMessages[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { topic, messages } of topics) counts.set(topic, (counts.get(topic) ?? 0) + messages.length)
  return counts
}

/** What the application has set stays; a state belongs to its parent, and does not stand beside another's. */
function withHeaders(message: Message, headers: Readonly<Record<string, string>>): Message {
  const own = message.headers ?? {}
  const { tracestate, ...rest } = headers
  const given = own['traceparent'] === undefined && tracestate !== undefined ? { ...rest, tracestate } : rest
  return { ...message, headers: { ...given, ...own } }
}

function topicOf(given: unknown): TopicMessages {
  const { topic, messages }: { topic?: unknown; messages?: unknown } = Object(given)
  if (typeof topic !== 'string') throw new TypeError('messages without a topic')
  return { topic, messages: messagesOf(messages) }
}

function listedIn(given: unknown): readonly unknown[] {
  const topicMessages: unknown = Reflect.get(Object(given), 'topicMessages')
  if (Array.isArray(topicMessages)) return topicMessages
  throw new TypeError('a batch without topicMessages')
}

function messagesOf(given: unknown): readonly Message[] {
  if (Array.isArray(given)) return given
  throw new TypeError('messages that are no list')
}
