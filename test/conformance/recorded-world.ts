import type { AlertStatus, RuleGroupStatus, RuleStatus } from '../../src/alerting/index.ts'
import type { ApiSources, BuildInfo } from '../../src/runtime/api/sources.ts'
import type { TargetStatus } from '../../src/runtime/targets/status.ts'
import { LabelSet, type MetricMetadata, parseDuration } from '../../src/series/index.ts'
import { openTsdb, type Tsdb } from '../../src/tsdb/index.ts'

export interface Recorded {
  readonly name: string
  /** `GET /path?query` */
  readonly req: string
  readonly status: number
  readonly ct?: string
  /** The origin that was allowed. */
  readonly cors?: string
  readonly body: string
}

type Labels = Readonly<Record<string, string>>
type PointText = readonly [seconds: number, value: string]

/** Everything that Prometheus knew when it was asked, read back from what it answered. */
export class RecordedWorld {
  readonly store: Tsdb
  readonly sources: Partial<ApiSources>
  readonly #pairs: ReadonlyMap<string, Recorded>
  #now = 0

  private constructor(pairs: ReadonlyMap<string, Recorded>, store: Tsdb) {
    this.#pairs = pairs
    this.store = store
    this.sources = {
      corsOrigin: '.*',
      exemplars: (matchers, from, to) => store.exemplars(matchers, from, to),
      ruleGroups: () => (this.#data('rules') as { groups: readonly GroupText[] }).groups.map(groupOf),
      targets: () => ({ active: this.#targets().map(targetOf), dropped: [] }),
      targetMetadata: () => new Map(Object.entries(METADATA)),
      alertmanagers: () => ({
        active: (this.#data('alertmanagers') as { activeAlertmanagers: { url: string }[] }).activeAlertmanagers.map(
          ({ url }) => url,
        ),
        dropped: [],
      }),
      flags: () => this.#data('flags') as Labels,
      configText: () => (this.#data('config') as { yaml: string }).yaml,
      build: this.#data('buildinfo') as BuildInfo,
      externalLabels: LabelSet.of({ cluster: 'test' }),
    }
  }

  static async of(pairs: readonly Recorded[]): Promise<RecordedWorld> {
    const world = new RecordedWorld(new Map(pairs.map((pair) => [pair.name, pair])), await openTsdb())
    world.#fill()
    return world
  }

  now(): number {
    return this.#now
  }

  /** Moves on to when a request was made, where its answer tells. */
  moveTo({ name, body }: Recorded): void {
    const times = Array.from(body.matchAll(/\[(1\d{9}(?:\.\d+)?),/g), ([, text]) => Number(text) * 1000)
    if (times.length > 0 && !body.includes('matrix')) this.#now = Math.round(Math.max(...times))
    if (name === 'federate') this.#scrapeAgain(body)
  }

  #data(name: string): unknown {
    return (JSON.parse(this.#pairs.get(name)?.body ?? '{}') as { data: unknown }).data
  }

  #targets(): readonly TargetText[] {
    return (this.#data('targets') as { activeTargets: readonly TargetText[] }).activeTargets
  }

  #fill(): void {
    this.#fillUp()
    const exact = (this.#data('query_matrix') as { result: { metric: Labels; values: PointText[] }[] }).result
    const coarse = (this.#data('range') as { result: { metric: Labels; values: PointText[] }[] }).result
    for (const [i, { metric, values }] of exact.entries()) {
      const offset = Math.round((values[0]?.[0] ?? 0) * 1000) % 1000
      const samples = new Map(values.map(([seconds, value]) => [Math.round(seconds * 1000), value]))
      // A range query shows each sample at a moment after it.
      for (const [seconds, value] of coarse[i]?.values ?? []) samples.set((seconds - 1) * 1000 + offset, value)
      for (const [at, value] of [...samples].sort(([a], [b]) => a - b)) {
        this.store.append(LabelSet.of(metric), at, Number(value))
      }
    }
    for (const { seriesLabels, exemplars } of this.#data('exemplars') as readonly ExemplarText[]) {
      const ref = this.store.series(LabelSet.of(seriesLabels)) ?? Number.NaN
      const batch = this.store.batch()
      for (const { labels, value, timestamp } of exemplars) {
        const at = Math.round(timestamp * 1000)
        batch.add(ref, at, 1).addExemplar(ref, { labels: LabelSet.of(labels), value: Number(value), at })
      }
      batch.commit()
    }
    this.store.append(LabelSet.of({ __name__: 'ALERTS', alertname: 'Down', job: 'down' }), this.#now, 1)
    for (const [name, metadata] of Object.entries(METADATA)) this.store.setMetadata(name, metadata)
  }

  #fillUp(): void {
    type Up = { result: { metric: Labels; value: PointText }[] }
    const recent = new Set((this.#data('lookback') as Up).result.map(({ metric }) => metric['job']))
    for (const { metric, value } of (this.#data('err_exec') as Up).result) {
      const target = this.#targets().find(({ scrapePool }) => scrapePool === metric['job'])
      const last = Date.parse(target?.lastScrape ?? '')
      const at = recent.has(metric['job']) ? last : last - 1000
      this.store.append(LabelSet.of({ ...metric, __name__: 'up' }), at, Number(value[1]) / 2)
    }
  }

  /** What was scraped until the page that is asked for last. */
  #scrapeAgain(page: string): void {
    for (const [, labels = '', value, at] of page.matchAll(/^(\w+\{.*\}) (\S+) (\d+)$/gm)) {
      const pairs = Array.from(labels.matchAll(/(\w+)="([^"]*)"/g), ([, name = '', text = '']) => [name, text] as const)
      const own = pairs.filter(([name]) => name !== 'cluster')
      const metric = labels.slice(0, labels.indexOf('{'))
      this.store.append(LabelSet.of([['__name__', metric], ...own]), Number(at), Number(value))
      this.#now = Math.max(this.#now, Number(at))
    }
  }
}

const METADATA: Readonly<Record<string, MetricMetadata>> = {
  demo_requests: { type: 'counter', help: 'Requests.', unit: '' },
  demo_temp: { type: 'gauge', help: 'Temperature.', unit: '' },
}

interface ExemplarText {
  readonly seriesLabels: Labels
  readonly exemplars: readonly { readonly labels: Labels; readonly value: string; readonly timestamp: number }[]
}

interface TargetText {
  readonly discoveredLabels: Labels
  readonly labels: Labels
  readonly scrapePool: string
  readonly scrapeUrl: string
  readonly lastError: string
  readonly lastScrape: string
  readonly lastScrapeDuration: number
  readonly health: 'up' | 'down'
  readonly scrapeInterval: string
  readonly scrapeTimeout: string
}

function targetOf(text: TargetText): TargetStatus {
  return {
    discoveredLabels: LabelSet.of(text.discoveredLabels),
    labels: LabelSet.of(text.labels),
    scrapePool: text.scrapePool,
    scrapeUrl: text.scrapeUrl,
    health: text.health,
    lastError: text.lastError,
    lastScrape: Date.parse(text.lastScrape),
    lastScrapeMs: text.lastScrapeDuration * 1000,
    scrapeIntervalMs: parseDuration(text.scrapeInterval),
    scrapeTimeoutMs: parseDuration(text.scrapeTimeout),
  }
}

interface RanText {
  readonly name: string
  readonly evaluationTime: number
  readonly lastEvaluation: string
}

interface GroupText extends RanText {
  readonly file: string
  readonly interval: number
  readonly limit: number
  readonly rules: readonly RuleText[]
}

interface RuleText extends RanText {
  readonly type: 'alerting' | 'recording'
  readonly query: string
  readonly labels?: Labels
  readonly health: 'ok'
  readonly state: 'firing'
  readonly duration: number
  readonly keepFiringFor: number
  readonly annotations: Labels
  readonly alerts: readonly AlertText[]
}

interface AlertText {
  readonly labels: Labels
  readonly annotations: Labels
  readonly state: 'pending' | 'firing'
  readonly activeAt: string
  readonly value: string
}

function groupOf({ name, file, interval, limit, rules, evaluationTime, lastEvaluation }: GroupText): RuleGroupStatus {
  return {
    name,
    file,
    intervalMs: interval * 1000,
    limit,
    rules: rules.map(ruleOf),
    evaluationMs: evaluationTime * 1000,
    lastEvaluation: Date.parse(lastEvaluation),
  }
}

function ruleOf(text: RuleText): RuleStatus {
  const common = {
    name: text.name,
    query: text.query,
    labels: LabelSet.of(text.labels ?? {}),
    health: text.health,
    lastError: undefined,
    evaluationMs: text.evaluationTime * 1000,
    lastEvaluation: Date.parse(text.lastEvaluation),
    samples: 0,
  }
  if (text.type === 'recording') return { ...common, kind: 'recording' }
  return {
    ...common,
    kind: 'alerting',
    state: text.state,
    forMs: text.duration * 1000,
    keepFiringForMs: text.keepFiringFor * 1000,
    annotations: LabelSet.of(text.annotations),
    alerts: text.alerts.map((alert): AlertStatus => ({
      state: alert.state,
      labels: LabelSet.of(alert.labels),
      annotations: LabelSet.of(alert.annotations),
      activeAt: Date.parse(alert.activeAt),
      keepFiringSince: undefined,
      value: Number(alert.value),
    })),
  }
}
