/** How long work may go on before others get their turn. */
const SLICE_MS = 4
const CHECK_EVERY = 64

/** Cuts long work into slices. */
export class Turns {
  readonly #now: () => number
  #begun: number
  #steps = 0

  /** `now` is in ms that never go back. */
  constructor(now: () => number) {
    this.#now = now
    this.#begun = now()
  }

  /** To be called after each small piece of work; when it is true, `next` is to be awaited. */
  get over(): boolean {
    return ++this.#steps % CHECK_EVERY === 0 && this.#now() - this.#begun >= SLICE_MS
  }

  async next(): Promise<void> {
    await new Promise<void>((resolve) => {
      setImmediate(resolve)
    })
    this.#begun = this.#now()
  }
}
