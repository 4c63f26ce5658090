import { LiveAlertingRule, LiveGroup, type RuleGroup, type RuleStats } from '../../alerting/index.ts'
import { Engine, histogramText, type VectorSample } from '../../promql/index.ts'
import { formatDuration, LabelSet } from '../../series/index.ts'
import {
  alertsText,
  expectedAlerts,
  expectedSample,
  sameAlerts,
  sameSamples,
  samplesText,
  shownAlerts,
  shownSample,
  sorted,
} from './compare.ts'
import type { AlertTest, ExprTest, TestFile, TestGroup } from './test-file.ts'
import { TestStore } from './test-store.ts'

export interface NamedGroup {
  readonly file: string
  readonly group: RuleGroup
}

/** Longer tests are refused. */
const MAX_EVALUATIONS = 1_000_000
/** Whatever a query waits for, a test ends. */
const QUERY_TIMEOUT_MS = 100_000

/** Evaluates the rules over the test's series and tells what came out otherwise than expected. */
export async function runTest(
  test: TestGroup,
  { evaluationIntervalMs, groupOrder, fuzzyCompare }: TestFile,
  groups: readonly NamedGroup[],
): Promise<readonly string[]> {
  const order = new Map(groupOrder.map((name, i) => [name, i]))
  const place = ({ group: { name } }: NamedGroup): number => order.get(name) ?? 0
  const run = new TestRun(
    test,
    evaluationIntervalMs,
    [...groups].sort((a, b) => place(a) - place(b)),
  )
  return run.run(fuzzyCompare)
}

class TestRun {
  readonly #test: TestGroup
  readonly #intervalMs: number
  readonly #groups: readonly NamedGroup[]
  readonly #store = new TestStore()
  readonly #engine: Engine

  constructor(test: TestGroup, intervalMs: number, groups: readonly NamedGroup[]) {
    this.#test = test
    this.#intervalMs = intervalMs
    this.#groups = groups
    this.#engine = new Engine({ queryable: this.#store.queryable, limits: { subqueryStepMs: intervalMs } })
  }

  async run(fuzzy: boolean): Promise<readonly string[]> {
    const { inputSeries, startAt, intervalMs, alertTests, exprTests } = this.#test
    for (const { series, values } of inputSeries) {
      try {
        this.#store.addInput(series, values, startAt, intervalMs)
      } catch (cause) {
        return [`input_series ${series} ${values}: ${messageOf(cause)}`]
      }
    }
    const lastMs = [...alertTests, ...exprTests].reduce((most, { evalMs }) => Math.max(most, evalMs), 0)
    if (lastMs / this.#intervalMs > MAX_EVALUATIONS) {
      return [`${lastMs / this.#intervalMs} evaluations: ${MAX_EVALUATIONS} at most; use a longer evaluation_interval`]
    }
    const live = this.#groups.map((group) => this.#live(group))
    const faults: string[] = []
    for (let sinceStart = 0; sinceStart <= lastMs; sinceStart += this.#intervalMs) {
      this.#store.loadUntil(startAt + sinceStart)
      const failed = await evaluate(live, startAt + sinceStart)
      if (failed.length > 0) return [...faults, ...failed]
      const due = alertTests.filter(({ evalMs }) => evalMs >= sinceStart && evalMs < sinceStart + this.#intervalMs)
      faults.push(...[...due].sort((a, b) => a.evalMs - b.evalMs).flatMap((alert) => this.#alertFaults(alert, live)))
    }
    for (const each of exprTests) faults.push(...(await this.#exprFaults(each, fuzzy)))
    return faults
  }

  #live({ file, group }: NamedGroup): LiveGroup {
    const { externalLabels, externalUrl, intervalMs } = this.#test
    const stats: RuleStats = {
      evaluations: 0,
      failures: 0,
      missed: 0,
      samples: 0,
      refused: 0,
      notified: 0,
      notifyFailures: 0,
    }
    const options = {
      file,
      intervalMs,
      externalLabels: LabelSet.of(externalLabels),
      externalUrl,
      queryTimeoutMs: QUERY_TIMEOUT_MS,
      resendMs: 60_000,
      outageToleranceMs: 0,
      forGraceMs: 0,
      host: {
        query: (expr: string, at: number, { signal }: { readonly signal: AbortSignal }) =>
          this.#engine.instant(expr, at, { signal }).then(withoutParameter),
        append: this.#store.append.bind(this.#store),
        select: this.#store.queryable.select.bind(this.#store.queryable),
        histogramText,
        monotonicNow: () => 0,
      },
      notify: () => undefined,
      print: (expr: string) => expr,
      stats,
    }
    return new LiveGroup(group, options, true)
  }

  #alertFaults({ alertname, evalMs, expected }: AlertTest, live: readonly LiveGroup[]): readonly string[] {
    const rules = live.flatMap(({ rules }) => rules).filter(({ name }) => name === alertname)
    const firing = rules.flatMap((rule) =>
      rule instanceof LiveAlertingRule ? rule.alerts.active.filter(({ state }) => state === 'firing') : [],
    )
    const [got, wanted] = [shownAlerts(firing), expectedAlerts(alertname, expected)]
    if (sameAlerts(wanted, got)) return []
    const name = this.#test.name === '' ? '' : `    name: ${this.#test.name},\n`
    const head = `${name}    alertname: ${alertname}, time: ${formatDuration(evalMs)}, `
    return [`${head}\n        exp:${alertsText(wanted)}, \n        got:${alertsText(got)}`]
  }

  async #exprFaults({ expr, evalMs, expected }: ExprTest, fuzzy: boolean): Promise<readonly string[]> {
    const head = `    expr: ${JSON.stringify(expr)}, time: ${formatDuration(evalMs)},`
    const answer = withoutParameter(await this.#engine.instant(expr, this.#test.startAt + evalMs))
    if (!answer.ok) return [`${head} err: ${answer.error.message}`]
    const { value } = answer
    if (value.type !== 'vector' && value.type !== 'scalar') {
      return [`${head} err: rule result is not a vector or scalar`]
    }
    const samples: readonly VectorSample[] =
      value.type === 'vector' ? value.samples : [{ labels: LabelSet.EMPTY, value: value.value }]
    const wanted = []
    for (const each of expected) {
      try {
        wanted.push(expectedSample(each))
      } catch (cause) {
        return [`${head} err: labels ${JSON.stringify(each.labels)}: ${messageOf(cause)}`]
      }
    }
    const [exp, got] = [sorted(wanted), sorted(samples.map(shownSample))]
    if (sameSamples(exp, got, fuzzy)) return []
    return [`${head}\n        exp: ${samplesText(exp)}\n        got: ${samplesText(got)}`]
  }
}

async function evaluate(groups: readonly LiveGroup[], at: number): Promise<readonly string[]> {
  const faults: string[] = []
  for (const group of groups) {
    await group.evaluate(at)
    faults.push(
      ...group.errors.map(
        ({ rule, fault }) => `    rule: ${rule}, time: ${formatDuration(Math.max(at, 0))}, err: ${fault}`,
      ),
    )
  }
  return faults
}

/** The engine speaks to users of the API, who gave a parameter. */
function withoutParameter<T extends { readonly ok: boolean; readonly error?: { readonly message: string } }>(
  answer: T,
): T {
  if (answer.error === undefined) return answer
  return {
    ...answer,
    error: { ...answer.error, message: answer.error.message.replace(/^invalid parameter "query": /, '') },
  }
}

function messageOf(cause: unknown): string {
  if (cause instanceof RangeError) return cause.message
  throw cause
}
