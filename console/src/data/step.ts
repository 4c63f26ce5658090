/** Moments of a chart: more than a screen can show are no use. */
const POINTS = 240
const LEAST_STEP_MS = 1000

/** The distance of two moments for a span, in ms: whole seconds. */
export function stepFor(spanMs: number, points: number = POINTS): number {
  return Math.max(LEAST_STEP_MS, Math.ceil(spanMs / points / 1000) * 1000)
}
