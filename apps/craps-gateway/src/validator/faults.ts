/** Faults to show, each off by default. */
export interface FaultSettings {
  readonly delayMs: { readonly least: number; readonly most: number }
  /** 0 to 1: of the requests. */
  readonly delayShare: number
  /** 0 to 1: of the proposals. */
  readonly refuseShare: number
  /** Rounds signed before the crash. */
  readonly crashAfter: number
}

export const NO_FAULTS: FaultSettings = {
  delayMs: { least: 0, most: 0 },
  delayShare: 1,
  refuseShare: 0,
  crashAfter: Infinity,
}

/** `50` or `50-400`; undefined for what is neither, or above a minute. */
export function readDelay(given: string): FaultSettings['delayMs'] | undefined {
  const [, from, to] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(given) ?? []
  const [least, most] = [Number(from), Number(to ?? from)]
  return least <= most && most <= 60_000 ? { least, most } : undefined
}

export class Faults {
  #settings: FaultSettings
  readonly #random: () => number

  constructor(settings: FaultSettings, random: () => number) {
    this.#settings = settings
    this.#random = random
  }

  get settings(): FaultSettings {
    return this.#settings
  }

  /** From the next request on. */
  set(settings: FaultSettings): void {
    this.#settings = settings
  }

  /** How long to hold this request, in milliseconds. */
  delayMs(): number {
    const { delayMs, delayShare } = this.#settings
    if (delayMs.most === 0 || this.#random() >= delayShare) return 0
    return delayMs.least + this.#random() * (delayMs.most - delayMs.least)
  }

  refuses(): boolean {
    return this.#random() < this.#settings.refuseShare
  }

  /** Asked when a secret is due, the worst moment: the others have committed, and the attempt is lost. */
  crashes(signed: number): boolean {
    return signed >= this.#settings.crashAfter
  }
}
