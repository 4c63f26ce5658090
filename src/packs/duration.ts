/** False for NaN, infinities and what a clock that was set back makes negative. */
export function isDuration(ms: number): boolean {
  return ms >= 0 && ms < Infinity
}
