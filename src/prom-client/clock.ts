/** @returns what tells the seconds since. Programs replace the clock in their tests, so it is looked up at each call. */
export function startClock(): () => number {
  const start = process.hrtime()
  return () => {
    const [seconds, nanoseconds] = process.hrtime(start)
    return seconds + nanoseconds / 1e9
  }
}
