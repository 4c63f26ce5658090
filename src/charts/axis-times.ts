const MINUTE = 60
const DAY = 86_400

/** How far apart they may be, in seconds. */
export const TIME_STEPS: number[] = [
  ...[1, MINUTE].flatMap((unit) => [1, 2, 5, 10, 15, 30].map((count) => count * unit)),
  ...[1, 2, 3, 6, 12].map((hours) => hours * 60 * MINUTE),
  ...[1, 2, 7, 14, 30].map((days) => days * DAY),
]

/**
 * The times beneath an axis, as short as the distance between them allows.
 * @param splits seconds since the epoch
 * @param zone as `formatMoment` takes it
 */
export function axisTimes(splits: readonly number[], apart: number, zone?: string): readonly string[] {
  return splits.map((split, i) => {
    const date = new Date(split * 1000)
    const time = date.toLocaleTimeString('en-GB', {
      hour: '2-digit',
      minute: '2-digit',
      timeZone: zone,
      ...(apart < MINUTE ? { second: '2-digit' } : {}),
    })
    const isNewDay = i > 0 && dayOf(split, zone) !== dayOf(splits[i - 1] ?? split, zone)
    const day = date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', timeZone: zone })
    if (apart >= DAY) return day
    return isNewDay ? `${time}\n${day}` : time
  })
}

function dayOf(seconds: number, zone: string | undefined): string {
  return new Date(seconds * 1000).toLocaleDateString('en-CA', { timeZone: zone })
}
