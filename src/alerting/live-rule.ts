import { LabelSet, METRIC_NAME_LABEL } from '../series/index.ts'
import { ActiveAlerts, type Alert, type FoundAlert, type OutgoingAlert } from './alert.ts'
import { durationMs } from './duration.ts'
import type { Asked, RuleSample, VectorSample } from './host.ts'
import { addedLabels, MissingData } from './missing-data.ts'
import { type AlertingRule, isAlerting, type OnUnknown, type RecordingRule, type Rule, type RuleGroup } from './rule.ts'
import { AlertTemplate, type TemplateHost } from './template/index.ts'

export const ALERTS = 'ALERTS'
export const ALERTS_FOR_STATE = 'ALERTS_FOR_STATE'
/** Our own: since when an alert is kept firing, so that a restart does not lose it. */
export const ALERTS_KEEP_FIRING_SINCE = 'ALERTS_KEEP_FIRING_SINCE'
export const ALERT_NAME_LABEL = 'alertname'
export const ALERT_STATE_LABEL = 'alertstate'

/** Our own alerts, of rules of which nobody knows how they are. */
export const NO_DATA = 'NoData'
export const EVALUATION_FAILED = 'EvaluationFailed'
const RULE_LABEL = 'rule'

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

const NOTHING: ReadonlyMap<string, FoundAlert> = new Map()

/** An expression as the formatter prints it, and its data without what is compared. */
export interface PrintedRule {
  readonly printed: string
  readonly data?: string | undefined
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
  readonly onUnknown: Required<OnUnknown>
  readonly missing: MissingData
  /** What it says of itself: that it has no data, that it cannot be evaluated. */
  readonly #noData: ActiveAlerts
  readonly #failed: ActiveAlerts
  readonly #data: string | undefined
  /** Its series are stored only when what was stored before the restart has been read. */
  restored: boolean
  readonly #labelTemplates: readonly (readonly [string, AlertTemplate])[]
  readonly #annotationTemplates: readonly (readonly [string, AlertTemplate])[]

  constructor(
    rule: AlertingRule,
    group: RuleGroup,
    { printed, data }: PrintedRule,
    restored: boolean,
    from?: LiveAlertingRule,
  ) {
    this.name = rule.alert
    this.expr = rule.expr
    this.printed = printed
    this.labels = LabelSet.of({ ...group.labels, ...rule.labels })
    this.annotations = LabelSet.of(rule.annotations ?? {})
    this.forMs = durationMs(rule.for)
    this.keepFiringForMs = durationMs(rule.keepFiringFor)
    this.alerts = new ActiveAlerts(this, from?.alerts)
    this.onUnknown = { noData: rule.unknown?.noData ?? 'ok', error: rule.unknown?.error ?? 'keep' }
    const own = Object.keys({ ...group.labels, ...rule.labels })
    this.missing = new MissingData(addedLabels(own, ALERT_NAME_LABEL), from?.missing)
    this.#noData = new ActiveAlerts({ forMs: 0, keepFiringForMs: 0 }, from === undefined ? undefined : from.#noData)
    this.#failed = new ActiveAlerts(
      { forMs: this.forMs, keepFiringForMs: 0 },
      from === undefined ? undefined : from.#failed,
    )
    this.#data = data
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
    const fault = await this.#lookForData(found, evaluation)
    if (fault !== undefined) return { ok: false, fault }
    const { noData } = this.onUnknown
    const active = this.alerts.update(found, at, (key) => noData === 'keep' && this.missing.has(key))
    this.#noData.update(noData === 'alert' && this.missing.size > 0 ? this.#said(this.#noDataAlert()) : NOTHING, at)
    this.#failed.update(NOTHING, at)
    if (active > most) return this.#exceeded(most, active)
    return { ok: true, samples: this.restored ? this.#samples(queryAt) : [] }
  }

  async #lookForData(
    found: ReadonlyMap<string, FoundAlert>,
    { at, queryAt, ask }: Evaluation,
  ): Promise<string | undefined> {
    const expr = this.#data
    if (expr === undefined) return undefined
    const fired = this.alerts.active.filter(({ state }) => state === 'firing')
    const fault = await this.missing.look(
      fired.map(({ labels }) => [labels.key, labels] as const),
      found,
      at,
      () => ask(expr, queryAt),
    )
    // Prometheus does not ask: what fails then makes no difference unless one is wanted.
    return this.onUnknown.noData === 'ok' ? undefined : fault
  }

  /** The query, or what is made of it, has failed. Returns the samples that take the place of those before, if any do. */
  fail(fault: string, at: number): readonly RuleSample[] | undefined {
    const { error } = this.onUnknown
    this.#failed.update(error === 'alert' ? this.#said(this.#failedAlert(fault)) : NOTHING, at)
    if (error !== 'ok') return undefined
    this.missing.clear()
    this.#noData.update(NOTHING, at)
    this.alerts.update(NOTHING, at)
    return this.restored ? this.#samples(at) : []
  }

  #said(alert: FoundAlert): ReadonlyMap<string, FoundAlert> {
    return new Map([[alert.labels.key, alert]])
  }

  #noDataAlert(): FoundAlert {
    const since = new Date(this.missing.since ?? 0).toISOString()
    return this.#ownAlert(NO_DATA, {
      summary: `${this.name} has no data`,
      description: `${this.missing.size} of its alerts fired when their series went away, the first at ${since}: ${this.#data ?? this.printed}`,
    })
  }

  #failedAlert(fault: string): FoundAlert {
    const [summary, description] = [`${this.name} cannot be evaluated`, `${fault}: ${this.printed}`]
    return this.#ownAlert(EVALUATION_FAILED, { summary, description })
  }

  /** With the labels of the rule that are no templates: of those nobody knows what they would be. */
  #ownAlert(alertname: string, annotations: Readonly<Record<string, string>>): FoundAlert {
    const plain = this.#labelTemplates.flatMap(([name, { isPlain, source }]) =>
      isPlain ? [[name, source] as const] : [],
    )
    const labels = LabelSet.of(new Map([...plain, [ALERT_NAME_LABEL, alertname], [RULE_LABEL, this.name]]))
    return { labels, annotations: LabelSet.of(annotations), value: 1 }
  }

  /** The alert that it has no data, if it fired before a restart, fires on. @param stored labels of such alerts. */
  restoreNoData(stored: readonly LabelSet[], at: number): void {
    const { labels } = this.#noDataAlert()
    if (this.onUnknown.noData === 'alert' && stored.some((each) => each.equals(labels)))
      this.missing.restore(labels, at)
  }

  /** To be told of, by keys: its alerts, and what it says of itself. */
  outgoing(at: number, resendMs: number, intervalMs: number): ReadonlyMap<string, OutgoingAlert> {
    const [own, ...more] = this.#all.map((alerts) => alerts.outgoing(at, resendMs, intervalMs))
    return new Map([...(own ?? []), ...more.flatMap((each) => [...each])])
  }

  markSent(keys: ReadonlyMap<string, unknown>, at: number): void {
    for (const alerts of this.#all) alerts.markSent(keys.keys(), at)
  }

  get #all(): readonly ActiveAlerts[] {
    return [this.alerts, this.#noData, this.#failed]
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
    return [...this.alerts.active, ...this.#noData.active].flatMap((alert) => samplesOf(alert, at))
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
  printed: PrintedRule,
  { restored, from }: { readonly restored: boolean; readonly from?: LiveAlertingRule | undefined },
): LiveRule {
  return isAlerting(rule)
    ? new LiveAlertingRule(rule, group, printed, restored, from)
    : new LiveRecordingRule(rule, group, printed.printed)
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
