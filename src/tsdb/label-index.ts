import { compareText, type LabelSet, type Matcher } from '../series/index.ts'

/** References, ascending. */
type Postings = readonly number[]

/** Which series carry which labels. Series must be added in ascending order of reference. */
export class LabelIndex {
  #all: number[] = []
  readonly #values = new Map<string, Map<string, number[]>>()

  add(ref: number, labels: LabelSet): void {
    this.#all.push(ref)
    for (const [name, value] of labels) {
      let values = this.#values.get(name)
      if (values === undefined) this.#values.set(name, (values = new Map()))
      const refs = values.get(value)
      if (refs === undefined) values.set(value, [ref])
      else refs.push(ref)
    }
  }

  remove(gone: ReadonlyMap<number, LabelSet>): void {
    const stays = (ref: number): boolean => !gone.has(ref)
    this.#all = this.#all.filter(stays)
    const touched = new Map<string, Set<string>>()
    for (const labels of gone.values()) {
      for (const [name, value] of labels) {
        const values = touched.get(name)
        if (values === undefined) touched.set(name, new Set([value]))
        else values.add(value)
      }
    }
    for (const [name, own] of touched) {
      const values = this.#values.get(name)
      for (const value of own) {
        const left = values?.get(value)?.filter(stays) ?? []
        if (left.length === 0) values?.delete(value)
        else values?.set(value, left)
      }
      if (values?.size === 0) this.#values.delete(name)
    }
  }

  /** The series that satisfy every matcher. A label that is absent counts as the empty value. */
  find(matchers: readonly Matcher[]): Postings {
    const wanted: Postings[] = []
    const unwanted: Postings[] = []
    for (const matcher of matchers) {
      // What matches the empty value matches the many that lack the label: look for the few that fail.
      if (matcher.matches('')) unwanted.push(this.#carriers(matcher, false))
      else wanted.push(this.#carriers(matcher, true))
    }
    wanted.sort((a, b) => a.length - b.length)
    let found = wanted[0] ?? this.#all
    for (const refs of wanted.slice(1)) found = keep(found, refs, true)
    for (const refs of unwanted) found = keep(found, refs, false)
    return found
  }

  names(): string[] {
    return [...this.#values.keys()].sort(compareText)
  }

  values(name: string): string[] {
    return [...(this.#values.get(name)?.keys() ?? [])].sort(compareText)
  }

  /** Series that have the label, at a value that the matcher accepts; or, with false, at one that it does not. */
  #carriers(matcher: Matcher, accepted: boolean): Postings {
    const values = this.#values.get(matcher.name)
    if (values === undefined) return []
    const { operator, pattern, value } = matcher
    if ((operator === '=' && accepted) || (operator === '!=' && !accepted)) return values.get(value) ?? []
    const lists: Postings[] = []
    if (pattern?.texts !== undefined && (operator === '=~') === accepted) {
      for (const text of pattern.texts) lists.push(values.get(text) ?? [])
    } else {
      for (const [own, refs] of values) if (matcher.matches(own) === accepted) lists.push(refs)
    }
    if (lists.length <= 1) return lists[0] ?? []
    // A series has one value of a label: the lists are disjoint.
    return lists.flat().sort((a, b) => a - b)
  }
}

/** Those of `refs` that are among `others`, or those that are not. */
function keep(refs: Postings, others: Postings, among: boolean): Postings {
  if (others.length === 0) return among ? [] : refs
  const kept: number[] = []
  let at = 0
  for (const ref of refs) {
    at = seek(others, ref, at)
    if ((others[at] === ref) === among) kept.push(ref)
  }
  return kept
}

/** First place from `from` on that holds `ref` or more: strides that double, then halves. */
function seek(refs: Postings, ref: number, from: number): number {
  let low = from
  let stride = 1
  while ((refs[low + stride] ?? Infinity) < ref) {
    low += stride
    stride *= 2
  }
  let high = Math.min(refs.length, low + stride)
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((refs[middle] ?? Infinity) < ref) low = middle + 1
    else high = middle
  }
  return low
}
