import { formatNumber } from '../../format/number.ts'

/** As traces tell it: in whole microseconds. */
export function formatMs(ms: number): string {
  const whole = Math.round(ms * 1000)
  return whole === 0 && ms > 0 ? '< 1 µs' : formatNumber(whole / 1e6, 'seconds')
}

export function errorsText(count: number): string {
  return count === 1 ? '1 error' : `${count} errors`
}
