import type { LabelSet } from '../series/index.ts'
import type { OutgoingAlert } from './alert.ts'
import { durationMs } from './duration.ts'
import { ask, type RuleSample, type RulesHost } from './host.ts'
import { type Evaluated, type Evaluation, identityOf, type LiveRule, liveRule } from './live-rule.ts'
import { restoreAlerts, type RestoreOptions } from './restore.ts'
import type { RuleGroup } from './rule.ts'
import { type RuleEntry, statusOf } from './rule-entry.ts'
import type { RuleGroupStatus } from './status.ts'

/** A group as it is told of together with its alerts. */
export interface AlertSource {
  readonly file: string
  readonly group: string
  readonly rule: string
  readonly expr: string
}

/** Takes alerts on their way. One that throws has not taken them, and is given them again at the next evaluation. */
export type Notify = (alerts: readonly OutgoingAlert[], source: AlertSource) => void

export interface LiveGroupOptions extends RestoreOptions {
  readonly file: string
  /** Of groups that name none, ms. */
  readonly intervalMs: number
  readonly externalLabels: LabelSet
  readonly externalUrl: string
  /** How long one query may take, ms. */
  readonly queryTimeoutMs: number
  /** After how long a firing alert is told of again, ms. */
  readonly resendMs: number
  readonly host: RulesHost
  readonly notify: Notify
  /** How the formatter prints an expression. */
  readonly print: (expr: string) => string
  /** What has samples as long as there is data; see {@link ReadExpression}. */
  readonly dataOf?: ((expr: string) => string | undefined) | undefined
  readonly stats: RuleStats
}

/** What all groups together have done. */
export interface RuleStats {
  evaluations: number
  failures: number
  /** Evaluations that were due and did not take place, because the one before took too long or nobody stepped. */
  missed: number
  samples: number
  refused: number
  notified: number
  /** Times that alerts were not taken and will be told of again. */
  notifyFailures: number
}

/** A group whose rules are evaluated, one after the other. */
export class LiveGroup {
  readonly group: RuleGroup
  readonly file: string
  readonly intervalMs: number
  readonly #options: LiveGroupOptions
  readonly #queryOffsetMs: number
  readonly #entries: readonly RuleEntry[]
  readonly #ended = new AbortController()
  /** Series of rules that are no longer there, to be ended with the next evaluation. */
  #orphans: LabelSet[] = []
  #evaluationMs = 0
  #lastEvaluation: number | undefined

  /** `from`: the group in whose place this one stands, whose state it takes over. */
  constructor(group: RuleGroup, options: LiveGroupOptions, restored: boolean, from?: LiveGroup) {
    this.group = group
    this.file = options.file
    this.intervalMs = durationMs(group.interval) || options.intervalMs
    this.#queryOffsetMs = durationMs(group.queryOffset)
    this.#options = options
    const left = from === undefined ? [] : [...from.#entries]
    this.#entries = group.rules.map((rule) => {
      const printed = { printed: options.print(rule.expr), data: options.dataOf?.(rule.expr) }
      const fresh = liveRule(rule, group, printed, { restored })
      const at = left.findIndex((entry) => identityOf(entry.rule) === identityOf(fresh))
      const [before] = at < 0 ? [] : left.splice(at, 1)
      const old = before?.rule.kind === 'alerting' ? before.rule : undefined
      return {
        rule: old === undefined ? fresh : liveRule(rule, group, printed, { restored: old.restored, from: old }),
        series: before?.series ?? new Map<string, LabelSet>(),
        health: 'unknown',
        lastError: undefined,
        evaluationMs: 0,
        lastEvaluation: undefined,
        samples: 0,
      }
    })
    if (from === undefined) return
    this.#orphans = [...from.#orphans, ...left.flatMap(({ series }) => [...series.values()])]
    this.#evaluationMs = from.#evaluationMs
    this.#lastEvaluation = from.#lastEvaluation
  }

  get rules(): readonly LiveRule[] {
    return this.#entries.map(({ rule }) => rule)
  }

  /** The last errors of its rules, by their names. */
  get errors(): readonly { readonly rule: string; readonly fault: string }[] {
    return this.#entries.flatMap(({ rule, lastError }) =>
      lastError === undefined ? [] : [{ rule: rule.name, fault: lastError }],
    )
  }

  /** The series that it has given last, all of its rules together. */
  get series(): readonly LabelSet[] {
    return [...this.#entries.flatMap(({ series }) => [...series.values()]), ...this.#orphans]
  }

  /** What is under way has no effect any more. */
  end(): void {
    this.#ended.abort(new DOMException('The rules were loaded anew', 'AbortError'))
  }

  /** Evaluates every rule at `at`. A rule that fails is told of in its status, and the others go on; never rejects. */
  async evaluate(at: number): Promise<void> {
    const { host, stats } = this.#options
    const start = host.monotonicNow()
    for (const entry of this.#entries) {
      if (this.#ended.signal.aborted) return
      const ruleStart = host.monotonicNow()
      const evaluated = await this.#evaluateRule(entry.rule, at)
      if (this.#ended.signal.aborted) return
      stats.evaluations++
      entry.lastError = evaluated.ok ? this.#store(entry, evaluated.samples, at) : evaluated.fault
      entry.health = entry.lastError === undefined ? 'ok' : 'err'
      if (entry.lastError !== undefined) stats.failures++
      if (!evaluated.ok && entry.rule.kind === 'alerting') {
        const instead = entry.rule.fail(evaluated.fault, at)
        if (instead !== undefined) this.#store(entry, instead, at)
      }
      // When it failed too: what is not told of again would be taken to be over.
      this.#tell(entry.rule, at)
      entry.evaluationMs = host.monotonicNow() - ruleStart
      entry.lastEvaluation = at
    }
    this.#endOrphans(at)
    this.#evaluationMs = host.monotonicNow() - start
    this.#lastEvaluation = at
  }

  async #evaluateRule(rule: LiveRule, at: number): Promise<Evaluated> {
    try {
      return await rule.evaluate(this.#evaluation(at))
    } catch (cause) {
      return { ok: false, fault: cause instanceof Error ? cause.message : String(cause) }
    }
  }

  #evaluation(at: number): Evaluation {
    const { host, queryTimeoutMs, externalLabels, externalUrl } = this.#options
    return {
      at,
      queryAt: at - this.#queryOffsetMs,
      limit: this.group.limit ?? 0,
      externalLabels,
      externalUrl,
      ask: (expr, when) => ask(host.query, expr, when, { timeoutMs: queryTimeoutMs, signal: this.#ended.signal }),
      histogramText: host.histogramText,
    }
  }

  /** What a rule gave, and the end of the series that it gave before and gives no more. Returns why some was refused. */
  #store(entry: RuleEntry, samples: readonly RuleSample[], at: number): string | undefined {
    const series = new Map(samples.map(({ labels }) => [labels.key, labels]))
    const queryAt = at - this.#queryOffsetMs
    const ended = [...entry.series].filter(([key]) => !series.has(key)).map(([, labels]) => stale(labels, queryAt))
    const fault = this.#append(samples)
    this.#append(ended)
    entry.series = series
    entry.samples = samples.length
    return fault
  }

  #append(samples: readonly RuleSample[]): string | undefined {
    if (samples.length === 0) return undefined
    const { host, stats } = this.#options
    try {
      const { refused, fault } = host.append(samples)
      stats.samples += samples.length - refused
      stats.refused += refused
      return fault
    } catch (cause) {
      stats.refused += samples.length
      return cause instanceof Error ? cause.message : String(cause)
    }
  }

  #endOrphans(at: number): void {
    const orphans = this.#orphans
    if (orphans.length === 0) return
    const alive = new Set(this.#entries.flatMap(({ series }) => [...series.keys()]))
    this.#orphans = []
    this.#append(orphans.filter(({ key }) => !alive.has(key)).map((labels) => stale(labels, at - this.#queryOffsetMs)))
  }

  #tell(rule: LiveRule, at: number): void {
    if (rule.kind !== 'alerting') return
    const { notify, resendMs, stats, file } = this.#options
    const outgoing = rule.outgoing(at, resendMs, this.intervalMs)
    if (outgoing.size === 0) return
    try {
      notify([...outgoing.values()], { file, group: this.group.name, rule: rule.name, expr: rule.printed })
      stats.notified += outgoing.size
      rule.markSent(outgoing, at)
    } catch {
      stats.notifyFailures++
    }
  }

  /** After a restart: what was stored before it. What cannot be read begins anew. */
  async restore(at: number): Promise<void> {
    for (const { rule } of this.#entries) {
      if (rule.kind !== 'alerting' || rule.restored) continue
      try {
        await restoreAlerts(rule, this.#options.host.select, this.#evaluation(at), this.#options)
      } catch {
        // As Prometheus does: there is nothing to be gained from asking again.
      }
      if (this.#ended.signal.aborted) return
      rule.restored = true
    }
  }

  get status(): RuleGroupStatus {
    return {
      name: this.group.name,
      file: this.file,
      intervalMs: this.intervalMs,
      limit: this.group.limit ?? 0,
      rules: this.#entries.map(statusOf),
      evaluationMs: this.#evaluationMs,
      lastEvaluation: this.#lastEvaluation,
    }
  }
}

function stale(labels: LabelSet, at: number): RuleSample {
  return { labels, at, value: 'stale' }
}
