import { axisTimes, TIME_STEPS } from '../../../charts/index.ts'
import type { Unit } from '../../../packs/index.ts'

const MOST_TIMES = 6
const MOST_VALUES = 4

/** Round moments of a range by the clock of a zone, each with its share of the way from left to right. */
export function timeTicks(
  window: { readonly from: number; readonly to: number },
  zone: string,
): readonly { readonly share: number; readonly text: string }[] {
  const span = window.to - window.from
  const step = TIME_STEPS.find((each) => span / 1000 / each <= MOST_TIMES) ?? Math.ceil(span / 1000 / MOST_TIMES)
  const offset = offsetOf(window.from, zone)
  const times: number[] = []
  const first = Math.ceil((window.from / 1000 + offset) / step) * step - offset
  for (let at = first; at <= window.to / 1000; at += step) times.push(at)
  const texts = axisTimes(times, step, zone)
  return times.map((at, i) => ({
    share: (at * 1000 - window.from) / span,
    text: (texts[i] ?? '').replace('\n', ' '),
  }))
}

/** Seconds that a zone's clocks are ahead of UTC. @param at ms since the epoch */
export function offsetOf(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(at)
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign = '+', hours = '0', minutes = '0'] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60)
}

/** Round values from the lowest to the highest, those of bytes by powers of two, long times by the clock. */
export function valueTicks([low, high]: readonly [number, number], unit: Unit): readonly number[] {
  const step = stepOf((high - low) / MOST_VALUES, unit)
  const ticks: number[] = []
  // Plus zero: there is no less than nothing of it.
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n++) ticks.push(n * step + 0)
  return ticks
}

function stepOf(least: number, unit: Unit): number {
  if (unit === 'bytes' || unit === 'bytes-per-second') return 2 ** Math.ceil(Math.log2(least))
  if (unit === 'seconds' && least > 15) {
    const step = TIME_STEPS.find((each) => each >= least)
    if (step !== undefined) return step
  }
  const size = 10 ** Math.floor(Math.log10(least))
  return ([1, 2, 5].find((each) => each * size >= least) ?? 10) * size
}
