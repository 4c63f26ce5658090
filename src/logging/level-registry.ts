import { isLevel, type Level, LEVELS, levelOf } from './levels.ts'
import { isModulePattern, MODULE_PATTERN, ModulePattern } from './module-pattern.ts'

/** The level of all modules that a pattern matches. */
export interface LevelRule {
  readonly pattern: string
  readonly level: Level
  /** When the change ends, ms since the epoch; undefined: not by itself. */
  readonly until: number | undefined
  /** What is in force after that; undefined: the pattern says nothing any more. */
  readonly afterwards: Level | undefined
}

export interface LevelChange {
  readonly pattern: string
  /** Undefined takes the pattern away. */
  readonly level: Level | undefined
  /** After which the level is what it was before. Default: it stays. */
  readonly forMs?: number | undefined
}

interface Entry {
  readonly pattern: ModulePattern
  lasting: Level | undefined
  passing: { readonly level: Level; readonly until: number; readonly timer: NodeJS.Timeout } | undefined
  readonly order: number
}

/** A module that logs. */
export interface ModuleLevel {
  readonly module: string
  readonly level: Level
  /** The pattern that says so; undefined: it was set on a logger itself. */
  readonly levelBy: string | undefined
}

/** Of those that are known by name; the others have their levels all the same. */
const MAX_MODULES = 1000
export const MAX_RULES = 500
/** What a timer can wait for: 24 days. */
export const MAX_FOR_MS: number = 2 ** 31 - 1

/**
 * Which level holds for which module. The most specific pattern wins: a name goes before every pattern with a star, then the one with
 * more characters that are no stars, then the one that was set last; `wallet.*` is for `wallet` too, and `*` for all. What is set on
 * a logger itself (`logger.level = 'debug'`) goes before all patterns, for it and for those beneath it that only `*` matches.
 */
export class LevelRegistry {
  readonly #entries = new Map<string, Entry>()
  readonly #modules = new Map<string, ModuleLevel>()
  readonly #fallback: Level
  readonly #now: () => number
  #version = 0
  #order = 0

  constructor(options: { readonly level: Level; readonly now: () => number }) {
    this.#fallback = options.level
    this.#now = options.now
    this.set('*', options.level)
  }

  /** Changes with every change: what has been resolved for another version is to be resolved again. */
  get version(): number {
    return this.#version
  }

  /** Takes note of a module's logger; of two with the same name, of the later one. */
  meet(logger: ModuleLevel): void {
    if (this.#modules.size < MAX_MODULES || this.#modules.has(logger.module)) this.#modules.set(logger.module, logger)
  }

  /** Those that have a logger, as they are now, in the order of their names. */
  modules(): readonly ModuleLevel[] {
    return Array.from(this.#modules.values(), ({ module, level, levelBy }) => ({ module, level, levelBy })).toSorted(
      (a, b) => (a.module < b.module ? -1 : 1),
    )
  }

  /** To be called when a level is set elsewhere. */
  changed(): void {
    this.#version++
  }

  /** @throws RangeError for what is no pattern, no level or no time. */
  set(pattern: string, level: string, forMs?: number): void {
    this.apply([{ pattern, level: levelOf(level), forMs }])
  }

  /** Takes what was set for the pattern away; `*` goes back to the level that the logger began with. */
  unset(pattern: string): void {
    this.apply([{ pattern, level: undefined }])
  }

  /** All of it, or nothing. @throws RangeError with everything that is wrong. */
  apply(changes: readonly LevelChange[]): void {
    const problems = changes.flatMap((change) => problemsOf(change))
    const added = new Set(
      changes.flatMap(({ pattern, level }) => (level === undefined || this.#entries.has(pattern) ? [] : [pattern])),
    )
    if (this.#entries.size + added.size > MAX_RULES) {
      problems.push(`levels for over ${MAX_RULES} patterns: unset some, or use patterns with a star`)
    }
    if (problems.length > 0) throw new RangeError(problems.join('; '))
    for (const change of changes) this.#apply(change)
    this.#version++
  }

  /** In the order of their patterns. */
  list(): readonly LevelRule[] {
    return Array.from(this.#entries.values(), ({ pattern, lasting, passing }) => ({
      pattern: pattern.text,
      level: passing?.level ?? lasting ?? this.#fallback,
      until: passing?.until,
      afterwards: passing === undefined ? undefined : lasting,
    })).toSorted((a, b) => (a.pattern < b.pattern ? -1 : 1))
  }

  /** The level of `*`. */
  get root(): Level {
    return this.#levelOf(this.#entries.get('*')) ?? this.#fallback
  }

  /** The level of a module by the patterns but `*`; undefined: none matches. */
  levelOf(module: string): Level | undefined {
    return this.#levelOf(this.#best(module))
  }

  /** The pattern by which it has that level. */
  patternOf(module: string): string | undefined {
    return this.#best(module)?.pattern.text
  }

  #best(module: string): Entry | undefined {
    let best: Entry | undefined
    for (const entry of this.#entries.values()) {
      if (entry.pattern.text === '*' || !entry.pattern.matches(module)) continue
      if (best === undefined || beats(entry, best)) best = entry
    }
    return best
  }

  #levelOf(entry: Entry | undefined): Level | undefined {
    return entry?.passing?.level ?? entry?.lasting
  }

  #apply({ pattern, level, forMs }: LevelChange): void {
    const old = this.#entries.get(pattern)
    clearTimeout(old?.passing?.timer)
    if (level === undefined) {
      if (pattern === '*' && old !== undefined) Object.assign(old, { lasting: this.#fallback, passing: undefined })
      else this.#entries.delete(pattern)
      return
    }
    const entry: Entry = {
      pattern: old?.pattern ?? new ModulePattern(pattern),
      lasting: forMs === undefined ? level : old?.lasting,
      passing: undefined,
      order: this.#order++,
    }
    if (forMs !== undefined) {
      const timer = setTimeout(() => this.#end(entry), forMs).unref()
      entry.passing = { level, until: this.#now() + forMs, timer }
    }
    this.#entries.set(pattern, entry)
  }

  #end(entry: Entry): void {
    entry.passing = undefined
    if (entry.lasting === undefined) this.#entries.delete(entry.pattern.text)
    this.#version++
  }
}

function beats(entry: Entry, other: Entry): boolean {
  if (entry.pattern.isMoreSpecificThan(other.pattern)) return true
  return !other.pattern.isMoreSpecificThan(entry.pattern) && entry.order > other.order
}

function problemsOf({ pattern, level, forMs }: LevelChange): string[] {
  const problems: string[] = []
  if (!isModulePattern(pattern)) problems.push(`${JSON.stringify(pattern)}: expected ${MODULE_PATTERN}`)
  if (level !== undefined && !isLevel(level)) {
    problems.push(`${pattern}: log level ${JSON.stringify(level)}: one of ${LEVELS.join(', ')}`)
  }
  if (forMs !== undefined && !(forMs > 0 && forMs <= MAX_FOR_MS)) {
    problems.push(`${pattern}: for ${forMs} ms: expected a time above 0 and up to 24 days`)
  }
  return problems
}

/**
 * `info,wallet.*=debug`: a level without a pattern is that of `*`. Undefined for a text that is none.
 */
export function parseLevels(text: string): ReadonlyMap<string, Level> | undefined {
  const levels = new Map<string, Level>()
  for (const part of text.split(',')) {
    const at = part.indexOf('=')
    const pattern = at < 0 ? '*' : part.slice(0, at).trim()
    const level = part.slice(at + 1).trim()
    if (!isLevel(level) || !isModulePattern(pattern) || levels.has(pattern)) return undefined
    levels.set(pattern, level)
  }
  return levels
}
