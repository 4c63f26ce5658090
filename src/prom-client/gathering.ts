import { aggregators, type MetricJson } from './aggregators.ts'
import { groupBy } from './group.ts'
import { Registry } from './registry.ts'
import type { RegistryContentType } from './types.ts'

/** For those that have said that they are there. */
const ANSWER_MS = 5000
/** For those that have not, or did not answer last time: there may be nobody who listens. */
const UNANNOUNCED_MS = 1000

/** What a process or thread tells of each of its registries. */
export type Told = readonly (readonly MetricJson[])[]

export interface Peer {
  readonly id: number
  readonly announced: boolean
  ask(requestId: number): void
}

interface Asked {
  readonly waiting: Set<number>
  readonly answers: Map<number, Told>
  readonly errors: Error[]
  readonly settle: () => void
}

/** Asks peers for their metrics and adds them up. Totals of those that are gone stay. */
export class Gathering {
  readonly #asked = new Map<number, Asked>()
  /** What each peer told last. */
  readonly #last = new Map<number, Told>()
  /** Who did not answer in time, and has not been heard since. */
  readonly #silent = new Set<number>()
  /** Counters, histograms and what summaries count, of those that are gone. */
  #history: readonly MetricJson[] = []
  #requests = 0

  get knows(): boolean {
    return this.#history.length > 0
  }

  /**
   * Whoever does not answer in time stands with what it told last.
   * @throws Error when nobody answers, and nobody ever has.
   */
  async gather(peers: readonly Peer[], own: Told, contentType: RegistryContentType): Promise<string> {
    const { answers, errors } = await this.#ask(peers)
    const told = peers.map(({ id }) => answers.get(id) ?? this.#last.get(id))
    if (peers.length > 0 && told.every((one) => one === undefined)) {
      throw errors[0] ?? new Error('Operation timed out.')
    }
    const all = [this.#history, ...own, ...told.flatMap((one) => one ?? [])]
    return Registry.aggregate(all, contentType).metrics()
  }

  /** Resolves when no answer is awaited any more. */
  async idle(): Promise<void> {
    while (this.#asked.size > 0) await new Promise((resolve) => setTimeout(resolve, 10))
  }

  hear(id: number, told: Told): void {
    this.#last.set(id, told)
    this.#silent.delete(id)
  }

  answer(id: number, requestId: number, answer: Told | Error): void {
    if (!(answer instanceof Error)) this.hear(id, answer)
    const asked = this.#asked.get(requestId)
    if (asked === undefined || !asked.waiting.delete(id)) return
    if (answer instanceof Error) asked.errors.push(answer)
    else asked.answers.set(id, answer)
    if (asked.waiting.size === 0) asked.settle()
  }

  /** The peer is gone: what it counted becomes history. */
  bury(id: number): void {
    const told = this.#last.get(id)
    this.#last.delete(id)
    this.#silent.delete(id)
    if (told !== undefined) this.#history = added([...this.#history, ...told.flat().flatMap(totals)])
    for (const asked of this.#asked.values()) {
      if (asked.waiting.delete(id) && asked.waiting.size === 0) asked.settle()
    }
  }

  async #ask(peers: readonly Peer[]): Promise<Asked> {
    const requestId = this.#requests++
    const waiting = new Set(peers.map(({ id }) => id))
    return new Promise((resolve) => {
      const settle = (): void => {
        clearTimeout(late)
        clearTimeout(silent)
        this.#asked.delete(requestId)
        for (const id of waiting) this.#silent.add(id)
        resolve(asked)
      }
      const asked: Asked = { waiting, answers: new Map(), errors: [], settle }
      const late = setTimeout(settle, ANSWER_MS)
      const silent = setTimeout(() => {
        for (const { id, announced } of peers) if (!announced || this.#silent.has(id)) waiting.delete(id)
        if (waiting.size === 0) settle()
      }, UNANNOUNCED_MS)
      this.#asked.set(requestId, asked)
      for (const peer of peers) {
        try {
          peer.ask(requestId)
        } catch (error) {
          this.answer(peer.id, requestId, error instanceof Error ? error : new Error(String(error)))
        }
      }
      if (waiting.size === 0) settle()
    })
  }
}

/** What of a metric only ever grows. */
function totals(metric: MetricJson): MetricJson[] {
  if ((metric.aggregator ?? 'sum') !== 'sum') return []
  if (metric.type === 'counter' || metric.type === 'histogram') return [metric]
  if (metric.type !== 'summary') return []
  return [{ ...metric, values: metric.values.filter(({ metricName }) => metricName !== undefined) }]
}

function added(metrics: readonly MetricJson[]): MetricJson[] {
  const groups = groupBy(metrics, ({ name }) => name)
  return [...groups.values()].flatMap((group) => aggregators.sum(group) ?? [])
}
