/** At most `max` UTF-16 units, never half of a pair; what was cut says how much is missing. */
export function clip(text: string, max: number): string {
  const whole = text.toWellFormed()
  if (whole.length <= max) return whole
  // The count's own length depends on what is kept, which depends on the count's length: room for the longest.
  const room = mark(whole.length).length
  if (max < 2 * room) return `${start(whole, max - 1)}${max > 0 ? '…' : ''}`
  const kept = start(whole, max - room)
  return kept + mark(whole.length - kept.length)
}

function mark(count: number): string {
  return `… (${count} characters left out)`
}

/** The first `max` units, or one less where a pair would be broken. */
export function start(text: string, max: number): string {
  if (max <= 0) return ''
  if (text.length <= max) return text
  const last = text.charCodeAt(max - 1)
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? max - 1 : max)
}

/** At most `max` bytes of UTF-8. */
export function clipBytes(text: string, max: number): string {
  if (Buffer.byteLength(text) <= max) return text
  let keep = Math.min(text.length, max)
  for (;;) {
    const cut = clip(text, keep)
    const excess = Buffer.byteLength(cut) - max
    if (excess <= 0 || keep <= 0) return cut
    keep -= Math.max(1, Math.ceil(excess / 3))
  }
}

/**
 * The largest count up to `most` whose making fits, by halving; `make(0)` is taken as it is. Making must not shrink as
 * the count grows.
 */
export function largestFitting<T>(most: number, make: (count: number) => T, fits: (made: T) => boolean): T {
  const whole = make(most)
  if (most === 0 || fits(whole)) return whole
  let best = make(0)
  let [low, high] = [0, most]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    const made = make(middle)
    if (fits(made)) {
      best = made
      low = middle
    } else high = middle
  }
  return best
}
