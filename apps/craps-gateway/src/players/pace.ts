import type { Random } from './random.ts'

/** How a turn ended, as far as the next one is concerned. */
export type Pace = 'steady' | 'soon' | 'backs-off'

/** Until the next turn, in ms; `inARow` turns have ended at this pace, this one included. */
export function delayMs(pace: Pace, inARow: number, intervalMs: number, random: Random): number {
  const jitter = 0.5 + random()
  switch (pace) {
    case 'steady':
      return intervalMs * jitter
    case 'soon':
      return Math.min(150 * 2 ** (inARow - 1), intervalMs) * jitter
    case 'backs-off':
      return Math.max(intervalMs, Math.min(250 * 2 ** (inARow - 1), 5000)) * jitter
  }
}

/** The next beat of an exact rhythm after `at`; beats that were missed stay missed. */
export function nextBeat(beat: number, intervalMs: number, at: number): number {
  return beat + intervalMs * Math.max(1, Math.floor((at - beat) / intervalMs) + 1)
}
