/** Moments of a chart: more than a screen can show are no use. */
const POINTS = 240
const LEAST_STEP_MS = 1000

/** The distance of two moments for a span, in ms: whole seconds. */
export function stepFor(spanMs: number, points: number = POINTS): number {
  return Math.max(LEAST_STEP_MS, Math.ceil(spanMs / points / 1000) * 1000)
}

const SCRAPES_IN_WINDOW = 4

/** The shortest window that `rate` can do with, as Grafana reckons it. */
export function rateInterval(stepMs: number, scrapeMs: number): string {
  return `${Math.ceil(Math.max(SCRAPES_IN_WINDOW * scrapeMs, stepMs + scrapeMs) / 1000)}s`
}

/** Puts it where an expression has `$__rate_interval`. */
export function fillRateInterval(expr: string, stepMs: number, scrapeMs: number): string {
  return expr.replaceAll('$__rate_interval', rateInterval(stepMs, scrapeMs))
}
