import type { ThresholdStep } from '../packs/index.ts'

export interface ValueRangeOptions {
  readonly min?: number | undefined
  readonly max?: number | undefined
  readonly thresholds?: readonly ThresholdStep[] | undefined
  /** Thresholds are always to be seen, however far off. */
  readonly keepsThresholds?: boolean | undefined
}

/** From where to where the axis of values goes. */
export function valueRange(
  least: number | null,
  most: number | null,
  { min, max, thresholds = [], keepsThresholds = false }: ValueRangeOptions,
): [number, number] {
  const [low, high] = [least ?? 0, most ?? 1]
  const nearest = Math.max(
    high,
    ...thresholds.flatMap(({ from }) => (from !== undefined && (keepsThresholds || from <= high * 1.6) ? [from] : [])),
  )
  const bottom = min ?? (low >= 0 ? 0 : low * 1.1)
  // Nothing but zero: as far as the first line that matters.
  const [first = 1] = thresholds.flatMap(({ from }) => (from !== undefined && from > bottom ? [from * 1.2] : []))
  const top = max ?? (nearest > bottom ? nearest + (nearest - bottom) * 0.08 : first > bottom ? first : bottom + 1)
  return [bottom, top]
}
