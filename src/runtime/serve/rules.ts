import {
  type AlertSource,
  type OutgoingAlert,
  type RuleGroupStatus,
  Rulebook,
  type RuleSet,
} from '../../alerting/index.ts'
import type { Logger } from '../../logging/index.ts'
import type { Registry } from '../../metrics/index.ts'
import { type Engine, readExpression } from '../../promql/index.ts'
import { formatDuration, type LabelSet } from '../../series/index.ts'
import type { Tsdb } from '../../tsdb/index.ts'
import { logAlerts } from '../rules/log-alerts.ts'
import { publishRules } from '../rules/publish-rules.ts'
import { storeHost } from '../rules/store-host.ts'
import type { PrometheusConfig } from '../targets/config/prometheus-config.ts'

interface RulesParts {
  readonly engine: Engine
  readonly store: Tsdb
  readonly log: Logger
  /** Told of alerts that begin, go on and end. */
  readonly onAlerts: (alerts: readonly OutgoingAlert[], source: AlertSource) => void
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
  readonly #config: () => PrometheusConfig

  constructor({ engine, store, log, onAlerts, now, config, url }: RulesParts) {
    this.#config = config
    this.#book = new Rulebook({
      host: storeHost((expr, at, options) => engine.instant(expr, at, options), store, now),
      notify: (alerts, source) => {
        logAlerts(log, alerts, source)
        onAlerts(alerts, source)
      },
      readExpression: readExpression,
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
    const { evaluationIntervalMs, ruleQueryOffsetMs } = this.#config()
    const stated = {
      interval: formatDuration(evaluationIntervalMs),
      ...(ruleQueryOffsetMs === undefined ? {} : { queryOffset: formatDuration(ruleQueryOffsetMs) }),
    }
    // Stated in each group, so that a change of them is a change of the group.
    this.#book.load(
      sets.map(({ file, groups }) => ({ file, groups: groups.map((group) => ({ ...stated, ...group })) })),
      at,
    )
  }

  /** Begins what is due, without waiting for it. */
  step(at: number): void {
    void this.#book.step(at)
  }

  stop(): void {
    this.#book.stop()
  }

  publish(metrics: Registry): void {
    publishRules(metrics, () => this.#book.stats)
  }
}
