export interface Topic<S> {
  readonly name: string
  readonly members: ReadonlySet<S>
  /** Nothing more is to be said of it, however late. */
  readonly forgotten: boolean
}

interface OpenTopic<S> extends Topic<S> {
  readonly members: Set<S>
  /** When the last member left; of no meaning while there are members. */
  emptySince: number
  forgotten: boolean
}

export interface SubscriptionsOptions {
  readonly graceMs: number
  readonly maxTopics: number
  readonly changed: (topic: string, count: number) => void
  readonly forgotten: (topic: string) => void
}

/** Who subscribes to what. Sockets are held by the topics they are in, and by nothing else. */
export class Subscriptions<S extends object> {
  readonly stats: { topics: number; refusedTopics: number } = { topics: 0, refusedTopics: 0 }
  readonly #options: SubscriptionsOptions
  readonly #topics = new Map<string, OpenTopic<S>>()
  readonly #bySocket = new WeakMap<S, Set<OpenTopic<S>>>()

  constructor(options: SubscriptionsOptions) {
    const { graceMs, maxTopics } = options
    if (!(graceMs >= 0 && graceMs < Infinity)) throw new RangeError(`graceMs ${graceMs} must be a finite number >= 0`)
    if (!(Number.isInteger(maxTopics) && maxTopics > 0)) {
      throw new RangeError(`maxTopics ${maxTopics} must be a whole number > 0`)
    }
    this.#options = options
  }

  get(name: string): Topic<S> | undefined {
    return this.#topics.get(name)
  }

  add(socket: S, name: string): boolean {
    const topic = this.#topics.get(name) ?? this.#open(name)
    if (topic === undefined || topic.members.has(socket)) return false
    topic.members.add(socket)
    const own = this.#bySocket.get(socket)
    if (own === undefined) this.#bySocket.set(socket, new Set([topic]))
    else own.add(topic)
    this.#options.changed(name, topic.members.size)
    return true
  }

  remove(socket: S, name: string, at: number): boolean {
    const topic = this.#topics.get(name)
    if (topic === undefined || !topic.members.has(socket)) return false
    this.#bySocket.get(socket)?.delete(topic)
    this.#leave(socket, topic, at)
    return true
  }

  /** Takes a socket out of all its topics. */
  drop(socket: S, at: number): void {
    const own = this.#bySocket.get(socket)
    if (own === undefined) return
    this.#bySocket.delete(socket)
    for (const topic of own) this.#leave(socket, topic, at)
  }

  sweep(at: number): void {
    for (const topic of this.#topics.values()) {
      if (topic.members.size > 0 || at - topic.emptySince < this.#options.graceMs) continue
      topic.forgotten = true
      this.#topics.delete(topic.name)
      this.stats.topics--
      this.#options.forgotten(topic.name)
    }
  }

  #open(name: string): OpenTopic<S> | undefined {
    if (this.#topics.size >= this.#options.maxTopics) {
      this.stats.refusedTopics++
      return undefined
    }
    const topic: OpenTopic<S> = { name, members: new Set(), emptySince: 0, forgotten: false }
    this.#topics.set(name, topic)
    this.stats.topics++
    return topic
  }

  #leave(socket: S, topic: OpenTopic<S>, at: number): void {
    topic.members.delete(socket)
    if (topic.members.size === 0) topic.emptySince = at
    this.#options.changed(topic.name, topic.members.size)
  }
}
