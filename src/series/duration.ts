/** Milliseconds a unit, largest first: the order in which Prometheus writes and requires them. */
const UNITS = [
  ['y', 365 * 86_400_000],
  ['w', 7 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const

const PATTERN = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/

/**
 * Milliseconds of a duration as Prometheus writes it: `5m`, `1h30m`, `1d`, `250ms`; `0` needs no unit.
 * @throws RangeError for anything else: units out of order, fractions, an empty text, more than 2^53 ms.
 */
export function parseDuration(text: string): number {
  if (text === '0') return 0
  const match = text === '' ? null : PATTERN.exec(text)
  if (match === null) {
    throw new RangeError(`not a duration: ${JSON.stringify(text)}; write it like 30s, 5m or 1h30m`)
  }
  const ms = UNITS.reduce((sum, [, size], i) => sum + Number(match[i + 1] ?? 0) * size, 0)
  if (!Number.isSafeInteger(ms)) throw new RangeError(`duration too long: ${text}`)
  return ms
}

/** The shortest text that {@link parseDuration} reads back as `ms`. Weeks and years appear only when they fit exactly, as in Prometheus. */
export function formatDuration(ms: number): string {
  if (!(Number.isSafeInteger(ms) && ms >= 0)) throw new RangeError(`formatDuration(${ms}): whole milliseconds >= 0`)
  if (ms === 0) return '0s'
  let rest = ms
  let text = ''
  for (const [unit, size] of UNITS) {
    const exactOnly = unit === 'y' || unit === 'w'
    if (rest < size || (exactOnly && rest % size !== 0)) continue
    text += `${Math.floor(rest / size)}${unit}`
    rest %= size
  }
  return text
}
