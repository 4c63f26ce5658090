import type { Trace } from './trace.ts'

/** Where times are on the page. */
export interface Axis {
  readonly startMs: number
  readonly lengthMs: number
  /** Of the whole width, in percent: from 0 to 100. */
  readonly at: (ms: number) => number
}

export function axisOf({ startMs, endMs }: Pick<Trace, 'startMs' | 'endMs'>): Axis {
  const lengthMs = Math.max(endMs - startMs, 0.001)
  return { startMs, lengthMs, at: (ms) => Math.min(100, Math.max(0, ((ms - startMs) / lengthMs) * 100)) }
}

const STEPS = [1, 2, 5, 10]
const TICKS = 4

/** Round times from the start on, ms. */
export function ticksOf({ lengthMs }: Axis): readonly number[] {
  const rough = lengthMs / TICKS
  const decade = 10 ** Math.floor(Math.log10(rough))
  const step = decade * (STEPS.find((each) => each * decade >= rough) ?? 10)
  return Array.from({ length: Math.floor(lengthMs / step) + 1 }, (_, i) => i * step)
}
