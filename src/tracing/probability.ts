/**
 * Consistent probability, https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/: a trace is
 * kept where its randomness R is at least the threshold T = 1 - p. Both are counted here in 52 of the 56 bits, which a
 * number holds exactly.
 */
const RANGE: number = 2 ** 52
const DIGITS = 13
/** Digits of a threshold behind its leading `f`s: 1 % is `fd70a4`. */
const PRECISION = 5

/** A threshold that keeps all, and one that keeps nothing. */
export const ALWAYS = 0
export const NEVER: number = RANGE

/** Where the 14 digits that are random begin in a trace id; the last of them is not looked at. */
const RANDOM_FROM = 18

/** From 0 to 2^52 - 1. */
export function randomnessOf(traceId: string): number {
  return Number.parseInt(traceId.slice(RANDOM_FROM, RANDOM_FROM + DIGITS), 16)
}

/** Of a probability from 0 to 1, as exact as `th` says it; what is too unlikely to be written is never. */
export function thresholdOf(probability: number): number {
  if (probability >= 1) return ALWAYS
  if (!(probability > 0)) return NEVER
  const digits = Math.min(DIGITS, Math.floor(-Math.log2(probability) / 4) + PRECISION)
  const unit = 16 ** (DIGITS - digits)
  return Math.round(((1 - probability) * RANGE) / unit) * unit
}

export function probabilityOf(threshold: number): number {
  return 1 - threshold / RANGE
}

/** As in `th`: without trailing zeros. */
export function formatThreshold(threshold: number): string {
  const text = threshold.toString(16).padStart(DIGITS, '0').replace(/0+$/, '')
  return text === '' ? '0' : text
}

const THRESHOLD = /^[0-9a-f]{1,14}$/

export function parseThreshold(text: string): number | undefined {
  if (!THRESHOLD.test(text)) return undefined
  const digits = text.padEnd(DIGITS + 1, '0')
  const rest = digits.endsWith('0') ? 0 : 1
  return Number.parseInt(digits.slice(0, DIGITS), 16) + rest
}

const RANDOMNESS = /^[0-9a-f]{14}$/

/** As in `rv`. */
export function parseRandomness(text: string): number | undefined {
  return RANDOMNESS.test(text) ? Number.parseInt(text.slice(0, DIGITS), 16) : undefined
}
