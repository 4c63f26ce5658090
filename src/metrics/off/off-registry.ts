import type { RegistryStats } from '../definition.ts'
import type { Attached, Source, SourceStats } from '../merge/source.ts'
import type { Registry } from '../registry.ts'

/** Every instrument, and every series of it: its calls are empty. */
class OffInstrument {
  inc(): void {}
  dec(): void {}
  set(): void {}
  add(): void {}
  observe(): void {}
  switchTo(): void {}
  setToCurrentTime(): void {}

  /** The timers of a registry without a clock tell NaN. */
  startTimer(): () => number {
    return noTime
  }

  labels(): this {
    return this
  }

  remove(): number {
    return 0
  }

  clear(): void {}
  reset(): void {}
}

const noTime = (): number => NaN
const instrument = new OffInstrument()

class Off implements Registry {
  readonly stats: RegistryStats = { overflowed: 0, collectFailures: 0, exemplarsDropped: 0, expired: 0 }
  readonly constantLabels: Readonly<Record<string, string>> = {}

  get sourceStats(): SourceStats {
    return { conflicts: 0, refused: 0, scrapeFailures: 0, unplaced: 0 }
  }

  counter(): OffInstrument {
    return instrument
  }

  gauge(): OffInstrument {
    return instrument
  }

  histogram(): OffInstrument {
    return instrument
  }

  summary(): OffInstrument {
    return instrument
  }

  info(): OffInstrument {
    return instrument
  }

  stateSet(): OffInstrument {
    return instrument
  }

  remove(): boolean {
    return false
  }

  expire(): number {
    return 0
  }

  reset(): void {}

  overflow(): readonly [] {
    return []
  }

  include(): () => void {
    return () => undefined
  }

  /** Nobody is asked, and nothing is counted. */
  attach(name: string, source: Source): Attached {
    source.close()
    const stats = { conflicts: 0, refused: 0, scrapeFailures: 0, unplaced: 0 }
    return { name, stats, ended: () => undefined, detach: () => undefined }
  }

  async refresh(): Promise<void> {}

  metrics(): readonly [] {
    return []
  }

  async collect(): Promise<readonly []> {
    return []
  }
}

/**
 * A {@link Registry} that is off: all of its instruments are one whose calls do nothing, and its page is empty. Nothing is
 * checked, `collect` callbacks are not called, and timers return NaN. It imports nothing, so that a bundle that makes no
 * other registry carries no other.
 */
export const OffRegistry: new () => Registry = Off
