import { hostname } from 'node:os'
import path from 'node:path'
import { createSink, type LineSink, type Logger, type SinkOptions } from '../../logging/index.ts'
import type { Registry } from '../../metrics/index.ts'
import type { Config } from '../config/config.ts'
import { BoxmanError } from '../error.ts'
import { ownFetch } from '../own-fetch.ts'
import { resourceOf } from '../resource.ts'
import { Departure } from './departure.ts'
import { publishSinks } from './publish-sinks.ts'

export interface ShippingOptions {
  readonly config: Config
  /** Paths are meant from here. */
  readonly cwd: string
  /** Milliseconds since the epoch. */
  readonly wallNow: () => number
}

const WARN_EVERY_MS = 60_000

/** Where log lines go besides their destination, from the configuration, with their metrics and what is said of them. */
export class Shipping {
  readonly sinks: readonly LineSink[]
  readonly #options: ShippingOptions
  readonly #states: States
  readonly #departure: Departure

  private constructor(options: ShippingOptions, sinks: readonly LineSink[], states: States) {
    this.sinks = sinks
    this.#options = options
    this.#states = states
    const { ship = [], shipDeadlineMs } = options.config.log
    this.#departure = new Departure({
      flush: () => this.flush(shipDeadlineMs),
      flushSync: () => {
        for (const sink of sinks) sink.flushSync()
      },
      reopen: () => {
        for (const sink of sinks) sink.reopen()
      },
      onHangup: ship.some((sink) => sink.kind === 'file' && sink.reopenOnHangup === true),
    })
  }

  /** @throws BoxmanError when a sink cannot be; then there is none. */
  static async open(options: ShippingOptions): Promise<Shipping> {
    const { config, cwd, wallNow } = options
    const { ship = [] } = config.log
    const names = ship.map(({ name, kind }) => name ?? kind)
    const twice = names.find((name, i) => names.indexOf(name) !== i)
    if (twice !== undefined) throw new BoxmanError(`log.ship: two sinks are called ${twice}; give one a name`)
    const states = new States(wallNow)
    const sinks: LineSink[] = []
    for (const [i, sink] of ship.entries()) {
      try {
        const { service, version, environment } = config
        sinks.push(
          await createSink(absolute(sink, cwd), {
            service,
            version,
            environment,
            host: hostname(),
            resource: resourceOf(config),
            pid: process.pid,
            now: wallNow,
            fetch: ownFetch,
            onState: (name, detail) => states.record(name, detail),
          }),
        )
      } catch (error) {
        await Promise.all(sinks.map((opened) => opened.stop(0)))
        const detail = error instanceof Error ? error.message : String(error)
        throw new BoxmanError(`log.ship: ${names[i]}: ${detail}`, { cause: error })
      }
    }
    return new Shipping(options, sinks, states)
  }

  start(metrics: Registry, log: Logger): void {
    if (this.sinks.length === 0) return
    publishSinks(metrics, this.sinks)
    this.#states.tell(log)
    this.#departure.start()
  }

  async flush(deadlineMs: number): Promise<void> {
    await Promise.all(this.sinks.map((sink) => sink.flush(deadlineMs)))
  }

  /** Sends what it can within `log.shipDeadlineMs`; never rejects. */
  async stop(): Promise<void> {
    this.#departure.stop()
    await Promise.all(this.sinks.map((sink) => sink.stop(this.#options.config.log.shipDeadlineMs)))
  }
}

function absolute(sink: SinkOptions, cwd: string): SinkOptions {
  const resolved = (file: string | undefined): string | undefined =>
    file === undefined ? undefined : path.resolve(cwd, file)
  const spool = resolved(sink.spool)
  if (sink.kind === 'file') return { ...sink, spool, path: path.resolve(cwd, sink.path) }
  if (sink.kind === 'fluentd' || sink.kind === 'syslog') {
    return { ...sink, spool, ca: resolved(sink.ca), cert: resolved(sink.cert), key: resolved(sink.key) }
  }
  return { ...sink, spool }
}

/** Says that lines do not get through when that begins, and once a minute; what is said is shipped too, after all. */
class States {
  readonly #now: () => number
  readonly #failing = new Map<string, number>()
  #log: Logger | undefined

  constructor(now: () => number) {
    this.#now = now
  }

  tell(log: Logger): void {
    this.#log = log
  }

  record(sink: string, detail: string | undefined): void {
    const told = this.#failing.get(sink)
    if (detail === undefined) {
      if (told === undefined) return
      this.#failing.delete(sink)
      this.#log?.info({ sink }, 'Log lines are shipped again')
      return
    }
    const at = this.#now()
    if (this.#log === undefined || (told !== undefined && at >= told && at - told < WARN_EVERY_MS)) return
    this.#failing.set(sink, at)
    this.#log.warn({ sink, detail }, 'Log lines cannot be shipped')
  }
}
