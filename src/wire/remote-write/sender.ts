import { setTimeout as sleep } from 'node:timers/promises'
import type { LabelSet } from '../../series/index.ts'
import { backoffMs } from './backoff.ts'
import { oldestTime, readWindow } from './catch-up.ts'
import { encodeWriteRequest } from './encode.ts'
import type { RemoteWriteVersion } from './fields.ts'
import type { Outgoing } from './outgoing.ts'
import { Position } from './position.ts'
import { post, type Verdict, type Written } from './post.ts'
import { SendQueue } from './send-queue.ts'
import type { SendSource, TakenSamples } from './send-source.ts'
import { type RemoteWriteSenderOptions, type SenderSettings, settingsOf } from './sender-options.ts'
import { SentMetadata } from './sent-metadata.ts'
import { snap } from './snappy.ts'

const FIRST_WINDOW_MS = 15_000
const SMALLEST_WINDOW_MS = 1000
const STORE_RETRY_MS = 5000
const LARGEST_WINDOW_MS = 300_000
/** A window of fewer samples than the first is followed by a longer one, of more than the second is read in parts. */
const WINDOW_ROWS = [5000, 100_000] as const

export interface SenderStats {
  /** What the server took. */
  readonly samples: number
  readonly histograms: number
  readonly exemplars: number
  /** Samples and histograms that the server refused for good. */
  readonly rejected: number
  /** Histograms of custom buckets, which 1.0 has no place for. */
  readonly unsendable: number
  /** Samples that found the queue full, and are read from the store later, if it still has them. */
  readonly overflowed: number
  readonly exemplarsDropped: number
  readonly requests: number
  /** Attempts that failed and were repeated. */
  readonly retries: number
  /** Things that went wrong on this side: the position file, a bug. */
  readonly failures: number
  readonly lastError: string | undefined
  readonly queued: number
  readonly version: RemoteWriteVersion
  /** Whether older samples are being read from the store. */
  readonly catchingUp: boolean
  /** ms since the epoch: everything before is acknowledged. */
  readonly acknowledgedBefore: number
}

type Settled = Extract<Verdict, { readonly kind: 'taken' | 'rejected' }>

interface Encoded {
  readonly version: RemoteWriteVersion
  readonly body: Uint8Array
  /** Whose metadata goes along. */
  readonly names: Iterable<string>
}

/**
 * Sends what a store takes to a remote-write server: one request at a time, so that every series arrives in order; again and again
 * until it is taken or refused for good. What finds the queue full, and what was in the store when an earlier process ended, is read
 * from the store. It never throws at the store or its host.
 */
export class RemoteWriteSender {
  readonly name: string
  readonly #settings: SenderSettings
  readonly #source: SendSource
  readonly #now: () => number
  readonly #queue: SendQueue
  readonly #position: Position
  readonly #metadata = new SentMetadata()
  readonly #stopped = new AbortController()
  readonly #counts = {
    samples: 0,
    histograms: 0,
    exemplars: 0,
    rejected: 0,
    unsendable: 0,
    overflowed: 0,
    exemplarsDropped: 0,
    requests: 0,
    retries: 0,
    failures: 0,
  }
  #lastError: string | undefined
  #version: RemoteWriteVersion
  /** Samples from here on are read from the store when their time comes; earlier ones are queued. */
  #readFrom = Infinity
  #windowMs = FIRST_WINDOW_MS
  /** Oldest time of what was read from the store and has not had its turn. */
  #unsentFrom = Infinity
  /** Samples that were queued while the store is being read: no more than the queue holds. */
  #queuedMeanwhile: Set<string> | undefined
  #stopping = false
  #late = false
  #timer: NodeJS.Timeout | undefined
  #wake: () => void = () => undefined
  #unobserve: () => void = () => undefined
  #running: Promise<void> | undefined

  /** @throws RangeError naming the option. */
  constructor(options: RemoteWriteSenderOptions) {
    this.#settings = settingsOf(options)
    this.name = this.#settings.name
    this.#source = options.source
    this.#now = options.now
    this.#version = this.#settings.version
    this.#queue = new SendQueue(this.#settings.maxQueued, this.#settings.maxSamplesPerSend)
    this.#position = new Position(options.folder, this.name, (error) => this.#fail('position file', error))
  }

  get stats(): SenderStats {
    return {
      ...this.#counts,
      lastError: this.#lastError,
      queued: this.#queue.size,
      version: this.#version,
      catchingUp: this.#readFrom < Infinity,
      acknowledgedBefore: this.#position.acknowledged,
    }
  }

  /** From now on; and from where an earlier process was, if there is a folder. */
  start(): void {
    if (this.#running !== undefined) return
    const begun = this.#position.open(this.#now())
    this.#readFrom = begun
    this.#unobserve = this.#source.observe((taken) => {
      try {
        this.#take(taken)
      } catch (error) {
        this.#fail('queue', error)
      }
    })
    this.#running = this.#run().catch((error: unknown) => {
      this.#fail('sender', error)
    })
  }

  /** Sends what waits, for so long; never rejects. With a folder, what is left is sent by the next process. */
  async stop(deadlineMs: number): Promise<void> {
    if (this.#running === undefined) return
    this.#unobserve()
    this.#stopping = true
    this.#wake()
    const timer = setTimeout(() => this.#stopped.abort(), deadlineMs)
    await this.#running
    clearTimeout(timer)
    clearTimeout(this.#timer)
  }

  async #run(): Promise<void> {
    if (this.#readFrom === -Infinity) this.#readFrom = await oldestTime(this.#source, this.#now())
    for await (const batch of this.#batches()) {
      this.#position.underWay(batch.minTime)
      if (!(await this.#deliver(batch))) break
      this.#position.delivered(batch)
      if (this.#queue.size > 0) this.#startDeadline()
      this.#position.settle(this.#pendingFrom, this.#now(), false)
    }
    this.#position.settle(this.#pendingFrom, this.#now(), true)
  }

  /** Oldest time of what is neither sent nor under way. */
  get #pendingFrom(): number {
    return Math.min(this.#queue.minTime, this.#readFrom, this.#unsentFrom)
  }

  async *#batches(): AsyncGenerator<Outgoing> {
    while (!this.#stopped.signal.aborted) {
      const behind = this.#readFrom < Infinity
      const batch = this.#queue.take(behind || this.#late || this.#stopping)
      if (batch !== undefined) {
        if (this.#queue.size === 0) this.#late = false
        yield batch
      } else if (behind) yield* this.#window()
      else if (this.#stopping) return
      else {
        this.#position.settle(this.#pendingFrom, this.#now(), true)
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    }
  }

  /** The next stretch of time out of the store; the last one has no end, and then the queue goes on. */
  async *#window(): AsyncGenerator<Outgoing> {
    const from = this.#readFrom
    const end = from + this.#windowMs
    const to = end > this.#now() ? Infinity : end
    // Before the store is read: what it takes meanwhile is in the queue, and may be found in the store as well.
    this.#readFrom = to
    this.#unsentFrom = from
    const batches = await this.#read(from, to)
    if (batches === undefined) {
      this.#readFrom = from
      this.#unsentFrom = Infinity
      return
    }
    const rows = batches.reduce((sum, { size }) => sum + size, 0)
    if (rows < WINDOW_ROWS[0]) this.#windowMs = Math.min(LARGEST_WINDOW_MS, this.#windowMs * 2)
    for (const [i, batch] of batches.entries()) {
      this.#unsentFrom = batches[i + 1]?.minTime ?? Infinity
      yield batch
    }
    this.#unsentFrom = Infinity
  }

  /** Undefined: it was too much, or failed, and is to be tried again. */
  async #read(from: number, to: number): Promise<Outgoing[] | undefined> {
    const maxRows = this.#windowMs > SMALLEST_WINDOW_MS ? WINDOW_ROWS[1] : Infinity
    const failed = (error: unknown): void => this.#fail('store', error)
    const queued = new Set<string>()
    const isQueued = (labels: LabelSet, at: number): boolean => queued.size > 0 && queued.has(sampleKey(labels, at))
    this.#queuedMeanwhile = queued
    try {
      const window = { from, to, maxRows, failed, isQueued }
      const batches = await readWindow(this.#source, window, this.#settings.maxSamplesPerSend)
      if (batches === undefined) this.#windowMs = Math.max(SMALLEST_WINDOW_MS, this.#windowMs / 2)
      return batches
    } catch (error) {
      failed(error)
      await this.#wait(STORE_RETRY_MS)
      return undefined
    } finally {
      this.#queuedMeanwhile = undefined
    }
  }

  #wait(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.#stopped.signal, ref: false }).catch(() => undefined)
  }

  #take({ refs, times, values, starts, histograms, exemplars }: TakenSamples): void {
    let oldest = Infinity
    for (let i = 0; i < refs.length; i++) {
      const at = times[i] ?? 0
      if (at >= this.#readFrom) continue
      const labels = this.#source.labelsOf(refs[i] ?? 0)
      if (labels === undefined) continue
      oldest = Math.min(oldest, at)
      const value = { from: values, i, histogram: histograms.get(i) }
      if (this.#queue.push(labels, at, value, starts?.[i] ?? 0)) {
        this.#queuedMeanwhile?.add(sampleKey(labels, at))
        continue
      }
      this.#counts.overflowed++
      this.#readFrom = Math.min(this.#readFrom, at)
    }
    for (const { ref, exemplar } of exemplars) {
      const labels = exemplar.at >= this.#readFrom ? undefined : this.#source.labelsOf(ref)
      if (labels !== undefined && !this.#queue.pushExemplar(labels, exemplar)) this.#counts.exemplarsDropped++
    }
    // Before the caller is told that it is stored.
    this.#position.lateArrival(oldest)
    if (this.#queue.hasFullBatch || this.#readFrom < Infinity) this.#wake()
    else if (this.#queue.size > 0) this.#startDeadline()
  }

  #startDeadline(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#late = true
      this.#wake()
    }, this.#settings.batchDeadlineMs).unref()
  }

  /** Until it is taken, or refused for good. False: there was no more time. */
  async #deliver(batch: Outgoing): Promise<boolean> {
    try {
      this.#metadata.update(await this.#source.metadata())
      const verdict = await this.#send(batch)
      if (verdict !== undefined) this.#settle(batch, verdict)
      return verdict !== undefined
    } catch (error) {
      // What cannot be sent must not hold up what can.
      this.#fail('encode', error)
      this.#counts.rejected += batch.size
      return true
    }
  }

  async #send(batch: Outgoing): Promise<Settled | undefined> {
    const { signal } = this.#stopped
    const target = { ...this.#settings, now: this.#now }
    let encoded: Encoded | undefined
    for (let attempt = 1; !signal.aborted; attempt++) {
      if (encoded?.version !== this.#version) encoded = await this.#encode(batch)
      this.#counts.requests++
      const verdict = await post(target, encoded.version, encoded.body, signal)
      switch (verdict.kind) {
        case 'unsupported':
          this.#version = '1.0'
          attempt = 0
          break
        case 'taken':
        case 'rejected':
          this.#metadata.sent(encoded.names, this.#now())
          return verdict
        case 'retry':
          if (signal.aborted) return undefined
          this.#counts.retries++
          this.#lastError = verdict.detail
          await this.#wait(Math.max(backoffMs(attempt), verdict.afterMs ?? 0))
          break
      }
    }
    return undefined
  }

  async #encode(batch: Outgoing): Promise<Encoded> {
    const version = this.#version
    const { bySeries, byName } = this.#metadata.due(batch.labels, this.#now())
    const series = batch.series(version, ({ key }) => bySeries.get(key))
    return { version, body: await snap(encodeWriteRequest(series, version, byName)), names: byName.keys() }
  }

  #settle(batch: Outgoing, verdict: Settled): void {
    const counts = this.#counts
    const unsendable = batch.unsendable(this.#version)
    const histograms = batch.histograms.size - unsendable
    const samples = batch.size - batch.histograms.size
    const all: Written = { samples, histograms, exemplars: batch.exemplars.length }
    const none: Written = { samples: 0, histograms: 0, exemplars: 0 }
    const written = verdict.written ?? (verdict.kind === 'taken' ? all : none)
    counts.samples += written.samples
    counts.histograms += written.histograms
    counts.exemplars += written.exemplars
    counts.unsendable += unsendable
    counts.rejected += Math.max(0, samples + histograms - written.samples - written.histograms)
    if (verdict.kind === 'rejected') this.#lastError = verdict.detail
  }

  #fail(what: string, error: unknown): void {
    this.#counts.failures++
    this.#lastError = `${what}: ${error instanceof Error ? error.message : String(error)}`
  }
}

function sampleKey({ key }: LabelSet, at: number): string {
  return `${at} ${key}`
}
