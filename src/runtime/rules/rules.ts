import type {
  AlertSource,
  Notify,
  OutgoingAlert,
  Rulebook,
  RuleGroup,
  RuleGroupStatus,
  RuleSet,
  RulesHost,
  RuleStats,
} from '../../alerting/index.ts'
import type { Logger } from '../../logging/index.ts'
import type { Registry } from '../../metrics/index.ts'
import type { Tsdb } from '../../tsdb/index.ts'
import type { Config } from '../config/config.ts'
import { BoxmanError } from '../error.ts'
import { logAlerts } from './log-alerts.ts'
import { publishRules } from './publish-rules.ts'

/** Told of alerts that begin, go on and end. What throws is given the same alerts again at the next evaluation. */
export type AlertObserver = (alerts: readonly OutgoingAlert[], source: AlertSource) => void

export interface RulesOptions {
  readonly config: Config
  /** What the files held when the service started. */
  readonly sets: readonly RuleSet[]
  /** What the names of the files are relative to. */
  readonly cwd: string
  readonly query: RulesHost['query']
  readonly store: Tsdb
  readonly metrics: Registry
  readonly log: Logger
  /** Milliseconds that never go back. */
  readonly now: () => number
  /** Milliseconds since the epoch. */
  readonly wallNow: () => number
}

/** The rules of a service: those of its files and those that its code gives. */
export class Rules {
  readonly #options: RulesOptions
  readonly #observers = new Set<AlertObserver>()
  /** By the name under which code gave them. */
  readonly #defined = new Map<string, RuleSet>()
  #files: readonly RuleSet[]
  #url = ''
  #loading: Promise<Rulebook> | undefined
  #rulebook: Rulebook | undefined

  /** @internal */
  constructor(options: RulesOptions) {
    this.#options = options
    this.#files = options.sets
    publishRules(options.metrics, () => this.stats)
  }

  /** @internal From here on they are evaluated. @param url what templates know as `$externalURL`. */
  async start(url = ''): Promise<void> {
    this.#url = url
    if (this.#files.length > 0) await this.#ready()
  }

  /**
   * Puts these groups in the place of those that were given under the same name before; none take them away.
   * @param name stands where files have their name.
   * Rejects with a RangeError that names the rule that is not right; then all stays as it was.
   */
  async define(name: string, groups: readonly RuleGroup[]): Promise<void> {
    await this.#ready()
    if (this.#files.some(({ file }) => file === name)) throw new RangeError(`rules: ${name} is a file`)
    const before = this.#defined.get(name)
    this.#defined.set(name, { file: name, groups })
    try {
      this.#load()
    } catch (error) {
      if (before === undefined) this.#defined.delete(name)
      else this.#defined.set(name, before)
      throw error
    }
  }

  /** Reads the files anew. Alerts and series are kept by the rule's name and labels. @throws BoxmanError with all that is wrong; then all stays as it was. */
  async reload(): Promise<void> {
    const { config, cwd } = this.#options
    const { readRules } = await import('./read-rules.ts')
    const read = await readRules(config.rules ?? [], cwd)
    if (!read.ok) throw new BoxmanError(`the rules stay as they are:\n  ${read.problems.join('\n  ')}`)
    await this.#ready()
    this.#files = read.sets
    this.#load()
  }

  /** Adds an observer; returns its removal. */
  onAlerts(observer: AlertObserver): () => void {
    this.#observers.add(observer)
    return () => this.#observers.delete(observer)
  }

  get status(): readonly RuleGroupStatus[] {
    return this.#rulebook?.status ?? []
  }

  get stats(): Readonly<RuleStats> | undefined {
    return this.#rulebook?.stats
  }

  /** @internal To be called about once a second; does not wait for what it begins. */
  step(at: number): void {
    void this.#rulebook?.step(at)
  }

  /** @internal */
  stop(): void {
    this.#rulebook?.stop()
  }

  /** What evaluates rules is loaded for the first of them: a service without any does without. */
  async #ready(): Promise<void> {
    this.#loading ??= import('./create-rulebook.ts').then(({ createRulebook }) => {
      const notify: Notify = (alerts, source) => this.#tell(alerts, source)
      return createRulebook({ ...this.#options, url: this.#url, notify })
    })
    const rulebook = await this.#loading
    if (this.#rulebook !== undefined) return
    this.#rulebook = rulebook
    this.#load()
  }

  #load(): void {
    this.#rulebook?.load([...this.#files, ...this.#defined.values()], this.#options.wallNow())
  }

  #tell(alerts: readonly OutgoingAlert[], source: AlertSource): void {
    logAlerts(this.#options.log, alerts, source)
    for (const observer of this.#observers) observer(alerts, source)
  }
}
