import type { ThresholdStep } from '../packs/index.ts'

/** What the thresholds say of a value: the highest one that it has reached. */
export function levelOf(
  value: number | null | undefined,
  thresholds: readonly ThresholdStep[] = [],
): ThresholdStep['level'] {
  if (value === null || value === undefined) return 'neutral'
  let found: ThresholdStep['level'] = 'neutral'
  for (const { from, level } of thresholds) if (from === undefined || value >= from) found = level
  return found
}
