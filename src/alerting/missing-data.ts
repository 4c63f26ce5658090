import type { LabelSet } from '../series/index.ts'
import { METRIC_NAME_LABEL } from '../series/index.ts'
import type { Asked } from './host.ts'

/** What has not come back for so long is taken to be gone for good. */
const GONE_MS = 24 * 3_600_000
/** More are not watched. */
const MAX_MISSING = 10_000

interface Missing {
  /** Of the series: without what the rule adds. */
  readonly source: LabelSet
  readonly since: number
}

/** The alerts of a rule that fired when their series went away, by the keys of their labels. */
export class MissingData {
  #missing: Map<string, Missing>
  readonly #added: ReadonlySet<string>

  /** @param added the labels that the rule gives, which its series do not have. */
  constructor(added: ReadonlySet<string>, from?: MissingData) {
    this.#added = added
    this.#missing = new Map(from === undefined ? [] : from.#missing)
  }

  get size(): number {
    return this.#missing.size
  }

  has(key: string): boolean {
    return this.#missing.has(key)
  }

  /** Since when the first of them is. */
  get since(): number | undefined {
    const [first] = this.#missing.values()
    return first?.since
  }

  /** It was so before a restart: until there is any data, something is missing. */
  restore(labels: LabelSet, at: number): void {
    this.#missing.set(labels.key, { source: labels.only(new Set()), since: at })
  }

  clear(): void {
    this.#missing.clear()
  }

  /**
   * Looks which series are missing of the alerts that fire and were not found. Asks only when there is any doubt.
   * Returns why that could not be found out; then all stays as it was.
   */
  async look(
    fired: Iterable<readonly [key: string, labels: LabelSet]>,
    found: ReadonlyMap<string, unknown>,
    at: number,
    ask: () => Promise<Asked>,
  ): Promise<string | undefined> {
    const watched = new Map<string, Missing>()
    const ended = new Set<string>()
    for (const [key, each] of this.#missing) {
      if (found.has(key)) continue
      if (at - each.since > GONE_MS) ended.add(key)
      else watched.set(key, each)
    }
    for (const [key, labels] of fired) {
      if (watched.size >= MAX_MISSING || found.has(key) || watched.has(key) || ended.has(key)) continue
      watched.set(key, { source: labels.without(this.#added), since: at })
    }
    if (watched.size > 0) {
      const asked = await ask()
      if (!asked.ok) return asked.fault
      for (const key of present(watched, asked.samples)) watched.delete(key)
    }
    this.#missing = watched
    return undefined
  }
}

/** Those of which a series has all labels. */
function present(watched: ReadonlyMap<string, Missing>, samples: readonly { readonly labels: LabelSet }[]): string[] {
  const byNames = new Map<string, ReadonlySet<string>>()
  return Array.from(watched).flatMap(([key, { source }]) => {
    const names = new Set(Array.from(source, ([name]) => name))
    const named = JSON.stringify([...names])
    let keys = byNames.get(named)
    if (keys === undefined) byNames.set(named, (keys = new Set(samples.map(({ labels }) => labels.only(names).key))))
    return keys.has(source.key) ? [key] : []
  })
}

/** What a rule adds to the labels of its series, and what no series has. */
export function addedLabels(names: Iterable<string>, alertname: string): ReadonlySet<string> {
  return new Set([...names, alertname, METRIC_NAME_LABEL])
}
