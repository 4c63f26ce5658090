import { type FaultHandler, guarded } from './guard.ts'

const COST_OF_FAULT = 100
const LIMIT = 1000

/**
 * Runs the hooks of one instrument until they fail too often: at the tenth fault in a row, or when more than one in a
 * hundred fails for long. From then on the instrument is off.
 */
export class Fuse {
  readonly #name: string
  readonly #onFault: FaultHandler
  #level = 0
  #blown = false

  constructor(name: string, onFault: FaultHandler) {
    this.#name = name
    this.#onFault = onFault
  }

  get blown(): boolean {
    return this.#blown
  }

  run<T>(work: () => T): T | undefined {
    if (this.#blown) return undefined
    if (this.#level > 0) this.#level--
    return guarded(this.#fault, work)
  }

  readonly #fault = (error: unknown): void => {
    this.#level += COST_OF_FAULT + 1
    if (this.#level < LIMIT || this.#blown) return this.#onFault(error)
    this.#blown = true
    this.#onFault(new Error(`${this.#name} is switched off: it failed too often`, { cause: error }))
  }
}
