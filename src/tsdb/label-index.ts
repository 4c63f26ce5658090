import type { LabelSet, Matcher } from '../series/index.ts'
import { mergeRuns } from './merge-runs.ts'
import { nextTurn, type Pace } from './pace.ts'

const PIECE = 512
/** Microseconds: of one reference passed, of the labels of a series, of a value tried, and of each of its characters. */
const STEP_COST = 0.05
const LABELS_COST = 1
const MATCH_COST = 0.3
const CHARACTER_COST = 0.02

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

  /** In turns; until then `find` may still give the references. */
  async remove(gone: ReadonlyMap<number, LabelSet>, pace: Pace): Promise<void> {
    await without(this.#all, gone, pace, (left) => {
      this.#all = left
    })
    const touched = new Map<string, Set<string>>()
    for (const labels of gone.values()) {
      for (const [name, value] of labels) {
        const values = touched.get(name)
        if (values === undefined) touched.set(name, new Set([value]))
        else values.add(value)
      }
      if (pace.spent(LABELS_COST)) await nextTurn()
    }
    for (const [name, own] of touched) {
      for (const value of own) {
        const values = this.#values.get(name)
        const refs = values?.get(value)
        if (values === undefined || refs === undefined) continue
        await without(refs, gone, pace, (left) => {
          if (left.length > 0) values.set(value, left)
          else values.delete(value)
          if (values.size === 0) this.#values.delete(name)
        })
      }
    }
  }

  /** The series that satisfy every matcher, found in turns. A label that is absent counts as the empty value. */
  async find(matchers: readonly Matcher[], pace: Pace): Promise<Postings> {
    const wanted: Postings[] = []
    const unwanted: Postings[] = []
    for (const matcher of matchers) {
      // What matches the empty value matches the many that lack the label: look for the few that fail.
      const accepted = !matcher.matches('')
      const refs = await this.#carriers(matcher, accepted, pace)
      if (accepted) wanted.push(refs)
      else unwanted.push(refs)
    }
    wanted.sort((a, b) => a.length - b.length)
    let found = wanted[0] ?? this.#all
    for (const refs of wanted.slice(1)) found = await keep(found, refs, true, pace)
    for (const refs of unwanted) found = await keep(found, refs, false, pace)
    return found
  }

  /** Series that have the label, at a value that the matcher accepts; or, with false, at one that it does not. */
  async #carriers(matcher: Matcher, accepted: boolean, pace: Pace): Promise<Postings> {
    const values = this.#values.get(matcher.name)
    if (values === undefined) return []
    const { operator, pattern, value } = matcher
    if ((operator === '=' && accepted) || (operator === '!=' && !accepted)) return values.get(value) ?? []
    const lists: Postings[] = []
    if (pattern?.texts !== undefined && (operator === '=~') === accepted) {
      for (const text of pattern.texts) lists.push(values.get(text) ?? [])
    } else {
      for (const [own, refs] of values) {
        if (matcher.matches(own) === accepted) lists.push(refs)
        if (pace.spent(MATCH_COST + own.length * CHARACTER_COST)) await nextTurn()
      }
    }
    // A series has one value of a label: the lists are disjoint.
    const total = lists.reduce((sum, refs) => sum + refs.length, 0)
    return total === this.#all.length ? this.#all : mergeRuns(lists, (a, b) => a - b, pace)
  }
}

/** Gives `settle` those of `refs` that did not go, in the turn in which the last was looked at: others are added meanwhile. */
async function without(
  refs: Postings,
  gone: ReadonlyMap<number, LabelSet>,
  pace: Pace,
  settle: (left: number[]) => void,
): Promise<void> {
  const left: number[] = []
  for (let from = 0; from < refs.length; from += PIECE) {
    if (pace.spent(PIECE * STEP_COST)) await nextTurn()
    const end = Math.min(refs.length, from + PIECE)
    for (let i = from; i < end; i++) {
      const ref = refs[i] ?? 0
      if (!gone.has(ref)) left.push(ref)
    }
  }
  settle(left)
}

/** Those of `refs` that are among `others`, or those that are not. */
async function keep(refs: Postings, others: Postings, among: boolean, pace: Pace): Promise<Postings> {
  if (others.length === 0) return among ? [] : refs
  const kept: number[] = []
  let at = 0
  for (let from = 0; from < refs.length; from += PIECE) {
    const end = Math.min(refs.length, from + PIECE)
    for (let i = from; i < end; i++) {
      const ref = refs[i] ?? 0
      at = seek(others, ref, at)
      if ((others[at] === ref) === among) kept.push(ref)
    }
    if (pace.spent((end - from) * STEP_COST)) await nextTurn()
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
