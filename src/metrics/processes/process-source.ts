import type { Mergeable } from '../merge/aggregate.ts'
import type { Source, SourceStats } from '../merge/source.ts'
import { type Channel, trySend } from './channel.ts'
import { messageOf, pull } from './message.ts'
import { RowsReader } from './rows-reader.ts'

/** A question that has not been answered. */
class Pending {
  readonly id: number
  readonly settled: Promise<void>
  /** Its time is over: nobody waits for it any more. */
  late = false
  repeated = false
  #finish: () => void = () => undefined
  readonly #timer: NodeJS.Timeout

  constructor(id: number, timeoutMs: number, onLate: () => void) {
    this.id = id
    this.settled = new Promise((resolve) => {
      this.#finish = resolve
    })
    this.#timer = setTimeout(() => {
      this.late = true
      onLate()
      this.#finish()
    }, timeoutMs)
  }

  settle(): void {
    clearTimeout(this.#timer)
    this.#finish()
  }
}

/** Asks another process for its numbers, one question at a time. */
export class ProcessSource implements Source {
  readonly #channel: Channel
  readonly #timeoutMs: number
  readonly #stats: SourceStats
  readonly #reader: RowsReader
  #pulls = 0
  #pending: Pending | undefined

  constructor(channel: Channel, timeoutMs: number, stats: SourceStats) {
    this.#channel = channel
    this.#timeoutMs = timeoutMs
    this.#stats = stats
    this.#reader = new RowsReader(stats)
    channel.on('message', this.#onMessage)
  }

  /** A process that does not answer in time is counted, and shown as it was; it is asked again when it has answered. */
  async refresh(): Promise<void> {
    if (this.#pending?.late === true) this.#stats.scrapeFailures++
    else await (this.#pending ?? this.#pull()).settled
  }

  metrics(): Iterable<Mergeable> {
    return this.#reader.metrics()
  }

  /** What it has not told is lost: its memory is gone. */
  end(): void {
    this.close()
  }

  close(): void {
    this.#channel.off('message', this.#onMessage)
    if (this.#pending !== undefined) this.#settle(this.#pending)
  }

  #pull(): Pending {
    const pending = new Pending(++this.#pulls, this.#timeoutMs, () => {
      this.#stats.scrapeFailures++
    })
    this.#pending = pending
    this.#send(pending)
    return pending
  }

  #send(pending: Pending): void {
    trySend(this.#channel, pull(pending.id, this.#reader.state), () => {
      if (this.#pending !== pending) return
      if (!pending.late) this.#stats.scrapeFailures++
      this.#settle(pending)
    })
  }

  #settle(pending: Pending): void {
    if (this.#pending === pending) this.#pending = undefined
    pending.settle()
  }

  readonly #onMessage = (received: unknown): void => {
    const message = messageOf(received)
    const pending = this.#pending
    switch (message?.boxman) {
      case undefined:
      case 'metrics/pull':
        break
      case 'metrics/rows':
        this.#reader.read(message)
        if (pending !== undefined && message.id === pending.id) this.#settle(pending)
        break
      case 'metrics/hello':
        // It may have begun to listen after the question had gone by.
        if (pending?.late === true) this.#settle(pending)
        else if (pending?.repeated === false) {
          pending.repeated = true
          this.#send(pending)
        }
        break
    }
  }
}
