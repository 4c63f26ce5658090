import {
  type BusinessEvent,
  type PerformanceEvent,
  SECURITY_LEVELS,
  type SecurityEvent,
  securitySeverityOf,
} from './kinds.ts'
import { INFO, type Level, LEVELS, levelOf, rankOfLevel, type Severity, SILENT } from './levels.ts'
import { fieldsOf, nameOf } from './line.ts'
import type { Logger, LineWriter, LogMethod } from './logger.ts'
import type { ModuleLevel } from './level-registry.ts'
import type { Paper } from './paper.ts'
import { type Head, renamed } from './presets.ts'

interface Place {
  readonly module: string
  readonly parent: Module
}

/** A module's logger. What its level is depends on the registry and on those above it, and is found out once per change. */
export class Module implements Logger, ModuleLevel {
  readonly #paper: Paper
  readonly #module: string | undefined
  readonly #parent: Module | undefined
  #heads: readonly Head[] | undefined
  /** Set on this logger itself. */
  #set: Level | undefined
  #least = 0
  #version = -1

  readonly trace: LogMethod = this.#method('trace')
  readonly debug: LogMethod = this.#method('debug')
  readonly info: LogMethod = this.#method('info')
  readonly warn: LogMethod = this.#method('warn')
  readonly error: LogMethod = this.#method('error')
  readonly fatal: LogMethod = this.#method('fatal')

  constructor(paper: Paper, place: Place | undefined) {
    this.#paper = paper
    this.#module = place?.module
    this.#parent = place?.parent
  }

  /** '' of the root. */
  get module(): string {
    return this.#module ?? ''
  }

  child(module: string): Logger {
    const name = this.#module === undefined ? module : `${this.#module}.${module}`
    const made = new Module(this.#paper, { module: name, parent: this })
    this.#paper.levels.meet(made)
    return made
  }

  lines(message: string, names: readonly string[]): LineWriter {
    const paper = this.#paper
    const fields = names.map((name) => nameOf(renamed(paper.names, name)))
    const end = `,"${paper.names.message}":${JSON.stringify(message)}}\n`
    return (level, values) => {
      const rank = rankOfLevel(level)
      if (rank < this.#leastNow()) return
      paper.writeSpelt(this.#headOf(rank), rank, fieldsOf(fields, values) + end)
    }
  }

  performance(event: PerformanceEvent, message?: string): void {
    this.#paper.events.performance++
    if (INFO < this.#leastNow()) return
    this.#event('info', true, () => {
      const { operation, durationMs, ...rest } = event
      const fields = { kind: 'performance', operation, duration_ms: durationMs, ...kindless(rest) }
      return [fields, message ?? operation]
    })
  }

  business(event: BusinessEvent, message?: string): void {
    this.#paper.events.business++
    if (INFO < this.#leastNow()) return
    this.#event('info', true, () => [{ kind: 'business', ...kindless(event) }, message ?? event.event])
  }

  security(event: SecurityEvent, message?: string): void {
    const severity = securitySeverityOf(tried(() => event.severity))
    this.#paper.events.security[severity]++
    if (this.#leastNow() === SILENT) return
    this.#event(SECURITY_LEVELS[severity], false, () => [
      { kind: 'security', ...kindless(event) },
      message ?? event.event,
    ])
  }

  get level(): Level {
    return LEVELS[this.#leastNow()] ?? 'silent'
  }

  set level(level: string) {
    this.#set = levelOf(level)
    this.#paper.levels.changed()
  }

  get levelBy(): string | undefined {
    if (this.#set !== undefined) return undefined
    const pattern = this.#module === undefined ? undefined : this.#paper.levels.patternOf(this.#module)
    return pattern ?? (this.#inherited() === undefined ? '*' : undefined)
  }

  #leastNow(): number {
    const { version } = this.#paper.levels
    if (this.#version !== version) {
      this.#least = rankOfLevel(this.#resolve())
      this.#version = version
    }
    return this.#least
  }

  #resolve(): Level {
    const { levels } = this.#paper
    const own = this.#set ?? (this.#module === undefined ? undefined : levels.levelOf(this.#module))
    return own ?? this.#inherited() ?? levels.root
  }

  #inherited(): Level | undefined {
    if (this.#set !== undefined || this.#parent === undefined) return this.#set
    return this.#parent.#inherited()
  }

  #event(severity: Severity, isLimited: boolean, make: () => readonly [fields: object, message: string]): void {
    const [fields, message] = tried(make) ?? [{ kind: 'unreadable' }, 'An event that cannot be read']
    const rank = rankOfLevel(severity)
    this.#paper.write(this.#headOf(rank), rank, this.#module, fields, message, isLimited)
  }

  #headOf(rank: number): Head {
    const head = (this.#heads ??= this.#paper.headsOf(this.#module))[rank]
    if (head === undefined) throw new Error(`BUG: level ${rank} has no head`)
    return head
  }

  #method(severity: Severity): LogMethod {
    const rank = rankOfLevel(severity)
    return (first: unknown, message?: string): void => {
      if (rank < this.#leastNow()) return
      this.#paper.write(this.#headOf(rank), rank, this.#module, first, message, true)
    }
  }
}

/** Without a `kind` of its own. */
function kindless({ kind, ...event }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return kind === undefined ? event : { ...event, kind_: kind }
}

function tried<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch {
    // A caller's getter.
    return undefined
  }
}
