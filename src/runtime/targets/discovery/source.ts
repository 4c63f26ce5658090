import type { TargetGroup } from '../config/discovery-config.ts'

/** Where targets are found. */
export interface Source {
  /** What was last found: a failure keeps it. */
  readonly groups: readonly TargetGroup[]
  /** Looks again when it is time, ms since the epoch. True: something may have changed. */
  step(at: number): Promise<boolean>
  close(): void
}

/** Told of what went wrong. */
export type OnFault = (detail: string) => void
