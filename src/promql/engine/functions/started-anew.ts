/** When a sample was taken and when its counter began, ms; a start of 0 is unknown. */
export interface Moment {
  readonly time: number
  readonly startTime: number
}

export function knowsStart({ time, startTime }: Moment): boolean {
  return startTime !== 0 && startTime < time
}

/**
 * Whether the counter began after the sample before. A beginning at that very sample counts when the sample before knows
 * its own: exporters whose beginning is unknown give the time of their first sample instead.
 */
export function startedAnew(current: Moment, previous: Moment): boolean {
  if (!knowsStart(current)) return false
  if (current.startTime === previous.time) return knowsStart(previous)
  return current.startTime > previous.time
}

/** The counter is said to have begun before the sample before, which has another beginning. */
export function overlaps(current: Moment, previous: Moment): boolean {
  return (
    knowsStart(current) &&
    knowsStart(previous) &&
    current.startTime < previous.time &&
    current.startTime !== previous.startTime
  )
}
