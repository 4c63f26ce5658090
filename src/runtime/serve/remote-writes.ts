import type { Registry } from '../../metrics/index.ts'
import type { LabelSet } from '../../series/index.ts'
import type { Tsdb } from '../../tsdb/index.ts'
import { RemoteWriteSender, type SenderStats } from '../../wire/index.ts'
import { ConfigError } from '../error.ts'
import type { PrometheusConfig } from '../targets/config/prometheus-config.ts'
import type { RemoteWriteConfig } from '../targets/config/remote-write-config.ts'
import { HttpClient } from '../targets/http-client.ts'
import { relabelledSource } from './relabelled-source.ts'

interface Running {
  readonly identity: string
  readonly sender: RemoteWriteSender
  readonly client: HttpClient
}

/** What a server that is taken out of the configuration still gets, and what one gets at the end. */
const DEADLINE_MS = { reload: 1000, stop: 3000 }

/** Sends what the store takes to the servers of the configuration. */
export class RemoteWrites {
  readonly #store: Tsdb
  readonly #folder: string | undefined
  #running: readonly Running[] = []

  /** In the folder is remembered what was acknowledged. */
  constructor(store: Tsdb, folder: string | undefined) {
    this.#store = store
    this.#folder = folder
  }

  /**
   * What is to be changed for this configuration, to be called when all else of it is fine.
   * @throws ConfigError for a value that no sender takes.
   */
  prepare({ remoteWrites, externalLabels }: PrometheusConfig): () => Promise<void> {
    const names = new Set<string>()
    const next = remoteWrites.map((config) => {
      const identity = `${externalLabels.key} ${config.identity}`
      return (
        this.#running.find((each) => each.identity === identity) ?? this.#make(config, identity, externalLabels, names)
      )
    })
    return async () => {
      const gone = this.#running.filter((each) => !next.includes(each))
      this.#running = next
      await end(gone, DEADLINE_MS.reload)
      for (const { sender } of next) sender.start()
    }
  }

  stop(): Promise<void> {
    return end(this.#running, DEADLINE_MS.stop)
  }

  publish(metrics: Registry): void {
    const level = (name: string, help: string, read: (stats: SenderStats) => number): void => {
      metrics.gauge({
        name: `boxman_remote_write_${name}`,
        help,
        labelNames: ['remote'],
        collect: (gauge) => {
          gauge.remove({})
          for (const { sender } of this.#running) gauge.set({ remote: sender.name }, read(sender.stats))
        },
      })
    }
    level(
      'sent_samples',
      'Samples and histograms that the server took since this process started.',
      (stats) => stats.samples + stats.histograms,
    )
    level('rejected_samples', 'Samples and histograms that the server refused for good.', (stats) => stats.rejected)
    level('retries', 'Requests that failed and were repeated.', (stats) => stats.retries)
    level('queued_samples', 'Samples that wait.', (stats) => stats.queued)
    level('acknowledged_timestamp_seconds', 'Everything before is acknowledged.', (stats) =>
      Math.max(0, stats.acknowledgedBefore / 1000),
    )
  }

  #make(config: RemoteWriteConfig, identity: string, external: LabelSet, names: Set<string>): Running {
    const client = new HttpClient(config.client)
    const { capacity, maxSamplesPerSend, batchDeadlineMs } = config.queue
    try {
      const sender = new RemoteWriteSender({
        url: config.url,
        name: nameOf(config, names),
        version: config.version,
        source: relabelledSource(this.#store, external, config.relabel),
        folder: this.#folder,
        now: () => Date.now(),
        fetch: client.fetch,
        maxQueued: capacity,
        maxSamplesPerSend,
        batchDeadlineMs,
        timeoutMs: config.timeoutMs,
      })
      return { identity, sender, client }
    } catch (error) {
      throw new ConfigError([`remote_write: ${error instanceof Error ? error.message : String(error)}`])
    }
  }
}

/** Of the file that remembers what was acknowledged: each has its own. */
function nameOf({ name, url }: RemoteWriteConfig, taken: Set<string>): string {
  const { host, pathname } = new URL(url)
  const plain = (name === '' ? `${host}${pathname}` : name).replaceAll(/[^\w.]+/g, '-').slice(0, 90)
  let own = plain
  for (let i = 2; taken.has(own); i++) own = `${plain}-${i}`
  taken.add(own)
  return own
}

async function end(senders: readonly Running[], deadlineMs: number): Promise<void> {
  await Promise.all(
    senders.map(async ({ sender, client }) => {
      await sender.stop(deadlineMs)
      client.close()
    }),
  )
}
