import { aggregateOf, isAlike, type Mergeable } from './aggregate.ts'
import { ownLabelsOf } from '../name.ts'
import { isMixing } from './mixing.ts'
import { MergedMetric } from './merged-metric.ts'
import type { Part } from './part.ts'
import { type Attached, noSourceStats, type Source, type SourceStats } from './source.ts'

interface Whole {
  readonly merged: MergedMetric
  /** The registry's own metric, and its share. */
  own: { readonly reader: Mergeable; readonly part: Part } | undefined
}

/** One thread or process, with what each of its metrics has become: undefined when it is left out. */
interface Attachment {
  readonly source: Source
  readonly stats: SourceStats
  readonly shares: Map<Mergeable, { readonly whole: Whole; readonly part: Part } | undefined>
}

/** Makes one page of a registry's metrics and those of other threads and processes. */
export class Merge {
  readonly #constantLabels: Readonly<Record<string, string>>
  readonly #stats: { overflowed: number }
  readonly #attachments = new Set<Attachment>()
  readonly #wholes = new Map<string, Whole>()
  readonly #totals = noSourceStats()
  /** What of each source's counts is in the totals already. */
  readonly #counted = new WeakMap<SourceStats, SourceStats>()

  constructor(constantLabels: Readonly<Record<string, string>>, stats: { overflowed: number }) {
    this.#constantLabels = constantLabels
    this.#stats = stats
  }

  attach(name: string, source: Source, stats: SourceStats = noSourceStats()): Attached {
    const attachment: Attachment = { source, stats, shares: new Map() }
    this.#attachments.add(attachment)
    return {
      name,
      stats,
      ended: () => {
        if (!this.#attachments.has(attachment)) return
        source.end()
        this.#take(attachment, new Map())
        this.#remove(attachment, (merged, part) => merged.keep(part))
      },
      detach: () => this.#remove(attachment, (merged, part) => merged.drop(part)),
    }
  }

  /** Of all that were ever attached. */
  get totals(): Readonly<SourceStats> {
    for (const { stats } of this.#attachments) this.#count(stats)
    return this.#totals
  }

  async refresh(): Promise<void> {
    await Promise.all(Array.from(this.#attachments, async ({ source }) => source.refresh()))
  }

  /** The registry's own metrics, and those that only others have. A metric that one alone has is read as it is. */
  metrics(owns: Iterable<Mergeable>): readonly Mergeable[] {
    const shown = [...owns]
    const own = new Map(shown.map((metric) => [metric.name, metric.fine ?? metric]))
    for (const [name, whole] of this.#wholes) this.#follow(name, whole, own)
    for (const attachment of this.#attachments) this.#take(attachment, own)
    const all = shown.map((metric) => {
      const whole = this.#read(metric.name)
      return whole === undefined ? metric : (metric.over?.(whole) ?? whole)
    })
    for (const name of this.#wholes.keys()) {
      const metric = own.has(name) ? undefined : this.#read(name)
      if (metric !== undefined) all.push(metric)
    }
    return all
  }

  #read(name: string): Mergeable | undefined {
    const merged = this.#wholes.get(name)?.merged
    if (merged === undefined || merged.only !== undefined) return merged?.only
    merged.update()
    return merged
  }

  /** The registry may have got a metric of this name, or lost it, or have got one that this cannot stand beside. */
  #follow(name: string, whole: Whole, own: ReadonlyMap<string, Mergeable>): void {
    const reader = own.get(name)
    const { merged } = whole
    if (reader === undefined ? isMixing(merged, own) : !isAlike(reader, merged)) {
      this.#wholes.delete(name)
      for (const { shares, stats } of this.#attachments) {
        for (const [metric, share] of shares) {
          if (share?.whole !== whole) continue
          shares.set(metric, undefined)
          stats.conflicts++
        }
      }
      return
    }
    if (whole.own?.reader !== reader) {
      if (whole.own !== undefined) merged.drop(whole.own.part)
      whole.own = reader === undefined ? undefined : { reader, part: merged.add(reader, true) }
    }
    if (merged.isEmpty()) this.#wholes.delete(name)
  }

  #take({ source, stats, shares }: Attachment, own: ReadonlyMap<string, Mergeable>): void {
    const present = new Set(source.metrics())
    for (const [metric, share] of shares) {
      if (present.has(metric)) continue
      shares.delete(metric)
      if (share !== undefined) share.whole.merged.drop(share.part)
    }
    for (const metric of present) {
      if (shares.has(metric) || aggregateOf(metric) === 'omit') continue
      const whole = this.#wholeFor(metric, own)
      if (whole === undefined) stats.conflicts++
      shares.set(metric, whole && { whole, part: whole.merged.add(metric, false) })
    }
  }

  #wholeFor(metric: Mergeable, own: ReadonlyMap<string, Mergeable>): Whole | undefined {
    const { kind, name, labelNames } = metric
    const known = this.#wholes.get(name)
    if (known !== undefined) return isAlike(known.merged, metric) ? known : undefined
    const reader = own.get(name)
    if (reader !== undefined && !isAlike(reader, metric)) return undefined
    if (reader === undefined) {
      const labels = [...labelNames, ...ownLabelsOf(kind, name)]
      if (labels.some((label) => Object.hasOwn(this.#constantLabels, label))) return undefined
      if (isMixing(metric, own) || isMixing(metric, new Map(this.#allMerged()))) return undefined
    }
    const merged = new MergedMetric(reader ?? metric, this.#stats)
    const whole: Whole = { merged, own: reader && { reader, part: merged.add(reader, true) } }
    this.#wholes.set(name, whole)
    return whole
  }

  *#allMerged(): Iterable<[string, Mergeable]> {
    for (const [name, { merged }] of this.#wholes) yield [name, merged]
  }

  #remove(attachment: Attachment, leave: (merged: MergedMetric, part: Part) => void): void {
    if (!this.#attachments.delete(attachment)) return
    this.#count(attachment.stats)
    attachment.source.close()
    for (const share of attachment.shares.values()) if (share !== undefined) leave(share.whole.merged, share.part)
    attachment.shares.clear()
  }

  /** Several sources may share their counts, as those of a cluster do. */
  #count(stats: SourceStats): void {
    const before = this.#counted.get(stats) ?? noSourceStats()
    this.#counted.set(stats, { ...stats })
    this.#totals.conflicts += stats.conflicts - before.conflicts
    this.#totals.refused += stats.refused - before.refused
    this.#totals.scrapeFailures += stats.scrapeFailures - before.scrapeFailures
    this.#totals.unplaced += stats.unplaced - before.unplaced
  }
}
