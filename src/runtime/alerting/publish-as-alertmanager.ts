import type { DispatchState, Outcome, PostedAlert } from '../../alerting/index.ts'
import type { LabelledCounter, Registry } from '../../metrics/index.ts'
import type { Delivery } from './deliveries.ts'
import { listedAlerts, listedSilences } from './listing.ts'

interface Open {
  readonly integration: string
  readonly deadlineAt: number
}

export interface AsAlertmanagerSources {
  readonly metrics: Registry
  readonly state: DispatchState
  readonly now: () => number
  /** Kinds of integrations that are known now: their counts begin at 0. */
  readonly integrations: readonly string[]
  readonly isConfigGood: () => boolean
  /** Ms since the epoch. */
  readonly configLoadedAt: () => number
}

/** What dashboards and rules made for an Alertmanager read, by the names that it has there. */
export class AlertmanagerMeter {
  readonly #received: LabelledCounter<'status' | 'version'>
  readonly #invalid: LabelledCounter<'version'>
  readonly #requests: LabelledCounter<'integration'>
  readonly #failedRequests: LabelledCounter<'integration'>
  readonly #notifications: LabelledCounter<'integration'>
  readonly #failed: LabelledCounter<'integration'>
  /** By id: each counts once, however often it is tried, and as failed when its time is over. */
  readonly #open = new Map<string, Open>()
  readonly #now: () => number

  constructor(sources: AsAlertmanagerSources) {
    const { metrics, now } = sources
    this.#now = now
    const byIntegration = (name: string, help: string): LabelledCounter<'integration'> =>
      metrics.counter({
        name: `alertmanager_${name}`,
        help,
        labelNames: ['integration'],
        collect: () => this.#expire(),
      })
    this.#notifications = byIntegration('notifications_total', 'Messages, each once however often it was tried.')
    this.#failed = byIntegration('notifications_failed_total', 'Messages that did not arrive in their time.')
    this.#requests = byIntegration('notification_requests_total', 'Attempts to deliver a message.')
    this.#failedRequests = byIntegration('notification_requests_failed_total', 'Of these, the ones that failed.')
    for (const integration of new Set(sources.integrations)) {
      for (const each of [this.#notifications, this.#failed, this.#requests, this.#failedRequests])
        each.inc({ integration }, 0)
    }
    this.#received = metrics.counter({
      name: 'alertmanager_alerts_received_total',
      help: 'Alerts posted, each time anew.',
      labelNames: ['status', 'version'],
    })
    this.#invalid = metrics.counter({
      name: 'alertmanager_alerts_invalid_total',
      help: 'Of these, the ones that were not taken.',
      labelNames: ['version'],
    })
    publishReadings(sources)
  }

  posted(alerts: readonly PostedAlert[], refused: number): void {
    for (const { endsAt = Infinity } of alerts) {
      this.#received.inc({ status: endsAt <= this.#now() ? 'resolved' : 'firing', version: 'v2' })
    }
    if (refused > 0) this.#invalid.inc({ version: 'v2' }, refused)
  }

  began(integration: string, { notification: { id }, deadlineAt }: Delivery): void {
    this.#expire()
    this.#open.set(id, { integration, deadlineAt })
  }

  outcome(integration: string, id: string, { kind }: Outcome): void {
    this.#requests.inc({ integration })
    if (kind !== 'delivered') this.#failedRequests.inc({ integration })
    if (kind !== 'temporary') this.#close(id, kind === 'delivered')
  }

  #close(id: string, hasArrived: boolean): void {
    const open = this.#open.get(id)
    if (open === undefined) return
    this.#open.delete(id)
    this.#notifications.inc({ integration: open.integration })
    if (!hasArrived) this.#failed.inc({ integration: open.integration })
  }

  #expire(): void {
    const at = this.#now()
    for (const [id, { deadlineAt }] of this.#open) if (deadlineAt <= at) this.#close(id, false)
  }
}

function publishReadings({ metrics, state, now, isConfigGood, configLoadedAt }: AsAlertmanagerSources): void {
  metrics.gauge({
    name: 'alertmanager_alerts',
    help: 'Alerts by what becomes of them.',
    labelNames: ['state'],
    collect: (gauge) => {
      const at = now()
      const listed = listedAlerts(state, at).filter(({ alert }) => alert.overAt > at)
      for (const each of ['active', 'suppressed'] as const)
        gauge.set({ state: each }, listed.filter(({ status }) => status.state === each).length)
    },
  })
  metrics.gauge({
    name: 'alertmanager_silences',
    help: 'Silences by whether they hold.',
    labelNames: ['state'],
    collect: (gauge) => {
      const listed = listedSilences(state, now())
      for (const each of ['active', 'pending', 'expired'] as const)
        gauge.set({ state: each }, listed.filter((one) => one.state === each).length)
    },
  })
  metrics.gauge({
    name: 'alertmanager_config_last_reload_successful',
    help: 'Whether the last attempt to load the alertmanager.yml was taken.',
    collect: (gauge) => gauge.set(Number(isConfigGood())),
  })
  metrics.gauge({
    name: 'alertmanager_config_last_reload_success_timestamp_seconds',
    help: 'When the alertmanager.yml in force was loaded.',
    collect: (gauge) => gauge.set(configLoadedAt() / 1000),
  })
}
