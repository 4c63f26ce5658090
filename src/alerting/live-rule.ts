import { LabelSet, METRIC_NAME_LABEL } from '../series/index.ts'
import { ActiveAlerts, type Alert, type FoundAlert } from './alert.ts'
import { durationMs } from './duration.ts'
import type { Asked, RuleSample, VectorSample } from './host.ts'
import { type AlertingRule, isAlerting, type RecordingRule, type Rule, type RuleGroup } from './rule.ts'
import { AlertTemplate, type TemplateHost } from './template/index.ts'

export const ALERTS = 'ALERTS'
export const ALERTS_FOR_STATE = 'ALERTS_FOR_STATE'
/** Our own: since when an alert is kept firing, so that a restart does not lose it. */
export const ALERTS_KEEP_FIRING_SINCE = 'ALERTS_KEEP_FIRING_SINCE'
export const ALERT_NAME_LABEL = 'alertname'
export const ALERT_STATE_LABEL = 'alertstate'

/** More alerts of one rule at once are a mistake, and none of them is kept. */
const MAX_ALERTS = 10_000

/** Others may run after so many alerts. */
const ALERTS_A_TURN = 50

/** What an evaluation is about; times are ms since the epoch. */
export interface Evaluation {
  readonly at: number
  /** Earlier than `at` by the group's query offset: what is asked for and stored. */
  readonly queryAt: number
  readonly limit: number
  readonly externalLabels: LabelSet
  readonly externalUrl: string
  readonly ask: (expr: string, at: number) => Promise<Asked>
  readonly histogramText: TemplateHost['histogramText']
}

export type Evaluated =
  | { readonly ok: true; readonly samples: readonly RuleSample[] }
  | { readonly ok: false; readonly fault: string }

interface Common {
  readonly name: string
  /** As the formatter prints it. */
  readonly printed: string
  readonly expr: string
  /** The group's labels and the rule's own above them. */
  readonly labels: LabelSet
}

/** A recording rule that is evaluated. */
export class LiveRecordingRule implements Common {
  readonly kind = 'recording'
  readonly name: string
  readonly printed: string
  readonly expr: string
  readonly labels: LabelSet
  /** With the empty ones, which take a label away. */
  readonly #own: readonly (readonly [string, string])[]

  constructor(rule: RecordingRule, group: RuleGroup, printed: string) {
    this.name = rule.record
    this.expr = rule.expr
    this.printed = printed
    this.#own = Object.entries({ ...group.labels, ...rule.labels })
    this.labels = LabelSet.of(this.#own)
  }

  async evaluate({ queryAt, limit, ask }: Evaluation): Promise<Evaluated> {
    const asked = await ask(this.expr, queryAt)
    if (!asked.ok) return asked
    const samples = asked.samples.map(({ labels, value }): RuleSample => {
      return { labels: this.#labelled(labels), at: queryAt, value }
    })
    if (new Set(samples.map(({ labels }) => labels.key)).size < samples.length) {
      return { ok: false, fault: 'vector contains metrics with the same labelset after applying rule labels' }
    }
    if (limit > 0 && samples.length > limit) {
      return { ok: false, fault: `exceeded limit of ${limit} with ${samples.length} series` }
    }
    return { ok: true, samples }
  }

  #labelled(labels: LabelSet): LabelSet {
    return LabelSet.of(new Map([...labels, [METRIC_NAME_LABEL, this.name], ...this.#own]))
  }
}

/** An alerting rule that is evaluated, and its alerts. */
export class LiveAlertingRule implements Common {
  readonly kind = 'alerting'
  readonly name: string
  readonly printed: string
  readonly expr: string
  readonly labels: LabelSet
  readonly annotations: LabelSet
  readonly forMs: number
  readonly keepFiringForMs: number
  readonly alerts: ActiveAlerts
  /** Its series are stored only when what was stored before the restart has been read. */
  restored: boolean
  readonly #labelTemplates: readonly (readonly [string, AlertTemplate])[]
  readonly #annotationTemplates: readonly (readonly [string, AlertTemplate])[]

  constructor(rule: AlertingRule, group: RuleGroup, printed: string, restored: boolean, from?: ActiveAlerts) {
    this.name = rule.alert
    this.expr = rule.expr
    this.printed = printed
    this.labels = LabelSet.of({ ...group.labels, ...rule.labels })
    this.annotations = LabelSet.of(rule.annotations ?? {})
    this.forMs = durationMs(rule.for)
    this.keepFiringForMs = durationMs(rule.keepFiringFor)
    this.alerts = new ActiveAlerts(this, from)
    this.restored = restored
    // Empty labels are among them: they take a label away.
    const templates = (texts: Readonly<Record<string, string>>): readonly (readonly [string, AlertTemplate])[] =>
      Object.entries(texts).map(([name, text]) => [name, new AlertTemplate(rule.alert, text)] as const)
    this.#labelTemplates = templates({ ...group.labels, ...rule.labels })
    this.#annotationTemplates = templates(rule.annotations ?? {})
  }

  async evaluate(evaluation: Evaluation): Promise<Evaluated> {
    const { at, queryAt, limit, ask } = evaluation
    const asked = await ask(this.expr, queryAt)
    if (!asked.ok) return asked
    const most = limit > 0 ? limit : MAX_ALERTS
    if (asked.samples.length > MAX_ALERTS) return this.#exceeded(most, asked.samples.length)
    const found = new Map<string, FoundAlert>()
    for (const [i, sample] of asked.samples.entries()) {
      if (i % ALERTS_A_TURN === ALERTS_A_TURN - 1) await nextTurn()
      const alert = await this.expanded(sample, evaluation)
      if (found.has(alert.labels.key)) {
        return { ok: false, fault: 'vector contains metrics with the same labelset after applying alert labels' }
      }
      found.set(alert.labels.key, alert)
    }
    const active = this.alerts.update(found, at)
    if (active > most) return this.#exceeded(most, active)
    return { ok: true, samples: this.restored ? this.#samples(queryAt) : [] }
  }

  #exceeded(limit: number, alerts: number): Evaluated {
    this.alerts.clear()
    return { ok: false, fault: `exceeded limit of ${limit} with ${alerts} alerts` }
  }

  /** The alert of a sample: labels and annotations with their templates filled in. */
  async expanded(
    { labels, value }: VectorSample,
    { at, externalLabels, externalUrl, ask, histogramText }: Evaluation,
  ): Promise<FoundAlert> {
    const data = { labels, value, externalLabels, externalUrl, at }
    const host: TemplateHost = { query: ask, histogramText }
    const expand = async (
      templates: readonly (readonly [string, AlertTemplate])[],
    ): Promise<readonly (readonly [string, string])[]> => {
      const expanded: (readonly [string, string])[] = []
      for (const [name, template] of templates) expanded.push([name, await template.expand(data, host)])
      return expanded
    }
    const merged = new Map([...labels, ...(await expand(this.#labelTemplates))])
    merged.delete(METRIC_NAME_LABEL)
    merged.set(ALERT_NAME_LABEL, this.name)
    return { labels: LabelSet.of(merged), annotations: LabelSet.of(await expand(this.#annotationTemplates)), value }
  }

  /** Whether an alert with these labels can be this rule's, as far as its labels are no templates. */
  owns(labels: LabelSet): boolean {
    if (labels.get(ALERT_NAME_LABEL) !== this.name) return false
    return this.#labelTemplates.every(([name, template]) => !template.isPlain || labels.get(name) === template.source)
  }

  #samples(at: number): readonly RuleSample[] {
    return this.alerts.active.flatMap((alert) => samplesOf(alert, at))
  }
}

export type LiveRule = LiveRecordingRule | LiveAlertingRule

/** Rules keep their state over a reload by this. */
export function identityOf({ name, labels }: Common): string {
  return `${name.length}:${name}${labels.key}`
}

export function liveRule(
  rule: Rule,
  group: RuleGroup,
  printed: string,
  { restored, alerts }: { readonly restored: boolean; readonly alerts?: ActiveAlerts | undefined },
): LiveRule {
  return isAlerting(rule)
    ? new LiveAlertingRule(rule, group, printed, restored, alerts)
    : new LiveRecordingRule(rule, group, printed)
}

function samplesOf({ labels, state, activeAt, keepFiringSince }: Alert, at: number): readonly RuleSample[] {
  const of = (name: string, value: number, more: readonly (readonly [string, string])[] = []): RuleSample => {
    return { labels: LabelSet.of(new Map([...labels, ...more, [METRIC_NAME_LABEL, name]])), at, value }
  }
  const samples = [of(ALERTS, 1, [[ALERT_STATE_LABEL, state]]), of(ALERTS_FOR_STATE, Math.floor(activeAt / 1000))]
  if (keepFiringSince !== undefined) samples.push(of(ALERTS_KEEP_FIRING_SINCE, Math.floor(keepFiringSince / 1000)))
  return samples
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
