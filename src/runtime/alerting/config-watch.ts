import type { Logger } from '../../logging/index.ts'
import { type FileMark, lookAt, markOf } from '../config/file-mark.ts'
import { ConfigError } from '../error.ts'
import { findFiles } from '../targets/glob.ts'

export interface ConfigWatchOptions {
  /** An alertmanager.yml, absolute. */
  readonly file: string
  /** Patterns of its templates. */
  readonly templates: () => readonly string[]
  /** Rejects with what is wrong; all stays as it is then. */
  readonly reload: () => Promise<void>
  readonly log: Logger
}

/** Sees that an alertmanager.yml, or a template of it, has another content, and has it read when it stays the same. */
export class ConfigWatch {
  readonly #options: ConfigWatchOptions
  /** What was read last, taken or not. */
  #read: Map<string, FileMark>
  #hasTemplates = false
  #seen = ''
  #reading: Promise<void> | undefined

  /** To be made before the file is read. */
  constructor(options: ConfigWatchOptions) {
    this.#options = options
    this.#read = new Map([[options.file, markOf(options.file)]])
  }

  /** To be called every second or so; does not wait for the reading. */
  async step(): Promise<void> {
    if (this.#reading !== undefined) return
    const marks = await this.#look()
    const seen = JSON.stringify([...marks])
    const isSettled = seen === this.#seen
    this.#seen = seen
    // A file that is gone is one that is being put in place.
    if (!isSettled || marks.get(this.#options.file) === '') return
    if (!this.#hasTemplates) for (const [file, mark] of marks) if (!this.#read.has(file)) this.#read.set(file, mark)
    this.#hasTemplates = true
    if (seen === JSON.stringify([...this.#read])) return
    this.#read = marks
    this.#reading = this.#reload().finally(() => {
      this.#reading = undefined
    })
  }

  /** When what was begun is done. */
  async settled(): Promise<void> {
    await this.#reading
  }

  async #look(): Promise<Map<string, FileMark>> {
    const { file, templates } = this.#options
    const found = await Promise.all(templates().map((pattern) => findFiles(pattern)))
    const files = [...new Set([file, ...found.flat()])]
    return new Map(await Promise.all(files.map(async (each) => [each, await lookAt(each)] as const)))
  }

  async #reload(): Promise<void> {
    const { file, reload, log } = this.#options
    try {
      await reload()
      log.info({ file }, 'The configuration of alerting was loaded')
    } catch (error) {
      const reasons = error instanceof ConfigError ? { problems: error.problems.slice(0, 20) } : { err: error }
      log.error({ file, ...reasons }, 'The configuration of alerting was refused; the one before goes on')
    }
  }
}
