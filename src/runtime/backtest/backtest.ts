import {
  ALERTS,
  ALERTS_FOR_STATE,
  isAlerting,
  LiveAlertingRule,
  LiveGroup,
  type RuleGroup,
  type RulesHost,
} from '../../alerting/index.ts'
import { Engine } from '../../promql/index.ts'
import { LabelSet, type Matcher, METRIC_NAME_LABEL, parseDuration, QueryableError } from '../../series/index.ts'
import { openTsdb } from '../../tsdb/index.ts'
import { BoxmanError } from '../error.ts'
import { durationOf, timeOf } from '../ask/typed-times.ts'
import { storeHost } from '../rules/store-host.ts'
import type { Backtested, BacktestedRule, BacktestQuestion } from './backtested.ts'
import { Firings } from './firings.ts'
import { type History, openFolder, serverHistory } from './history.ts'
import { Moments } from './moments.ts'
import { neededGroups } from './needed-groups.ts'
import { ReplayedSeries } from './replayed-series.ts'
import { mayRead, readingOf } from './selectors.ts'

const MAX_EVALUATIONS = 1_000_000
const MAX_GIVEN_SERIES = 1_000_000
const PAUSE_EVALUATIONS = 32
const QUERY_TIMEOUT_MS = 600_000
/** So often the store of what the rules give is told the time: it takes nothing that is much later. */
const TELL_MS = 30 * 60_000
const GIVEN_BYTES = 2 ** 30

/** Evaluates rules at each moment of the past that they would have been evaluated at. Rejects with a BoxmanError. */
export async function backtest(question: BacktestQuestion): Promise<Backtested> {
  const to = question.until === undefined ? Date.now() : timeOf('--until', question.until)
  const from = to - durationOf('--since', question.since)
  const intervalMs = durationOf('--interval', question.interval)
  const groups = neededGroups(question.groups, question.rule)
  const { data, url, token } = question
  const history = data === undefined ? serverHistory(url, token) : await openFolder(data)
  try {
    const mend = 'use a shorter --since, or --rule NAME'
    return await replay(history, { file: question.file, groups, rule: question.rule, from, to, intervalMs, mend })
  } finally {
    await history.close()
  }
}

/** Evaluates rules over a history moment by moment. Rejects with a BoxmanError, and with the signal's reason. */
export function replay(history: History, options: RunOptions): Promise<Backtested> {
  return new Run(history, options).run()
}

export interface RunOptions {
  readonly file: string
  readonly groups: readonly RuleGroup[]
  readonly rule: string | undefined
  readonly from: number
  readonly to: number
  readonly intervalMs: number
  /** What to do about too many evaluations. */
  readonly mend: string
  /** Of all groups together; default a million. */
  readonly maxEvaluations?: number | undefined
  /** Of what the rules themselves give; default a million. */
  readonly maxGivenSeries?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Lets others have their turn, every so many evaluations. */
  readonly pause?: (() => Promise<void>) | undefined
}

interface Watched {
  readonly live: LiveGroup
  readonly rules: readonly { readonly rule: LiveAlertingRule; readonly firings: Firings; readonly faults: string[] }[]
  next: number
  evaluations: number
}

class Run {
  readonly #history: History
  readonly #options: RunOptions
  #fatal: BoxmanError | undefined

  constructor(history: History, options: RunOptions) {
    this.#history = history
    this.#options = options
  }

  async run(): Promise<Backtested> {
    const { groups, from, to } = this.#options
    const names = givenNames(groups)
    const { mend, maxEvaluations = MAX_EVALUATIONS, maxGivenSeries = MAX_GIVEN_SERIES, signal, pause } = this.#options
    const given = await openTsdb({ retentionMs: 1e15, maxBytes: GIVEN_BYTES, maxSeries: maxGivenSeries })
    const replayed = new ReplayedSeries({ history: this.#history.queryable, given, names, from })
    const engine = new Engine({ queryable: replayed })
    const watched = groups.map((group): Watched => {
      const read = this.#reader(group, engine, names)
      const { append, ...host } = storeHost(read, given, () => 0)
      const wanted = new Set([...names].filter((name) => isRead(name, groups)))
      const kept: RulesHost = {
        ...host,
        append: (samples) => append(samples.filter(({ labels }) => wanted.has(labels.get(METRIC_NAME_LABEL)))),
      }
      return this.#watched(group, kept)
    })
    const count = watched.reduce((sum, { live }) => sum + (to - from) / live.intervalMs, 0)
    if (count > maxEvaluations) {
      throw new BoxmanError(`${Math.ceil(count)} evaluations: ${maxEvaluations} at most; ${mend}`)
    }
    try {
      let told = -Infinity
      for (let due = earliest(watched); due !== undefined && due.next <= to; due = earliest(watched)) {
        if (due.next >= told + TELL_MS) await given.step((told = due.next))
        await this.#evaluate(due)
        if (due.evaluations % PAUSE_EVALUATIONS === 0) await pause?.()
        signal?.throwIfAborted()
      }
      const rules: BacktestedRule[] = []
      for (const each of watched) {
        for (const one of each.rules) rules.push(await this.#result(each, one, names))
      }
      return { from, to, rules }
    } finally {
      await given.close()
    }
  }

  #watched(group: RuleGroup, host: RulesHost): Watched {
    const { file, rule: wanted, from, intervalMs } = this.#options
    const stats = { evaluations: 0, failures: 0, missed: 0, samples: 0, refused: 0, notified: 0, notifyFailures: 0 }
    const options = {
      file,
      intervalMs,
      externalLabels: LabelSet.EMPTY,
      externalUrl: '',
      queryTimeoutMs: QUERY_TIMEOUT_MS,
      resendMs: 60_000,
      outageToleranceMs: 0,
      forGraceMs: 0,
      host,
      notify: () => undefined,
      print: (expr: string) => expr,
      stats,
    }
    const live = new LiveGroup(group, options, true)
    return {
      live,
      rules: live.rules.flatMap((rule) =>
        rule instanceof LiveAlertingRule && (wanted === undefined || rule.name === wanted)
          ? [{ rule, firings: new Firings(), faults: [] }]
          : [],
      ),
      next: Math.ceil(from / live.intervalMs) * live.intervalMs,
      evaluations: 0,
    }
  }

  /** What reads series that the rules give is asked moment by moment, all else many moments at once. */
  #reader(group: RuleGroup, engine: Engine, names: ReadonlySet<string>): RulesHost['query'] {
    const { to, intervalMs } = this.#options
    const step = (group.interval === undefined ? 0 : parseDuration(group.interval)) || intervalMs
    const known = new Map<string, Moments>()
    for (const { expr } of group.rules) {
      const { selectors, needsMoments } = readingOf(expr)
      const readsOwn = selectors.some((selector) => [...names].some((name) => mayRead(selector, name)))
      if (!needsMoments && !readsOwn) known.set(expr, new Moments(this.#history, expr, step, to))
    }
    return async (expr, at, options) => {
      try {
        return (await known.get(expr)?.at(at)) ?? (await engine.instant(expr, at, options))
      } catch (error) {
        if (error instanceof BoxmanError) this.#fatal = error
        throw error
      }
    }
  }

  async #evaluate(watched: Watched): Promise<void> {
    const { live, rules, next: at } = watched
    await live.evaluate(at)
    if (this.#fatal !== undefined) throw this.#fatal
    const errors = new Map(live.errors.map(({ rule, fault }) => [rule, fault]))
    for (const { rule, firings, faults } of rules) {
      firings.look(rule, at)
      const fault = errors.get(rule.name)
      if (fault !== undefined) faults.push(fault)
    }
    watched.evaluations++
    watched.next = at + live.intervalMs
  }

  async #result(
    { live, evaluations }: Watched,
    { rule, firings, faults }: Watched['rules'][number],
    names: ReadonlySet<string>,
  ): Promise<BacktestedRule> {
    firings.finish(this.#options.to)
    const { fired, longestMs, totalMs, pendingOnly, listed } = firings
    const missing: string[] = []
    for (const { matchers, name } of readingOf(rule.expr).selectors) {
      if ([...names].some((own) => mayRead({ matchers }, own))) continue
      const shown = `${name}{${matchers
        .filter((each) => each.name !== METRIC_NAME_LABEL)
        .map(String)
        .join(',')}}`
      if (await this.#hasNone(matchers)) missing.push(shown.replace(/\{\}$/, ''))
    }
    return {
      group: live.group.name,
      rule: rule.name,
      expr: rule.expr,
      forMs: rule.forMs,
      keepFiringForMs: rule.keepFiringForMs,
      fired,
      longestMs,
      totalMs,
      pendingOnly,
      firings: listed,
      evaluations,
      failures: faults.length,
      firstFailure: faults[0],
      missing: [...new Set(missing)],
    }
  }

  /** A server that cannot say leaves it open. */
  async #hasNone(matchers: readonly Matcher[]): Promise<boolean> {
    const { from, to } = this.#options
    try {
      return (await this.#history.queryable.labelNames(matchers, from, to)).length === 0
    } catch (error) {
      if (error instanceof QueryableError) return false
      throw error
    }
  }
}

/** Of the series that rules give; `ALERTS` is meant as theirs. */
function givenNames(groups: readonly RuleGroup[]): ReadonlySet<string> {
  const recorded = groups.flatMap(({ rules }) => rules.flatMap((rule) => (isAlerting(rule) ? [] : [rule.record])))
  return new Set([...recorded, ALERTS, ALERTS_FOR_STATE])
}

function isRead(name: string, groups: readonly RuleGroup[]): boolean {
  return groups.some(({ rules }) =>
    rules.some(({ expr }) => readingOf(expr).selectors.some((selector) => mayRead(selector, name))),
  )
}

/** At the same moment the groups go in their order. */
function earliest(watched: readonly Watched[]): Watched | undefined {
  return watched.reduce<Watched | undefined>(
    (first, each) => (first === undefined || each.next < first.next ? each : first),
    undefined,
  )
}
