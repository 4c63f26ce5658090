/** Other work gets its turn after this long. */
const TURN_MS = 2

export interface TurnOptions {
  /** Milliseconds that never go back. */
  readonly now: () => number
  /** Resolves when other work has had its turn. */
  readonly pause: () => Promise<void>
}

/** Cuts long work into turns of the event loop. */
export class Turns {
  readonly #options: TurnOptions
  #began: number

  constructor(options: TurnOptions) {
    this.#options = options
    this.#began = options.now()
  }

  /** Asked first where even a promise is too much. */
  get isOver(): boolean {
    return this.#options.now() - this.#began >= TURN_MS
  }

  /** To be called between two bits of work of a few milliseconds at most. */
  async breathe(): Promise<void> {
    if (!this.isOver) return
    await this.#options.pause()
    this.#began = this.#options.now()
  }
}
