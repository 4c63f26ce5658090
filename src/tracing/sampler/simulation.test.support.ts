import { Sampler, type SamplerOptions } from '../index.ts'
import { probabilityOf } from '../probability.ts'

/** A fixed sequence of numbers from 0 to 1: mulberry32. */
export function pseudoRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface Phase {
  readonly name: string
  readonly perSecond: number
  readonly seconds: number
  readonly errorShare: number
}

export interface PhaseResult {
  readonly name: string
  /** Spans a second: over the phase, and in its busiest second. */
  readonly spans: number
  readonly peak: number
  /** Shares that were kept. */
  readonly errors: number
  readonly slow: number
  readonly rarest: number
  /** Traces as estimated from the kept ones, over those that there were; the worst minute. */
  readonly estimate: number
}

const ROUTES = [
  ['/busy', 0.7],
  ['/second', 0.25],
  ['/third', 0.045],
  ['/rare', 0.005],
] as const
const SPANS = 5

/** Drives a sampler through the phases, one after another. Durations are log-normal; a twentieth is slow. */
export function simulate(phases: readonly Phase[], options: SamplerOptions, seed: number): PhaseResult[] {
  const random = pseudoRandom(seed)
  const sampler = new Sampler(options)
  let at = 1_000_000
  return phases.map(({ name, perSecond, seconds, errorShare }) => {
    const kept = { errors: 0, slow: 0, rarest: 0 }
    const all = { errors: 0, slow: 0, rarest: 0 }
    const bySecond: number[] = []
    let [estimate, total, worst] = [0, 0, 1]
    for (let second = 0; second < seconds; second++) {
      let spans = 0
      for (let i = 0; i < perSecond; i++) {
        const now = at + (i * 1000) / perSecond
        const route = routeBy(random())
        const failed = random() < errorShare
        const isSlow = random() < 0.04
        const outcome = {
          route,
          randomness: Math.floor(random() * 2 ** 32) * 2 ** 20,
          parentSampled: undefined,
          parentThreshold: undefined,
          failed,
          hasErrors: failed,
          durationMs: (isSlow ? 800 : 20) * (0.5 + random()),
          spans: SPANS,
          head: undefined,
        }
        const verdict = sampler.finish(outcome, now)
        const one = verdict.keep ? 1 : 0
        spans += one * SPANS
        total++
        if (verdict.keep) estimate += 1 / probabilityOf(verdict.threshold ?? NaN)
        if (failed) [all.errors, kept.errors] = [all.errors + 1, kept.errors + one]
        else if (isSlow) [all.slow, kept.slow] = [all.slow + 1, kept.slow + one]
        if (route === '/rare') [all.rarest, kept.rarest] = [all.rarest + 1, kept.rarest + one]
      }
      at += 1000
      bySecond.push(spans)
      if (second % 60 === 59) {
        if (Math.abs(estimate / total - 1) > Math.abs(worst - 1)) worst = estimate / total
        ;[estimate, total] = [0, 0]
      }
    }
    return {
      name,
      spans: bySecond.reduce((sum, one) => sum + one, 0) / seconds,
      peak: Math.max(...bySecond),
      errors: kept.errors / all.errors,
      slow: kept.slow / all.slow,
      rarest: kept.rarest / all.rarest,
      estimate: worst,
    }
  })
}

function routeBy(value: number): string {
  let sum = 0
  for (const [route, share] of ROUTES) {
    sum += share
    if (value < sum) return route
  }
  return '/rare'
}
