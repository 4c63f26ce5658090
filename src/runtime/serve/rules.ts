import { type Appended, type RuleGroupStatus, Rulebook, type RuleSample, type RuleSet } from '../../alerting/index.ts'
import type { Registry } from '../../metrics/index.ts'
import { type Engine, histogramText } from '../../promql/index.ts'
import type { LabelSet } from '../../series/index.ts'
import type { Tsdb } from '../../tsdb/index.ts'
import { publishTotals } from '../publish.ts'
import { readPromql } from '../rules/expression.ts'
import type { PrometheusConfig } from '../targets/config/prometheus-config.ts'

interface RulesParts {
  readonly engine: Engine
  readonly store: Tsdb
  /** Milliseconds that never go back. */
  readonly now: () => number
  /** In force when groups are loaded. */
  readonly config: () => PrometheusConfig
  /** Where this server is reached. */
  readonly url: () => string
}

/** The rules of the configuration, evaluated over the store and into it. */
export class Rules {
  readonly #book: Rulebook

  constructor({ engine, store, now, config, url }: RulesParts) {
    this.#book = new Rulebook({
      host: {
        query: (expr, at, options) => engine.instant(expr, at, options),
        append: (samples) => append(store, samples),
        select: (matchers, from, to) => store.select(matchers, from, to),
        histogramText,
        monotonicNow: now,
      },
      // The alerts are in the API; nobody is told of them.
      notify: () => undefined,
      readExpression: readPromql,
      get intervalMs(): number {
        return config().evaluationIntervalMs
      },
      get externalLabels(): LabelSet {
        return config().externalLabels
      },
      get externalUrl(): string {
        return url()
      },
    })
  }

  get status(): readonly RuleGroupStatus[] {
    return this.#book.status
  }

  /** @throws RangeError for rules that cannot be; then all stays as it was. */
  load(sets: readonly RuleSet[], at: number): void {
    this.#book.load(sets, at)
  }

  /** Begins what is due, without waiting for it. */
  step(at: number): void {
    void this.#book.step(at)
  }

  stop(): void {
    this.#book.stop()
  }

  publish(metrics: Registry): void {
    const { stats } = this.#book
    publishTotals(metrics, {
      rules_evaluations: ['Evaluations of rules.', () => stats.evaluations],
      rules_failures: ['Of these, the ones that failed.', () => stats.failures],
      rules_missed: ['Evaluations of groups that came too late to be made.', () => stats.missed],
      rules_samples: ['Samples that rules gave.', () => stats.samples],
      rules_refused_samples: ['Of these, the ones that the store refused.', () => stats.refused],
    })
  }
}

function append(store: Tsdb, samples: readonly RuleSample[]): Appended {
  const batch = store.batch()
  let homeless = 0
  for (const { labels, at, value } of samples) {
    const ref = store.series(labels)
    if (ref === undefined) homeless++
    else if (value === 'stale') batch.addStale(ref, at)
    else if (typeof value === 'number') batch.add(ref, at, value)
    else batch.addHistogram(ref, at, value)
  }
  const reasons = Object.entries({ ...(homeless > 0 && { 'series-limit': homeless }), ...batch.commit().refused })
  if (reasons.length === 0) return { refused: 0, fault: undefined }
  const refused = reasons.reduce((sum, [, count]) => sum + count, 0)
  return { refused, fault: `the store refused ${reasons.map(([reason, count]) => `${count} (${reason})`).join(', ')}` }
}
