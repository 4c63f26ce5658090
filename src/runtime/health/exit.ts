import { constants } from 'node:os'
import type { HttpServer } from '../../instrument/index.ts'
import type { Logger } from '../../logging/index.ts'
import type { Config } from '../config/config.ts'
import { Traffic } from './traffic.ts'

export interface ExitOptions {
  /** Servers of `node:http`, `https` or `http2`, whose requests are answered before the process ends. */
  readonly servers?: readonly HttpServer[]
  /** The application's own end, such as closing sockets, queues and pools: after the last answer, before telemetry is flushed. */
  readonly close?: () => void | Promise<void>
  /** Default SIGTERM and SIGINT. */
  readonly signals?: readonly NodeJS.Signals[]
}

export interface ExitParts {
  readonly config: Config['drain']
  readonly log: Logger
  /** Turns readiness. */
  readonly drain: () => void
  /** Flushes and ends all of Boxman. */
  readonly stop: () => Promise<void>
  /** Milliseconds that never go back. */
  readonly now: () => number
  readonly exit: (code: number) => void
}

/** At most; a fifth of a short grace. */
const FLUSH_MS = 5000
const LOOK_EVERY_MS = 20
/** For requests that have not come in whole; longer than idle connections are left open. */
const QUIET_MS = 200

/** Ends the process at a signal, in the order in which no request is cut. */
export class Exit {
  readonly #options: ExitOptions
  readonly #parts: ExitParts
  readonly #traffic: readonly Traffic[]
  #ending = false

  constructor(options: ExitOptions, parts: ExitParts) {
    this.#options = options
    this.#parts = parts
    this.#traffic = (options.servers ?? []).map((server) => new Traffic(server))
  }

  /** The first signal begins the end, the second is the end. */
  signal(signal: NodeJS.Signals): void {
    const { log, exit } = this.#parts
    if (this.#ending) {
      log.warn({ signal }, 'A second signal: exits now')
      exit(128 + (constants.signals[signal] ?? 0))
      return
    }
    this.#ending = true
    this.#end(signal).catch((error: unknown) => {
      log.fatal({ err: error }, 'The process could not drain')
      exit(1)
    })
  }

  undo(): void {
    for (const traffic of this.#traffic) traffic.undo()
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const { config, log, drain, stop, now, exit } = this.#parts
    const { graceMs } = config
    const startedAt = now()
    const deadline = startedAt + graceMs - Math.min(FLUSH_MS, graceMs / 5)
    let code = 0
    const timer = setTimeout(() => exit(code), graceMs)
    drain()
    // SIGINT is a person at a terminal: no load balancer has to be told.
    const delayMs = signal === 'SIGINT' ? 0 : Math.min(config.delayMs, deadline - startedAt)
    log.info({ signal, delay_ms: delayMs, grace_ms: graceMs }, 'The process drains')
    for (const traffic of this.#traffic) traffic.leave()
    if (delayMs > 0) await pause(delayMs)
    for (const traffic of this.#traffic) traffic.stop()
    const left = await this.#answered(deadline)
    if (left > 0) {
      log.warn({ requests: left }, 'Requests are cut: the grace is over')
      for (const traffic of this.#traffic) traffic.cut()
    }
    try {
      await this.#closed(deadline)
    } catch (error) {
      code = 1
      log.error({ err: error }, 'The application failed to close')
    }
    await stop()
    clearTimeout(timer)
    exit(code)
  }

  /** How many are left when all have been quiet for a moment, or time is up. */
  async #answered(deadline: number): Promise<number> {
    const { now } = this.#parts
    let quietSince: number | undefined
    for (;;) {
      const open = this.#traffic.reduce((sum, traffic) => sum + traffic.open, 0)
      if (open > 0) quietSince = undefined
      else quietSince ??= now()
      if (this.#traffic.length === 0 || now() >= deadline) return open
      if (quietSince !== undefined && now() - quietSince >= QUIET_MS) return 0
      await pause(LOOK_EVERY_MS)
    }
  }

  /** @throws what the application throws, and where it is not done in time. */
  async #closed(deadline: number): Promise<void> {
    const { close } = this.#options
    if (close === undefined) return
    const { now } = this.#parts
    const leftMs = Math.max(0, deadline - now())
    await Promise.race([
      close(),
      pause(leftMs).then(() => {
        throw new Error('it was not done in time')
      }),
    ])
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
