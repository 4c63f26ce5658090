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

  constructor(metrics: Registry) {
    this.#metrics = metrics
    this.#attempts = metrics.counter({
      name: 'boxman_alerting_notifications_total',
      help: 'Attempts to deliver a message, by kind of integration and what became of them.',
      labelNames: ['integration', 'outcome'],
    })
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
  }
}
