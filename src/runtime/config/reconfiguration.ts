import type { Logger } from '../../logging/index.ts'
import type { LabelledCounter, Registry } from '../../metrics/index.ts'
import { ConfigError } from '../error.ts'
import { lookAt } from './file-mark.ts'
import type { Change, Settings } from './settings.ts'

export interface ReconfigurationOptions {
  readonly settings: Settings
  readonly metrics: Registry
  readonly log: Logger
  /** Milliseconds since the epoch. */
  readonly wallNow: () => number
}

/** Who changes something: the code, or a client by its address. */
export type Author = { readonly source: 'code' } | { readonly source: 'api'; readonly client: string }

type Source = Author['source'] | 'file'

/** What was changed at once. */
export interface Reconfigured {
  /** ms since the epoch. */
  readonly at: number
  readonly source: Source
  /** Of the API: the address that asked. */
  readonly client?: string
  readonly file?: string
  readonly changes: readonly Change[]
}

const MOST_TOLD = 20
const MOST_REMEMBERED = 20

/** Changes of the configuration while the service runs: carried out, counted and logged. */
export class Reconfiguration {
  readonly #options: ReconfigurationOptions
  readonly #count: LabelledCounter<'source' | 'outcome'>
  /** What files were when they were last looked at: one that is being written is left alone until it stays the same. */
  #seen = ''
  readonly #recent: Reconfigured[] = []
  #reading: Promise<void> | undefined
  #warned = 0

  constructor(options: ReconfigurationOptions) {
    this.#options = options
    this.#count = options.metrics.counter({
      name: 'boxman_config_changes_total',
      help: 'Attempts to change the configuration while the service runs.',
      labelNames: ['source', 'outcome'],
    })
    for (const source of ['api', 'code', 'file']) {
      for (const outcome of ['applied', 'refused']) this.#count.labels({ source, outcome })
    }
    this.#warn()
  }

  /** The last changes, the latest first. */
  get recent(): readonly Reconfigured[] {
    return this.#recent
  }

  /** @throws ConfigError with every problem; then all stays as it is. */
  change(patch: unknown, author: Author): readonly Change[] {
    const { settings, wallNow } = this.#options
    const { source, ...who } = author
    try {
      const changes = settings.change(patch, wallNow())
      this.#tell(source, changes, who)
      return changes
    } catch (error) {
      this.#refuse(source, error, who)
      throw error
    }
  }

  /** Looks whether a file has changed, and reads it when it has stayed the same since: to be called every second or so. */
  async step(): Promise<void> {
    const { settings } = this.#options
    if (!settings.current.watch || this.#reading !== undefined) return
    const marks = settings.fileMarks
    const looks = await Promise.all(Array.from(marks.keys(), async (path) => [path, await lookAt(path)] as const))
    const seen = JSON.stringify(looks)
    const settled = seen === this.#seen
    this.#seen = seen
    if (!settled || looks.every(([path, mark]) => mark === marks.get(path))) return
    // Not waited for: a file of code may take its time.
    this.#reading = this.#reload().finally(() => {
      this.#reading = undefined
    })
  }

  /** When what was begun is done. */
  async settled(): Promise<void> {
    await this.#reading
  }

  async #reload(): Promise<void> {
    const { settings } = this.#options
    const file = settings.file === undefined ? {} : { file: settings.file }
    try {
      const changes = await settings.reload()
      if (changes.length > 0) this.#tell('file', changes, file)
    } catch (error) {
      this.#refuse('file', error, file)
    }
  }

  #tell(source: Source, changes: readonly Change[], who: object): void {
    this.#count.inc({ source, outcome: 'applied' })
    if (changes.length > 0) this.#recent.unshift({ at: this.#options.wallNow(), source, ...who, changes })
    this.#recent.splice(MOST_REMEMBERED)
    const told = Object.fromEntries(changes.map(({ path, from, to }) => [path, { from, to }]))
    this.#options.log.info({ source, ...who, changes: told }, 'The configuration was changed')
    this.#warn()
  }

  /** Of each thing that may be amiss once. */
  #warn(): void {
    const { settings, log } = this.#options
    for (const warning of settings.warnings.slice(this.#warned)) log.warn({ warning }, 'A secret may be read by others')
    this.#warned = settings.warnings.length
  }

  #refuse(source: Source, error: unknown, who: object): void {
    this.#count.inc({ source, outcome: 'refused' })
    const reasons = error instanceof ConfigError ? { problems: error.problems.slice(0, MOST_TOLD) } : { err: error }
    this.#options.log.warn({ source, ...who, ...reasons }, 'The configuration stays as it was')
  }
}
