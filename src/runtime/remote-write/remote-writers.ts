import type { Logger } from '../../logging/index.ts'
import type { Registry } from '../../metrics/index.ts'
import type { Tsdb } from '../../tsdb/index.ts'
import { RemoteWriteSender, type SenderStats } from '../../wire/index.ts'
import type { RemoteWriteTarget } from '../config/config.ts'
import { BoxmanError } from '../error.ts'
import { ownFetch } from '../own-fetch.ts'

export interface RemoteWritersOptions {
  readonly targets: readonly RemoteWriteTarget[]
  readonly store: Tsdb
  /** The store's, absolute; undefined when it is in memory. */
  readonly folder: string | undefined
  readonly metrics: Registry
  readonly log: Logger
  /** Milliseconds since the epoch. */
  readonly wallNow: () => number
}

const WARN_EVERY_MS = 60_000

const TOTALS: Readonly<Record<string, readonly [help: string, read: (stats: SenderStats) => number]>> = {
  samples: ['Samples and histograms that the server took.', (stats) => stats.samples + stats.histograms],
  rejected: ['Samples and histograms that the server refused for good.', (stats) => stats.rejected],
  unsendable: ['Histograms of custom buckets, which version 1.0 has no place for.', (stats) => stats.unsendable],
  overflowed: ['Samples that found the queue full, and are read from the store later.', (stats) => stats.overflowed],
  retries: ['Requests that failed and were repeated.', (stats) => stats.retries],
  failures: ['What went wrong on this side.', (stats) => stats.failures],
}

/** The senders of a service, with their metrics and log lines. */
export class RemoteWriters {
  readonly #senders: readonly RemoteWriteSender[]
  readonly #log: Logger
  readonly #warned = new Map<RemoteWriteSender, { at: number; troubles: number }>()

  /** @throws BoxmanError when a target cannot be, or two have one name. */
  constructor({ targets, store, folder, metrics, log, wallNow }: RemoteWritersOptions) {
    this.#log = log
    this.#senders = targets.map((target) => {
      try {
        return new RemoteWriteSender({ ...target, source: store, folder, now: wallNow, fetch: ownFetch })
      } catch (error) {
        throw new BoxmanError(error instanceof Error ? error.message : String(error), { cause: error })
      }
    })
    const names = this.#senders.map(({ name }) => name)
    const twice = names.find((name, i) => names.indexOf(name) !== i)
    if (twice !== undefined) throw new BoxmanError(`remoteWrite: two targets are called ${twice}; give one a name`)
    if (targets.length > 0) publish(metrics, this.#senders)
  }

  start(): void {
    for (const sender of this.#senders) sender.start()
  }

  /** Says what is wrong, of each sender at most once a minute. */
  step(at: number): void {
    for (const sender of this.#senders) {
      const { rejected, retries, failures, lastError, queued, version } = sender.stats
      const troubles = rejected + retries + failures
      const warned = this.#warned.get(sender)
      if (troubles === (warned?.troubles ?? 0)) continue
      if (warned !== undefined && at >= warned.at && at - warned.at < WARN_EVERY_MS) continue
      this.#warned.set(sender, { at, troubles })
      const fields = { remote: sender.name, rejected, retries, failures, queued, version, reason: lastError }
      this.#log.warn(fields, 'Samples do not get through to a remote-write server')
    }
  }

  /** Sends what waits, for so long; never rejects. */
  async stop(deadlineMs: number): Promise<void> {
    await Promise.all(this.#senders.map((sender) => sender.stop(deadlineMs)))
  }
}

function publish(metrics: Registry, senders: readonly RemoteWriteSender[]): void {
  for (const [name, [help, read]] of Object.entries(TOTALS)) {
    const published = new Map<RemoteWriteSender, number>()
    const counter = metrics.counter({
      name: `boxman_remote_write_${name}_total`,
      help,
      labelNames: ['remote'],
      collect: (counter) => {
        for (const sender of senders) {
          const total = read(sender.stats)
          counter.inc({ remote: sender.name }, total - (published.get(sender) ?? 0))
          published.set(sender, total)
        }
      },
    })
    for (const { name: remote } of senders) counter.labels({ remote })
  }
  metrics.gauge({
    name: 'boxman_remote_write_queued',
    help: 'Samples that wait to be sent.',
    labelNames: ['remote'],
    collect: (gauge) => {
      for (const sender of senders) gauge.set({ remote: sender.name }, sender.stats.queued)
    },
  })
}
