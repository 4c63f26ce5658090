import { compareText } from './text-order.ts'

/** The label that holds a metric's name. */
export const METRIC_NAME_LABEL = '__name__'

const PLAIN_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/
const PLAIN_METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/

/**
 * The labels of one series: frozen, sorted by name in UTF-8 byte order, each name once. An empty value means that the
 * label is absent, as in Prometheus. Two sets are equal exactly when their `key` is.
 */
export class LabelSet implements Iterable<readonly [name: string, value: string]> {
  static readonly EMPTY: LabelSet = new LabelSet([])
  /** Injective: a length stands before every text. Not for showing; see toString. */
  readonly key: string
  readonly #pairs: readonly (readonly [string, string])[]

  private constructor(sorted: readonly (readonly [string, string])[]) {
    this.#pairs = sorted
    let key = ''
    for (const [name, value] of sorted) key += `${name.length}:${name}${value.length}:${value}`
    this.key = key
  }

  /** @throws RangeError for an empty name, or one that comes twice. */
  static of(labels: Readonly<Record<string, string>> | Iterable<readonly [string, string]>): LabelSet {
    const present = sortedPairs(labels).filter(([, value]) => value !== '')
    return present.length === 0 ? LabelSet.EMPTY : new LabelSet(present)
  }

  /** Of annotations, which Alertmanager keeps without a value. @throws RangeError as `of` */
  static keepingEmpty(annotations: Readonly<Record<string, string>> | Iterable<readonly [string, string]>): LabelSet {
    const pairs = sortedPairs(annotations)
    return pairs.length === 0 ? LabelSet.EMPTY : new LabelSet(pairs)
  }

  get size(): number {
    return this.#pairs.length
  }

  /** '' when the label is absent. */
  get(name: string): string {
    return this.#pairs.find(([own]) => own === name)?.[1] ?? ''
  }

  has(name: string): boolean {
    return this.get(name) !== ''
  }

  /** A set with this label at this value; an empty value takes it out. */
  with(name: string, value: string): LabelSet {
    return LabelSet.of([...this.#pairs.filter(([own]) => own !== name), [name, value]])
  }

  only(names: ReadonlySet<string>): LabelSet {
    const kept = this.#pairs.filter(([name]) => names.has(name))
    return kept.length === this.#pairs.length ? this : kept.length === 0 ? LabelSet.EMPTY : new LabelSet(kept)
  }

  without(names: ReadonlySet<string>): LabelSet {
    const kept = this.#pairs.filter(([name]) => !names.has(name))
    return kept.length === this.#pairs.length ? this : kept.length === 0 ? LabelSet.EMPTY : new LabelSet(kept)
  }

  equals(other: LabelSet): boolean {
    return this.key === other.key
  }

  /** Name by name, then value by value; the shorter set first: the order in which Prometheus sorts series. */
  compare(other: LabelSet): number {
    const length = Math.min(this.size, other.size)
    for (let i = 0; i < length; i++) {
      const [name = '', value = ''] = this.#pairs[i] ?? []
      const [otherName = '', otherValue = ''] = other.#pairs[i] ?? []
      const order = compareText(name, otherName) || compareText(value, otherValue)
      if (order !== 0) return order
    }
    return this.size - other.size
  }

  [Symbol.iterator](): Iterator<readonly [string, string]> {
    return this.#pairs[Symbol.iterator]()
  }

  toObject(): Record<string, string> {
    return Object.fromEntries(this.#pairs)
  }

  /** As a PromQL selector: `up{job="craps"}`; names outside the classic characters are quoted. */
  toString(): string {
    const metric = this.get(METRIC_NAME_LABEL)
    const plain = PLAIN_METRIC_NAME.test(metric)
    const inside = this.#pairs
      .filter(([name]) => name !== METRIC_NAME_LABEL)
      .map(([name, value]) => `${PLAIN_NAME.test(name) ? name : quote(name)}=${quote(value)}`)
    if (metric !== '' && !plain) inside.unshift(quote(metric))
    return (plain ? metric : '') + (inside.length > 0 || !plain ? `{${inside.join(', ')}}` : '')
  }
}

function sortedPairs(
  labels: Readonly<Record<string, string>> | Iterable<readonly [string, string]>,
): (readonly [string, string])[] {
  const given = Symbol.iterator in labels ? [...labels] : Object.entries(labels)
  const pairs = given
    .map(([name, value]) => [name.toWellFormed(), value.toWellFormed()] as const)
    .sort(([a], [b]) => compareText(a, b))
  pairs.forEach(([name], i) => {
    if (name === '') throw new RangeError('a label needs a name')
    if (pairs[i - 1]?.[0] === name) throw new RangeError(`label ${JSON.stringify(name)} comes twice`)
  })
  return pairs
}

/** A PromQL string literal; JSON's escapes are a subset of Go's. */
export function quote(text: string): string {
  return JSON.stringify(text)
}
