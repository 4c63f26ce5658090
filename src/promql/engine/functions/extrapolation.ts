/**
 * By what an increase of this `size` from a `first` value on is multiplied to stand for the whole range from `start` to `end`, ms.
 * `startTime`: when the counter began, if the increase is counted from there; else NaN.
 */
export function extrapolation(
  start: number,
  end: number,
  firstTime: number,
  lastTime: number,
  intervals: number,
  startTime: number,
  isCounter: boolean,
  first: number,
  size: number,
): number {
  if (intervals === 0) return 1
  const average = (lastTime - firstTime) / 1000 / intervals
  const threshold = average * 1.1
  let toEnd = (end - lastTime) / 1000
  if (toEnd >= threshold) toEnd = average / 2
  if (!Number.isNaN(startTime)) {
    const counted = (lastTime - startTime) / 1000
    return (counted + toEnd) / counted
  }
  const counted = (lastTime - firstTime) / 1000
  let toStart = (firstTime - start) / 1000
  if (toStart >= threshold) toStart = average / 2
  if (isCounter && size > 0 && first >= 0) toStart = Math.min(toStart, counted * (first / size))
  return (counted + toStart + toEnd) / counted
}
