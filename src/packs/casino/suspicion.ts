/** One reason to look at a player more closely. */
export interface SuspicionPart {
  readonly name: 'win rate' | 'stake pattern' | 'timing'
  /** From 0, nothing to see, to 1. */
  readonly score: number
  /** The figures behind the score, as text for an operator. */
  readonly reason: string
}

export interface Suspicion {
  /** 1 minus the product of what the parts leave over: one strong part is enough, weak ones add up. */
  readonly score: number
  readonly parts: readonly SuspicionPart[]
}

export function combine(parts: readonly SuspicionPart[]): Suspicion {
  return { score: 1 - parts.reduce((rest, part) => rest * (1 - part.score), 1), parts }
}

/** 0 at `from`, 1 at `to`, straight in between; `to` may lie below `from`. */
function ramp(value: number, from: number, to: number): number {
  return Math.min(1, Math.max(0, (value - from) / (to - from)))
}

function tooFew(name: SuspicionPart['name'], what: string, seen: number, needed: number): SuspicionPart {
  return { name, score: 0, reason: `too few ${what} to judge: ${seen} of ${needed}` }
}

const MIN_DECIDED = 30
/** Of the number of wins; below it the normal approximation does not hold. */
const MIN_VARIANCE = 5
/** Standard deviations. Among 10 000 honest players 13 are above 3, and none is near 6. */
const Z_UNUSUAL = 3
const Z_IMPLAUSIBLE = 6

/** Wins against their expectation: a z-score over all decided bets, each with its own probability. */
export class WinRate {
  #wins = 0
  #decided = 0
  #expected = 0
  #variance = 0

  get rate(): number | undefined {
    return this.#decided > 0 ? this.#wins / this.#decided : undefined
  }

  decided(won: boolean, probability: number): void {
    this.#decided++
    if (won) this.#wins++
    this.#expected += probability
    this.#variance += probability * (1 - probability)
  }

  part(): SuspicionPart {
    const name = 'win rate'
    if (this.#decided < MIN_DECIDED) return tooFew(name, 'decided bets', this.#decided, MIN_DECIDED)
    if (this.#variance < MIN_VARIANCE) {
      const variance = this.#variance.toFixed(1)
      return { name, score: 0, reason: `too few decided bets at such odds: variance ${variance} of ${MIN_VARIANCE}` }
    }
    const z = (this.#wins - this.#expected) / Math.sqrt(this.#variance)
    const reason = `won ${this.#wins} of ${this.#decided} decided bets where ${this.#expected.toFixed(1)} were expected: z = ${z.toFixed(1)}`
    return { name, score: ramp(z, Z_UNUSUAL, Z_IMPLAUSIBLE), reason }
  }
}

const MIN_AFTER_LOSS = 20
/** Stake over lost stake: the martingale doubles, its bolder kin add a unit on top. */
const DOUBLING = { least: 1.9, most: 3.1 } as const
/** Of the bets after a loss. Stakes picked at random double in a tenth of the cases. */
const SHARE_UNUSUAL = 0.4
const SHARE_SYSTEM = 0.8

/** Doubling after losses: the martingale. */
export class StakePattern {
  #lostStake = 0
  #afterLoss = 0
  #doubled = 0

  placed(amount: number): void {
    if (this.#lostStake > 0) {
      const ratio = amount / this.#lostStake
      this.#afterLoss++
      if (ratio >= DOUBLING.least && ratio <= DOUBLING.most) this.#doubled++
    }
    this.#lostStake = 0
  }

  settled(stake: number, lost: boolean): void {
    this.#lostStake = lost ? stake : 0
  }

  part(): SuspicionPart {
    const name = 'stake pattern'
    if (this.#afterLoss < MIN_AFTER_LOSS) return tooFew(name, 'bets after a loss', this.#afterLoss, MIN_AFTER_LOSS)
    const share = this.#doubled / this.#afterLoss
    const reason = `doubled the stake after ${this.#doubled} of ${this.#afterLoss} losses (${(share * 100).toFixed(0)} %)`
    return { name, score: ramp(share, SHARE_UNUSUAL, SHARE_SYSTEM), reason }
  }
}

const MIN_GAPS = 30
/** Bets this close together are one act. */
const ACT_MS = 250
/** A longer gap is the end of a session and says nothing about rhythm. */
const SESSION_GAP_MS = 600_000
/** Coefficients of variation. People who set their own pace come near 1. */
const VARIATION_HUMAN = 0.1
const VARIATION_CLOCKWORK = 0.02
/** Standard deviations in ms. A steady table sets the pace of all its players: what tells them apart is how they react. */
const SPREAD_HUMAN_MS = 500
const SPREAD_CLOCKWORK_MS = 100

/** Gaps between bets that are too even for a person; mean and variance by Welford's recurrence (TAOCP 2, 4.2.2). */
export class Timing {
  #actAt = NaN
  #gaps = 0
  #mean = 0
  #squares = 0

  placed(at: number): void {
    const gap = at - this.#actAt
    if (gap >= 0 && gap < ACT_MS) return
    this.#actAt = at
    if (!(gap >= ACT_MS && gap <= SESSION_GAP_MS)) return
    this.#gaps++
    const delta = gap - this.#mean
    this.#mean += delta / this.#gaps
    this.#squares += delta * (gap - this.#mean)
  }

  part(): SuspicionPart {
    const name = 'timing'
    if (this.#gaps < MIN_GAPS) return tooFew(name, 'gaps between bets', this.#gaps, MIN_GAPS)
    const spread = Math.sqrt(this.#squares / (this.#gaps - 1))
    const variation = spread / this.#mean
    const reason = `${this.#gaps} gaps between bets, ${(this.#mean / 1000).toFixed(1)} s on average, vary by ${(variation * 100).toFixed(1)} % (${spread.toFixed(0)} ms)`
    const score = Math.min(
      ramp(variation, VARIATION_HUMAN, VARIATION_CLOCKWORK),
      ramp(spread, SPREAD_HUMAN_MS, SPREAD_CLOCKWORK_MS),
    )
    return { name, score, reason }
  }
}
