import { randomInt } from 'node:crypto'
import type { DispatchConfig, DispatchEvent, DispatchState } from '../../alerting/index.ts'
import type { Logger } from '../../logging/index.ts'
import { type Files, FolderInUseError } from '../../tsdb/index.ts'
import { BoxmanError } from '../error.ts'
import { configRecord, eventRecord, recover, type Recovered, snapshotOf } from './kept-state.ts'
import { type Found, StateLog } from './state-log.ts'

/** Of the log, before there is a new snapshot. */
const LOG_BYTES = 8_388_608
/** A disk that failed is tried again so much later. */
const RETRY_MS = 5000
/** A disk that takes longer is in trouble. */
const SYNC_MS = 2000
/** A page waits no longer for a disk that is slow: a machine that dies just then may send it again under another id. */
const PAGE_MS = 200

const NOTHING: Found = { snapshot: undefined, records: [] }

export interface KeeperOptions {
  /** Undefined: nothing is kept. */
  readonly folder: string | undefined
  readonly files: Files
  readonly log: Logger
  /** So long is a log at least before there is a new snapshot. Default 8 MB. */
  readonly logBytes?: number | undefined
}

/** Keeps what happens on disk. A disk that fails is counted and said once; deliveries go on without it. */
export class Keeper {
  readonly stats: { failures: number } = { failures: 0 }
  readonly recovered: Recovered
  readonly #log: StateLog | undefined
  readonly #logger: Logger
  readonly #logBytes: number
  #trouble: string | undefined
  #retryAt = -Infinity

  /** @throws BoxmanError when the folder cannot be had. */
  constructor({ folder, files, log: logger, logBytes = LOG_BYTES }: KeeperOptions) {
    this.#logger = logger
    this.#logBytes = logBytes
    const { log, recovered } = folder === undefined ? { recovered: recover(NOTHING, seed()) } : opened(folder, files)
    this.#log = log
    this.recovered = recovered
    const { damage } = recovered
    if (damage.length === 0) return
    logger.error({ damage: damage.slice(0, 10) }, 'A part of the state of alerting could not be read')
    this.#try(() => this.#log?.setAside())
  }

  /** Why a process to come would not find all of it; undefined: it would. */
  get trouble(): string | undefined {
    return this.#trouble
  }

  event(at: number, event: DispatchEvent): void {
    this.#try(() => this.#log?.append(eventRecord(at, event)))
  }

  configured(config: DispatchConfig): void {
    this.#try(() => this.#log?.append(configRecord(config)))
  }

  /** Until all that was told before survives the machine too, or the disk takes too long. */
  async settled(): Promise<void> {
    if (this.#log === undefined) return
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`the disk took more than ${SYNC_MS} ms`)), SYNC_MS)
      timer.unref()
    })
    try {
      await Promise.race([this.#log.sync(), late])
    } catch (error) {
      this.fault(error)
    } finally {
      clearTimeout(timer)
    }
  }

  /** As `settled`, but no longer than a page may wait. */
  async settledSoon(): Promise<void> {
    if (this.#log === undefined) return
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PAGE_MS)
    })
    await Promise.race([this.settled(), late])
    clearTimeout(timer)
  }

  /** To be called often: makes a snapshot when the log is long or has a gap, or to see whether the disk works again. */
  step(state: DispatchState, config: DispatchConfig, at: number): void {
    const log = this.#log
    if (log === undefined || log.isSaving) return
    const isWell = log.isSound && this.#trouble === undefined
    if (isWell ? !this.#isLong(log) : at < this.#retryAt) return
    void this.save(state, config, at)
  }

  async save(state: DispatchState, config: DispatchConfig, at: number): Promise<void> {
    if (this.#log === undefined) return
    this.#retryAt = at + RETRY_MS
    try {
      await this.#log.save(snapshotOf(state, config, at))
      if (!this.#log.isSound) return
      if (this.#trouble !== undefined) this.#logger.info('The state of alerting is on disk again')
      this.#trouble = undefined
    } catch (error) {
      this.fault(error)
    }
  }

  async close(): Promise<void> {
    try {
      await this.#log?.close()
    } catch (error) {
      this.fault(error)
    }
  }

  fault(error: unknown): void {
    this.stats.failures++
    const isKnown = this.#trouble !== undefined
    this.#trouble = error instanceof Error ? error.message : String(error)
    if (isKnown) return
    this.#logger.error({ err: error }, 'The state of alerting cannot be written; deliveries go on')
  }

  /** As long as a snapshot at least: so these cost no more than the log. */
  #isLong({ bytes, snapshotBytes }: StateLog): boolean {
    return bytes >= Math.max(this.#logBytes, snapshotBytes)
  }

  #try(write: () => void): void {
    try {
      write()
    } catch (error) {
      this.fault(error)
    }
  }
}

function seed(): number {
  return randomInt(1, 2 ** 32 - 1)
}

function opened(folder: string, files: Files): { readonly log: StateLog; readonly recovered: Recovered } {
  let log: StateLog | undefined
  try {
    log = StateLog.open(folder, files)
    return { log, recovered: recover(log.read(), seed()) }
  } catch (error) {
    void log?.close().catch(() => undefined)
    const message = error instanceof Error ? error.message : String(error)
    const mend =
      error instanceof FolderInUseError ? 'Name another one' : 'Make it one that this user may read and write'
    throw new BoxmanError(`alerting: the folder ${folder}: ${message}. ${mend}.`, { cause: error })
  }
}
