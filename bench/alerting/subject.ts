import { createState, type DispatchConfig, type DispatchEffect, type DispatchState, step } from 'boxman/alerting'
import { LabelSet, Matcher } from 'boxman/series'

export const ALERTS = 10_000
export const GROUPS = 1000
/** Of both; every group is due once in it. */
export const INTERVAL_MS = 1000
/** Alerts that one step takes, and things that it does. */
const SLICE = 200

export interface JsonAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt?: string
  readonly generatorURL: string
}

/** As a rule's alerts come: a few labels that say where, one of them the group's. */
export function jsonAlerts(): JsonAlert[] {
  return Array.from({ length: ALERTS }, (_, i) => ({
    labels: {
      alertname: 'HighIngressToProofLatency',
      service: `service-${i % GROUPS}`,
      instance: `10.0.${i >> 8}.${i & 255}:9464`,
      job: 'gateway',
      severity: i % 10 === 0 ? 'page' : 'ticket',
      region: `region-${i % 4}`,
    },
    annotations: {
      summary: `p99 of ${i % GROUPS} is above 2 s`,
      description: 'Look at the proof queue first; see the runbook.',
      runbook_url: 'https://runbooks.example/high-ingress-to-proof-latency',
    },
    generatorURL: `https://console.example/graph?q=latency&instance=${i}`,
  }))
}

export const config: DispatchConfig = {
  isWithin: () => false,
  alerting: {
    resolveTimeoutMs: 300_000,
    route: {
      receiver: 'hook',
      matchers: [],
      continue: false,
      groupBy: ['alertname', 'service'],
      groupWaitMs: INTERVAL_MS,
      groupIntervalMs: INTERVAL_MS,
      repeatIntervalMs: 4 * 3_600_000,
      muteTimeIntervals: [],
      activeTimeIntervals: [],
      routes: [],
    },
    receivers: [
      { name: 'hook', integrations: [{ kind: 'webhook', key: 'hook/webhook[0]', sendResolved: true, options: {} }] },
    ],
    inhibitRules: [
      {
        sourceMatchers: [new Matcher('alertname', '=', 'RegionDown')],
        targetMatchers: [new Matcher('severity', '=~', 'page|ticket')],
        equal: ['region'],
      },
    ],
    timeIntervals: [],
    escalations: [],
    schedules: [],
    templates: [],
    holdOffMs: 0,
    recoveryDelayMs: 0,
  },
}

type Alerts = Extract<Parameters<typeof step>[1], { kind: 'alerts' }>['alerts']

/** A dispatcher with all the alerts, every group of which was told. */
export class Subject {
  readonly state: DispatchState = createState()
  now = 1_760_000_000_000
  /** Called after every slice. */
  #slice: () => void = () => undefined
  delivered = 0

  fill(): void {
    this.round(posted())
    this.round(posted())
    if (this.delivered !== GROUPS) throw new Error(`${this.delivered} groups of ${GROUPS} were told`)
  }

  /** All alerts are told of once more, and every group comes to its time. */
  round(alerts: Alerts, slice: () => void = () => undefined): void {
    this.#slice = slice
    this.now += INTERVAL_MS
    for (let from = 0; from < alerts.length; from += SLICE) {
      this.#step({ kind: 'alerts', alerts: alerts.slice(from, from + SLICE) })
    }
    while (this.#step({ kind: 'tick', most: SLICE }) <= this.now);
  }

  /** When the next is due. */
  #step(event: Parameters<typeof step>[1]): number {
    const { effects } = step(this.state, event, this.now, config)
    this.#slice()
    const sent = effects.filter(
      (effect): effect is Extract<DispatchEffect, { kind: 'deliver' }> => effect.kind === 'deliver',
    )
    for (const { integration, notification } of sent) {
      this.delivered++
      const { id } = notification
      step(this.state, { kind: 'outcome', integration, id, outcome: { kind: 'delivered' } }, this.now, config)
    }
    this.#slice()
    const last = effects.at(-1)
    return last?.kind === 'wake' ? last.at : Infinity
  }
}

/** As rules give them. */
export function posted(all: readonly JsonAlert[] = jsonAlerts()): Alerts {
  return all.map(({ labels, annotations, generatorURL }) => ({
    labels: LabelSet.of(labels),
    annotations: LabelSet.of(annotations),
    generatorURL,
  }))
}
