import type { Channel, DispatchEffect, Outcome } from '../../alerting/index.ts'

export type Delivery = Extract<DispatchEffect, { readonly kind: 'deliver' }>

export interface DeliveriesOptions {
  /** Undefined: the configuration has it no more. */
  readonly channelOf: (integration: string) => Channel | undefined
  /** Puts in what only this process knows. */
  readonly fill: (delivery: Delivery) => Delivery['notification']
  readonly onOutcome: (delivery: Delivery, outcome: Outcome) => void
  /** Ms since the epoch, as deadlines are. */
  readonly now: () => number
}

/** Of one integration, so that a slow one keeps no other waiting. */
const MOST_AT_ONCE = 8
/** An attempt ends soon after it is told to. */
const OVERDUE_MS = 15_000

interface Line {
  readonly waiting: Delivery[]
  running: number
}

interface Running {
  readonly integration: string
  readonly deadlineAt: number
  readonly done: Promise<void>
}

/** Carries out what is to be delivered: some at once, the others of the same integration one after the other. */
export class Deliveries {
  readonly #options: DeliveriesOptions
  readonly #lines = new Map<string, Line>()
  readonly #running = new Map<AbortController, Running>()
  #isOver = false

  constructor(options: DeliveriesOptions) {
    this.#options = options
  }

  /** Waiting, and under way. */
  get size(): number {
    let size = 0
    for (const { waiting, running } of this.#lines.values()) size += waiting.length + running
    return size
  }

  /** An integration whose attempt goes on though its time is over. */
  get overdue(): string | undefined {
    const at = this.#options.now() - OVERDUE_MS
    return [...this.#running.values()].find(({ deadlineAt }) => deadlineAt < at)?.integration
  }

  add(delivery: Delivery): void {
    if (this.#isOver) return
    const { integration, notification } = delivery
    let line = this.#lines.get(integration)
    if (line === undefined) this.#lines.set(integration, (line = { waiting: [], running: 0 }))
    const before = line.waiting.findIndex((each) => each.notification.id === notification.id)
    if (before >= 0) line.waiting[before] = delivery
    else line.waiting.push(delivery)
    this.#proceed(integration, line)
  }

  /** Cuts off what has had its time. */
  expire(): void {
    const at = this.#options.now()
    for (const [controller, { deadlineAt }] of this.#running) if (deadlineAt <= at) controller.abort()
  }

  /** Begins nothing more; what is under way has so long, and is then cut off. */
  async stop(graceMs: number): Promise<void> {
    this.#isOver = true
    for (const line of this.#lines.values()) line.waiting.length = 0
    const done = Promise.all(Array.from(this.#running.values(), (each) => each.done))
    const late = setTimeout(() => {
      for (const controller of this.#running.keys()) controller.abort()
    }, graceMs)
    let lost: NodeJS.Timeout | undefined
    const given = new Promise<void>((resolve) => {
      // One that does not even hear that it is cut off.
      lost = setTimeout(resolve, graceMs + 1000)
    })
    await Promise.race([done, given])
    clearTimeout(late)
    clearTimeout(lost)
  }

  #proceed(integration: string, line: Line): void {
    while (line.running < MOST_AT_ONCE) {
      const delivery = line.waiting.shift()
      if (delivery === undefined) break
      // Counted as failed already.
      if (delivery.deadlineAt <= this.#options.now()) continue
      line.running++
      const controller = new AbortController()
      const done = this.#run(delivery, controller).then(() => {
        this.#running.delete(controller)
        line.running--
        this.#proceed(integration, line)
      })
      this.#running.set(controller, { integration, deadlineAt: delivery.deadlineAt, done })
    }
    if (line.running === 0) this.#lines.delete(integration)
  }

  async #run(delivery: Delivery, controller: AbortController): Promise<void> {
    const { channelOf, onOutcome } = this.#options
    const outcome = await this.#send(delivery, channelOf(delivery.integration), controller.signal)
    // What was cut off at the end is sent again under its id when there is a next beginning.
    if (this.#isOver && controller.signal.aborted && outcome.kind === 'temporary') return
    onOutcome(delivery, outcome)
  }

  async #send(delivery: Delivery, channel: Channel | undefined, signal: AbortSignal): Promise<Outcome> {
    if (channel === undefined) return { kind: 'permanent', reason: 'the configuration has no such integration' }
    try {
      return await channel.send(this.#options.fill(delivery), signal)
    } catch (error) {
      return { kind: 'temporary', reason: error instanceof Error ? error.message : String(error) }
    }
  }
}
