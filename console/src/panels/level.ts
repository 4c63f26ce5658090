import type { ThresholdStep } from 'boxman/packs'
import type { Tone } from '../parts/states.tsx'

/** What the thresholds say of a value: the highest one that it has reached. */
export function levelOf(value: number | null | undefined, thresholds: readonly ThresholdStep[] = []): Tone {
  if (value === null || value === undefined) return 'neutral'
  let found: Tone = 'neutral'
  for (const { from, level } of thresholds) if (from === undefined || value >= from) found = level
  return found
}
