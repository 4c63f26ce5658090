import type { Definition, Surroundings } from '../definition.ts'
import type { Counter, ExemplarInput } from '../instrument.ts'
import { type Child, type Home, Series } from '../series/series.ts'
import { refuseIncrement } from './counter.ts'

/** A counter without labels, in a field of its own: V8 keeps that in a register while it goes round, and no array's number. */
export class LoneCounter implements Counter, Child {
  readonly #home: Home
  #sum = 0

  constructor(home: Home) {
    this.#home = home
  }

  get sum(): number {
    return this.#sum
  }

  inc(by = 1, exemplar?: ExemplarInput): void {
    if (!(by >= 0 && by < Infinity) || typeof by !== 'number') refuseIncrement(this.#home.name, by)
    this.#sum += by
    if (exemplar !== undefined) this.#home.mark(0, 0, exemplar, by)
  }

  restart(): void {
    this.#sum = 0
  }

  detach(): void {}
}

/** Its page is brought up to date when it is asked for. Not for memory that others read by themselves. */
export class LoneCounterSeries extends Series<LoneCounter> {
  constructor(definition: Definition, surroundings: Surroundings) {
    super(definition, surroundings, (home) => new LoneCounter(home))
  }

  override page(slot: number): Float64Array {
    const page = super.page(slot)
    page[0] = this.child(0).sum
    return page
  }
}
