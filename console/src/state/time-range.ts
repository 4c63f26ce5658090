import { computed, type ReadonlySignal } from '@preact/signals'
import { facts } from '../data/facts.ts'
import { place, setParams } from './place.ts'

/** As the address has it: `now`, `now-15m`, or ms since the epoch. */
export interface TimeRange {
  readonly from: string
  readonly to: string
  /** Whether it follows the clock. */
  readonly follows: boolean
  /** ms; of a range that is fixed, its length. */
  readonly spanMs: number
}

/** ms since the epoch. */
export interface Window {
  readonly from: number
  readonly to: number
}

export const RANGES: readonly (readonly [from: string, name: string])[] = [
  ['now-5m', 'Last 5 minutes'],
  ['now-15m', 'Last 15 minutes'],
  ['now-1h', 'Last hour'],
  ['now-3h', 'Last 3 hours'],
  ['now-6h', 'Last 6 hours'],
  ['now-12h', 'Last 12 hours'],
  ['now-24h', 'Last 24 hours'],
  ['now-7d', 'Last 7 days'],
]
const DEFAULT_FROM = 'now-15m'
/** While the service is younger than the usual range: most of that would be empty. */
const YOUNG_FROM = 'now-5m'
const YOUNG_MS = 15 * 60_000
/** When the page was opened. */
const OPENED_AT = Date.now()
const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }
const RELATIVE = /^now-(\d+)([smhdw])$/
const LEAST_SPAN_MS = 10_000

export const range: ReadonlySignal<TimeRange> = computed(() => {
  const { params } = place.value
  return readRange(params.get('from') ?? defaultFrom(), params.get('to') ?? 'now')
})

function defaultFrom(): string {
  const startedAt = facts.value?.startedAt ?? 0
  return OPENED_AT - startedAt < YOUNG_MS ? YOUNG_FROM : DEFAULT_FROM
}

/** Back to the present, by as much as is usual. */
export function followAgain(): void {
  setRange(defaultFrom())
}

/** Whether the page is to move with the clock; drawing a range of the past, or being paused, stops it. */
export const isLive: ReadonlySignal<boolean> = computed(
  () => range.value.follows && place.value.params.get('live') !== 'off',
)

/** What the range is at this moment. */
export function windowOf({ from, to, follows, spanMs }: TimeRange, now: number = Date.now()): Window {
  if (follows) return { from: now - spanMs, to: now }
  return { from: Number(from), to: Number(to) }
}

export function setRange(from: string, to = 'now'): void {
  setParams({ from: from === defaultFrom() ? undefined : from, to: to === 'now' ? undefined : to }, 'push')
}

/** As drawn with the mouse over a chart. */
export function zoomTo({ from, to }: Window): void {
  const middle = (from + to) / 2
  const half = Math.max(LEAST_SPAN_MS, to - from) / 2
  setRange(String(Math.round(middle - half)), String(Math.round(middle + half)))
}

/** Twice the time, around the same middle. */
export function zoomOut(): void {
  const { from, to } = windowOf(range.value)
  zoomTo({ from: from - (to - from) / 2, to: Math.min(Date.now(), to + (to - from) / 2) })
}

export function setLive(on: boolean): void {
  setParams({ live: on ? undefined : 'off' })
}

/** What cannot be read is the default. */
export function readRange(from: string, to: string): TimeRange {
  const relative = spanOf(from)
  if (relative !== undefined && to === 'now') return { from, to, follows: true, spanMs: relative }
  const [start, end] = [Number(from), Number(to)]
  if (from !== '' && to !== '' && Number.isFinite(start) && Number.isFinite(end) && end > start) {
    return { from, to, follows: false, spanMs: end - start }
  }
  const usual = defaultFrom()
  return { from: usual, to: 'now', follows: true, spanMs: spanOf(usual) ?? 0 }
}

function spanOf(from: string): number | undefined {
  const [, count = '', unit = ''] = RELATIVE.exec(from) ?? []
  const each = UNITS[unit]
  return each === undefined || Number(count) === 0 ? undefined : Number(count) * each
}
