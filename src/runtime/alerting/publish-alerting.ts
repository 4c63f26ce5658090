import type { Outcome } from '../../alerting/index.ts'
import type { LabelledCounter, Registry } from '../../metrics/index.ts'
import { publishTotals } from '../publish.ts'

export interface AlertingReadings {
  readonly active: () => number
  readonly queue: () => number
  readonly decisions: () => number
  readonly diskFailures: () => number
}

/** How alerting fares, as metrics. */
export class AlertingMeter {
  readonly #metrics: Registry
  readonly #attempts: LabelledCounter<'integration' | 'outcome'>
  #posted = 0
  #refused = 0

  /** When the configuration in force was loaded, ms since the epoch. */
  #loadedAt: number
  #isConfigGood = true

  constructor(metrics: Registry, loadedAt: number) {
    this.#metrics = metrics
    this.#loadedAt = loadedAt
    this.#attempts = metrics.counter({
      name: 'boxman_alerting_notifications_total',
      help: 'Attempts to deliver a message, by kind of integration and what became of them.',
      labelNames: ['integration', 'outcome'],
    })
  }

  get loadedAt(): number {
    return this.#loadedAt
  }

  get isConfigGood(): boolean {
    return this.#isConfigGood
  }

  /** A configuration was taken. */
  loaded(at: number): void {
    this.#isConfigGood = true
    this.#loadedAt = at
  }

  /** A configuration was not taken; the one before goes on. */
  refused(): void {
    this.#isConfigGood = false
  }

  outcome(integration: string, { kind }: Outcome): void {
    this.#attempts.inc({ integration, outcome: kind })
  }

  posted(count: number, refused: number): void {
    this.#posted += count
    this.#refused += refused
  }

  publish({ active, queue, decisions, diskFailures }: AlertingReadings): void {
    publishTotals(this.#metrics, {
      alerting_posted_alerts: ['Alerts posted, each time anew.', () => this.#posted],
      alerting_refused_alerts: ['Of these, the ones that were not taken.', () => this.#refused],
      alerting_decisions: ['Decisions on whom to tell what.', decisions],
      alerting_disk_failures: ['Times that the state of alerting could not be written.', diskFailures],
    })
    this.#metrics.gauge({
      name: 'boxman_alerting_alerts',
      help: 'Alerts that fire.',
      collect: (gauge) => gauge.set(active()),
    })
    this.#metrics.gauge({
      name: 'boxman_alerting_queue',
      help: 'Messages that wait for their turn or their answer.',
      collect: (gauge) => gauge.set(queue()),
    })
    this.#metrics.gauge({
      name: 'boxman_alerting_config_last_reload_successful',
      help: 'Whether the last attempt to load the alertmanager.yml was taken.',
      collect: (gauge) => gauge.set(Number(this.#isConfigGood)),
    })
    this.#metrics.gauge({
      name: 'boxman_alerting_config_last_reload_success_timestamp_seconds',
      help: 'When the alertmanager.yml in force was loaded.',
      collect: (gauge) => gauge.set(this.#loadedAt / 1000),
    })
  }
}
