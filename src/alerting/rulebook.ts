import { LabelSet } from '../series/index.ts'
import { checkGroups, type ReadExpression } from './check-rules.ts'
import type { RulesHost } from './host.ts'
import { LiveGroup, type LiveGroupOptions, type Notify, type RuleStats } from './live-group.ts'
import type { RuleGroup } from './rule.ts'
import { explainRuleFault } from './rule-fault.ts'
import { Schedule } from './schedule.ts'
import type { RuleGroupStatus } from './status.ts'

/** Groups of one file, or of one piece of code. */
export interface RuleSet {
  readonly file: string
  readonly groups: readonly RuleGroup[]
}

export interface RulebookOptions {
  readonly host: RulesHost
  readonly notify: Notify
  readonly readExpression: ReadExpression
  /** Of groups that name none. Default 60 000. */
  readonly intervalMs?: number
  /** What templates see as `$externalLabels` and `$externalURL`. */
  readonly externalLabels?: LabelSet
  readonly externalUrl?: string
  /** Default 30 000. */
  readonly queryTimeoutMs?: number
  /** Default 60 000. */
  readonly resendMs?: number
  /** Default 1 h. */
  readonly outageToleranceMs?: number
  /** Default 10 min. */
  readonly forGraceMs?: number
  /** Whether groups that come after the first load get back what was stored of them, too; default false, as in Prometheus. */
  readonly restoresLater?: boolean
}

interface Slot {
  readonly live: LiveGroup
  readonly schedule: Schedule
  /** The time of the evaluation that was begun last, or before which none is due. */
  last: number
  /** Evaluations until what was stored before a restart is read; 0: it has been. */
  untilRestore: number
  running: Promise<void> | undefined
}

/** Series of groups that were taken away, until their ends are stored. */
interface Ended {
  readonly dueAt: number
  readonly at: number
  readonly series: readonly LabelSet[]
}

const RESTORE_AFTER = 2
/** Series of groups that were taken away; the rest just ends. */
const MAX_ENDED_SERIES = 100_000

/** All rules of a process. Groups do not wait for each other. */
export class Rulebook {
  readonly stats: RuleStats = {
    evaluations: 0,
    failures: 0,
    missed: 0,
    samples: 0,
    refused: 0,
    notified: 0,
    notifyFailures: 0,
  }
  readonly #options: RulebookOptions
  #slots: ReadonlyMap<string, Slot> = new Map()
  #ended: readonly Ended[] = []
  #loaded = false

  constructor(options: RulebookOptions) {
    this.#options = options
  }

  /**
   * Puts these rules in the place of those that there are. Alerts and series are kept by the rule's name and labels; a group
   * that is as before is not disturbed. New groups are evaluated when they are due next.
   * @throws RangeError that names the rule that is not right; then all stays as it was.
   */
  load(sets: readonly RuleSet[], at: number): void {
    const wanted = new Map<string, { readonly file: string; readonly group: RuleGroup }>()
    for (const { file, groups } of sets) {
      const [fault] = checkGroups(groups, this.#options.readExpression)
      if (fault !== undefined) throw new RangeError(explainRuleFault(fault, file))
      for (const group of groups) {
        const key = JSON.stringify([file, group.name])
        if (wanted.has(key)) throw new RangeError(`${file}: group "${group.name}" comes twice`)
        wanted.set(key, { file, group })
      }
    }
    const before = this.#slots
    const slots = new Map<string, Slot>()
    for (const [key, { file, group }] of wanted) {
      const old = before.get(key)
      const same = old !== undefined && JSON.stringify(old.live.group) === JSON.stringify(group)
      slots.set(key, same ? old : this.#slot(file, group, at, old))
    }
    for (const [key, { live, schedule }] of before) {
      if (slots.get(key)?.live === live) continue
      live.end()
      if (!wanted.has(key)) this.#endLater(live, at, at + 2 * schedule.intervalMs)
    }
    this.#slots = slots
    this.#loaded = true
  }

  #slot(file: string, group: RuleGroup, at: number, old: Slot | undefined): Slot {
    old?.live.end()
    const isRestored = this.#loaded && (old !== undefined || this.#options.restoresLater !== true)
    const live = new LiveGroup(group, this.#liveOptions(file), isRestored, old?.live)
    const schedule = new Schedule(file, group.name, live.intervalMs)
    return {
      live,
      schedule,
      last: schedule.dueAt(at),
      untilRestore: old?.untilRestore ?? (isRestored ? 0 : RESTORE_AFTER),
      running: undefined,
    }
  }

  #liveOptions(file: string): LiveGroupOptions {
    const { host, notify, readExpression } = this.#options
    const { intervalMs = 60_000, queryTimeoutMs = 30_000, resendMs = 60_000 } = this.#options
    const { outageToleranceMs = 3_600_000, forGraceMs = 600_000 } = this.#options
    return {
      file,
      host,
      notify,
      intervalMs,
      queryTimeoutMs,
      resendMs,
      outageToleranceMs,
      forGraceMs,
      externalLabels: this.#options.externalLabels ?? LabelSet.EMPTY,
      externalUrl: this.#options.externalUrl ?? '',
      print: (expr) => {
        const read = readExpression(expr)
        return read.ok ? read.printed : expr
      },
      dataOf: (expr) => {
        const read = readExpression(expr)
        return read.ok ? read.data : undefined
      },
      stats: this.stats,
    }
  }

  /** The ends wait, for a group under another name may give the same series on. */
  #endLater({ series }: LiveGroup, at: number, dueAt: number): void {
    const waiting = this.#ended.reduce((sum, each) => sum + each.series.length, 0)
    if (waiting + series.length <= MAX_ENDED_SERIES) this.#ended = [...this.#ended, { dueAt, at, series }]
  }

  /**
   * Begins the evaluation of every group that is due; to be called about once a second. Resolves when what it began is over;
   * nobody needs to wait for that: a group that is still at work is left alone.
   */
  async step(at: number): Promise<void> {
    this.#storeEnds(at)
    const begun: Promise<void>[] = []
    for (const slot of this.#slots.values()) {
      const due = slot.schedule.dueAt(at)
      // A clock that was set back counts from there.
      if (due < slot.last - slot.schedule.intervalMs) slot.last = due - slot.schedule.intervalMs
      if (due <= slot.last || slot.running !== undefined) continue
      this.stats.missed += Math.round((due - slot.last) / slot.schedule.intervalMs) - 1
      slot.last = due
      slot.running = this.#run(slot, due, at)
      begun.push(slot.running)
    }
    await Promise.all(begun)
  }

  async #run(slot: Slot, due: number, at: number): Promise<void> {
    try {
      await slot.live.evaluate(due)
      if (slot.untilRestore > 0 && --slot.untilRestore === 0) await slot.live.restore(at)
    } finally {
      slot.running = undefined
    }
  }

  #storeEnds(at: number): void {
    const due = this.#ended.filter((each) => each.dueAt <= at)
    if (due.length === 0) return
    this.#ended = this.#ended.filter((each) => each.dueAt > at)
    const alive = new Set([...this.#slots.values()].flatMap(({ live }) => live.series.map(({ key }) => key)))
    for (const { series, at: endedAt } of due) {
      const gone = series.filter(({ key }) => !alive.has(key))
      try {
        this.#options.host.append(gone.map((labels) => ({ labels, at: endedAt, value: 'stale' as const })))
      } catch {
        // Without their end stored, series end when nothing more comes.
      }
    }
  }

  /** Ends what is under way; what is stored stays as it is, so that a restart finds it. */
  stop(): void {
    for (const { live } of this.#slots.values()) live.end()
    this.#slots = new Map()
  }

  /** In the order of files and groups. */
  get status(): readonly RuleGroupStatus[] {
    return [...this.#slots.values()].map(({ live }) => live.status)
  }
}
