import type { ThresholdStep, Unit } from '../packs/index.ts'

/** How lines over time are drawn, wherever they are. */
export interface LinesOptions {
  readonly unit: Unit
  readonly decimals?: number | undefined
  readonly isStacked?: boolean | undefined
  readonly min?: number | undefined
  readonly max?: number | undefined
  readonly thresholds?: readonly ThresholdStep[] | undefined
}
