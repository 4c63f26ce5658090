import type { LabelledStateSet, LabelValues, StateSet } from '../instrument.ts'
import type { Child, Home } from '../series/series.ts'
import { Labels } from './labels.ts'

export class StateSetChild<S extends string> implements StateSet<S>, Child {
  readonly #home: Home
  #page: Float64Array
  #at: number

  constructor(home: Home, slot: number) {
    this.#home = home
    this.#page = home.page(slot)
    this.#at = home.offset(slot)
  }

  set(state: S, on: boolean): void {
    this.#page[this.#at + indexOf(this.#home, state)] = on ? 1 : 0
  }

  switchTo(state: S): void {
    const only = indexOf(this.#home, state)
    for (let i = 0; i < this.#home.width; i++) this.#page[this.#at + i] = i === only ? 1 : 0
  }

  detach(): void {
    this.#page = this.#home.scratch
    this.#at = 0
  }
}

export class StateSetLabels<L extends string, S extends string>
  extends Labels<L, StateSetChild<S>>
  implements LabelledStateSet<L, S>
{
  set(values: LabelValues<L>, state: S, on: boolean): void {
    indexOf(this.series, state)
    this.labels(values).set(state, on)
  }

  switchTo(values: LabelValues<L>, state: S): void {
    indexOf(this.series, state)
    this.labels(values).switchTo(state)
  }
}

function indexOf({ name, states }: Home, state: string): number {
  const index = states.indexOf(state)
  if (index < 0) throw new RangeError(`${name}: state ${JSON.stringify(state)} is none of [${states.join(', ')}]`)
  return index
}

/** At least one, none twice. */
export function checkStates(name: string, states: readonly string[]): readonly string[] {
  const wellFormed = states.map((state) => state.toWellFormed())
  if (states.length > 0 && new Set(wellFormed).size === states.length) return wellFormed
  throw new RangeError(`${name}: states [${states.join(', ')}] must be different ones and at least one`)
}
