import type { WebSocket, WebSocketServer } from 'ws'
import { Fuse } from '../fuse.ts'
import { type FaultHandler, guarded } from '../guard.ts'
import { Subscriptions, type Topic } from './subscriptions.ts'
import { payloadBytes, watchEnd, watchSends } from './watch.ts'

export interface SocketRecorder {
  /** How many open sockets subscribe to the topic, whenever it changes. */
  subscribers(topic: string, count: number): void
  /** The topic had no subscribers for the grace time. */
  forget(topic: string): void
  /** Milliseconds from an event's `ts` to its hand-over to the socket of one subscriber. */
  delivered(topic: string, latencyMs: number): void
  /** Handed over before its `ts`: a clock is wrong, and no latency known. */
  fromFuture(topic: string): void
  failed?(topic: string): void
  connections?(open: number): void
  /** Payload bytes, as the application sees them: compression and frames are not in it. */
  message?(direction: 'sent' | 'received', bytes: number): void
}

export interface TopicOptions {
  readonly recorder: SocketRecorder
  /** Milliseconds since the epoch: the clock of the events' `ts`. */
  readonly wallNow: () => number
  /** How long a topic without subscribers is remembered. Default 60 000. */
  readonly graceMs?: number
  /** Topics known at once; a subscription to a further one is refused. Default 10 000. */
  readonly maxTopics?: number
  readonly onFault: FaultHandler
}

/** `ts` in milliseconds since the epoch, and whatever else the event says. */
export type TopicEvent = { readonly ts: number } & Readonly<Record<string, unknown>>

/** Topics, and the open sockets that subscribe to them: a socket that closes, in whatever way, is out at once. */
export interface Topics {
  /** False, and without effect: subscribed already, socket not open, or too many topics. */
  subscribe(socket: WebSocket, topic: string): boolean
  /** False: it was not subscribed. */
  unsubscribe(socket: WebSocket, topic: string): boolean
  /** Sends the event as JSON to every subscriber; returns to how many sockets it was given. */
  publish(topic: string, event: TopicEvent): number
  count(topic: string): number
  /** Forgets the topics that are without subscribers for longer than the grace time; `at` in ms since the epoch. */
  sweep(at: number): void
  readonly stats: { readonly topics: number; readonly refusedTopics: number }
}

/** Counts connections and messages of a server of `ws`, and gives its sockets topics. */
export function instrumentWebSocketServer(server: WebSocketServer, options: TopicOptions): Topics {
  const { recorder, wallNow, onFault } = options
  const fuse = (hook: string): Fuse => new Fuse(`the recorder's ${hook} of a WebSocket server`, onFault)
  const fuses = {
    subscribers: fuse('subscribers'),
    forget: fuse('forget'),
    delivered: fuse('delivered'),
    connections: fuse('connections'),
    message: fuse('message'),
  }
  const now = (): number => guarded(onFault, wallNow) ?? 0
  const subscriptions = new Subscriptions<WebSocket>({
    graceMs: options.graceMs ?? 60_000,
    maxTopics: options.maxTopics ?? 10_000,
    changed: (topic, count) => fuses.subscribers.run(() => recorder.subscribers(topic, count)),
    forgotten: (topic) => fuses.forget.run(() => recorder.forget(topic)),
  })
  const watched = new WeakSet<WebSocket>()
  let connections = 0

  function watch(socket: WebSocket): void {
    if (watched.has(socket)) return
    watched.add(socket)
    const message = (direction: 'sent' | 'received', bytes: number) => {
      fuses.message.run(() => recorder.message?.(direction, bytes))
    }
    watchEnd(socket, () => subscriptions.drop(socket, now()))
    watchSends(socket, (bytes) => message('sent', bytes))
    socket.on('message', (data) => message('received', payloadBytes(data)))
  }

  function count(change: 1 | -1): void {
    connections += change
    fuses.connections.run(() => recorder.connections?.(connections))
  }

  function connected(socket: WebSocket): void {
    watch(socket)
    count(1)
    socket.once('close', () => count(-1))
  }

  function handedOver(topic: Topic<WebSocket>, ts: number, error: Error | null | undefined): void {
    if (topic.forgotten) return
    fuses.delivered.run(() => {
      if (error !== undefined && error !== null) return recorder.failed?.(topic.name)
      const latencyMs = wallNow() - ts
      if (latencyMs >= 0) recorder.delivered(topic.name, latencyMs)
      else if (latencyMs < 0) recorder.fromFuture(topic.name)
    })
  }

  for (const socket of server.clients) connected(socket)
  server.on('connection', connected)

  return {
    stats: subscriptions.stats,
    subscribe(socket, name) {
      if (socket.readyState !== socket.OPEN) return false
      watch(socket)
      return subscriptions.add(socket, name)
    },
    unsubscribe: (socket, name) => subscriptions.remove(socket, name, now()),
    publish(name, event) {
      const topic = subscriptions.get(name)
      if (topic === undefined || topic.members.size === 0) return 0
      const { ts } = event
      if (!Number.isFinite(ts)) {
        guarded(onFault, () => {
          throw new RangeError(`publish(${name}): the event's ts ${ts} is no time in ms since the epoch`)
        })
      }
      const payload = Buffer.from(JSON.stringify(event))
      let given = 0
      for (const socket of topic.members) {
        if (socket.readyState !== socket.OPEN) continue
        socket.send(payload, { binary: false }, (error) => handedOver(topic, ts, error))
        given++
      }
      return given
    },
    count: (name) => subscriptions.get(name)?.members.size ?? 0,
    sweep: (at) => subscriptions.sweep(at),
  }
}
