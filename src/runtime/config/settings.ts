import { isDeepStrictEqual } from 'node:util'
import { ConfigError } from '../error.ts'
import type { Provenance, ResolvedConfig } from './config.ts'
import { fieldAt } from './fields/index.ts'
import { type FileMark, markOf } from './file-mark.ts'
import { readPatch } from './patch.ts'
import { keysOf, valueAt } from './place.ts'
import { type ConfigSources, merge, type Resolution, resolveSources } from './resolve.ts'
import { SecretReader } from './secret-reader.ts'
import { shownValue } from './shown.ts'
import type { Stated } from './stated.ts'

/** A value that is another one now. */
export interface Change {
  readonly path: string
  /** As it may be shown; undefined: not set. */
  readonly from: unknown
  readonly to: unknown
  readonly source: Provenance | undefined
}

const READ_MS = 10_000

/** Told of the configuration in force, and of the one before. What it throws takes the change back. */
export type Subscriber = (config: ResolvedConfig, before: ResolvedConfig) => void

/**
 * The configuration in force: default < file < code < environment < what was changed by the API. All changes go through here,
 * each whole or not at all.
 */
export class Settings {
  readonly #sources: ConfigSources
  readonly #secrets: SecretReader
  readonly #subscribers = new Set<Subscriber>()
  readonly #changed = new Map<string, Stated>()
  #stated: readonly Stated[]
  #file: { readonly path: string; readonly absolute: string; readonly mark: FileMark } | undefined
  #current: ResolvedConfig
  /** The configuration of which each part is the one in force whenever it is asked for. */
  readonly live: ResolvedConfig

  private constructor(sources: ConfigSources, secrets: SecretReader, { config, stated, file }: Resolution) {
    this.#sources = sources
    this.#secrets = secrets
    this.#current = config
    this.#stated = stated
    this.#file = file
    this.live = this.#createLive()
  }

  /** @throws ConfigError with every problem. */
  static async open({ code, env = process.env, cwd = process.cwd(), file, root }: ConfigSources): Promise<Settings> {
    // As they are now: what is done later to the environment, or to what was given, is no change of the configuration.
    const sources = { code, env: { ...env }, cwd, file, root }
    const secrets = new SecretReader(sources.env, cwd)
    const resolution = await resolveSources(sources, secrets)
    // Now that it is known to be texts, numbers, flags and lists of them.
    const copy: typeof code = code === undefined ? undefined : JSON.parse(JSON.stringify(code))
    return new Settings({ ...sources, code: copy }, secrets, resolution)
  }

  get current(): ResolvedConfig {
    return this.#current
  }

  /** What may be amiss, though it works: secrets that everybody can read. */
  get warnings(): readonly string[] {
    return [...this.#secrets.warnings]
  }

  /** The configuration file, as it is shown. */
  get file(): string | undefined {
    return this.#file?.path
  }

  subscribe(subscriber: Subscriber): () => void {
    this.#subscribers.add(subscriber)
    return () => {
      this.#subscribers.delete(subscriber)
    }
  }

  /**
   * A JSON merge patch of what was changed before: null goes back to what file, code and environment state.
   * @param at ms since the epoch.
   * @throws ConfigError with every problem; then all stays as it is.
   */
  change(patch: unknown, at: number): readonly Change[] {
    const source = `api ${new Date(at).toISOString()}` as const
    const { removed, stated } = readPatch(patch, source, this.#current, this.#secrets)
    const changed = new Map(this.#changed)
    for (const path of this.#changed.keys()) if (removed.some((gone) => isWithin(path, gone))) changed.delete(path)
    for (const value of stated) changed.set(value.keys.join('.'), value)
    const changes = this.#take(merge([...this.#stated, ...changed.values()]))
    this.#keep(changed)
    return changes
  }

  /** The files that were read, as they were then. */
  get fileMarks(): ReadonlyMap<string, FileMark> {
    const marks = new Map(this.#secrets.marks)
    if (this.#file !== undefined) marks.set(this.#file.absolute, this.#file.mark)
    return marks
  }

  /**
   * Reads file and secrets anew.
   * @throws ConfigError with every problem, such as a changed value that needs a restart; then all stays as it is.
   */
  async reload(): Promise<readonly Change[]> {
    if (this.#file !== undefined) this.#file = { ...this.#file, mark: markOf(this.#file.absolute) }
    this.#secrets.marks.clear()
    const file = this.#file?.absolute
    if (this.#file?.mark === '') {
      throw new ConfigError([`${this.#file.path}: the file is gone; put it back, or start anew without it`])
    }
    const resolution = await inTime(
      resolveSources({ ...this.#sources, file: file ?? this.#sources.file }, this.#secrets),
      `${this.#file?.path ?? 'configuration'}: it was not read within ${READ_MS} ms; mend what it waits for`,
    )
    const config = merge([...resolution.stated, ...this.#changed.values()])
    const problems = changesOf(this.#current, config).flatMap(({ path, source }) =>
      fieldAt(path)?.changeable === 'restart'
        ? [`${path}: the change needs a restart (${source ?? 'not set now'})`]
        : [],
    )
    if (problems.length > 0) throw new ConfigError(problems)
    const changes = this.#take(config)
    this.#stated = resolution.stated
    this.#file = resolution.file
    return changes
  }

  #createLive(): ResolvedConfig {
    const live = {}
    for (const key of [...keysOf([]), 'provenance', 'references']) {
      Object.defineProperty(live, key, { enumerable: true, get: (): unknown => Reflect.get(this.#current, key) })
    }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it has the same keys
    return Object.freeze(live) as ResolvedConfig
  }

  #keep(changed: ReadonlyMap<string, Stated>): void {
    this.#changed.clear()
    for (const [path, value] of changed) this.#changed.set(path, value)
  }

  /** Puts it in force. @throws what a subscriber throws; then it is not. */
  #take(config: ResolvedConfig): readonly Change[] {
    const before = this.#current
    this.#current = config
    const told: Subscriber[] = []
    try {
      for (const subscriber of this.#subscribers) {
        told.push(subscriber)
        subscriber(config, before)
      }
    } catch (error) {
      this.#current = before
      for (const subscriber of told.toReversed()) {
        try {
          subscriber(before, config)
        } catch {
          // The first failure says why.
        }
      }
      throw error
    }
    return changesOf(before, config)
  }
}

/** A file of code may wait for something for ever; what it says later does not count. */
async function inTime<T>(work: Promise<T>, problem: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ConfigError([problem])), READ_MS).unref()
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

function isWithin(path: string, outer: string): boolean {
  return outer === '' || path === outer || path.startsWith(`${outer}.`)
}

/** Value by value. */
function changesOf(before: ResolvedConfig, after: ResolvedConfig): readonly Change[] {
  const paths = new Set([...Object.keys(before.provenance), ...Object.keys(after.provenance)])
  return Array.from(paths).flatMap((path) => {
    const [from, to] = [valueAt(before, path), valueAt(after, path)]
    if (isDeepStrictEqual(from, to)) return []
    return [
      { path, from: shownValue(before, path, from), to: shownValue(after, path, to), source: after.provenance[path] },
    ]
  })
}
