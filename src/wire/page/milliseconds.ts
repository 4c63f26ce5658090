/** What Go makes of a number that an int64 cannot hold. */
const BEYOND_INT64 = -(2 ** 63)

/** Whole milliseconds of a time in seconds. */
export function milliseconds(seconds: number): number {
  const ms = Math.trunc(seconds * 1000)
  return Math.abs(ms) < -BEYOND_INT64 ? ms : BEYOND_INT64
}
