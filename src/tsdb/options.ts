import type { Fsync } from './disk/log.ts'

/** What is past the retention of the one before stays at this resolution: see README.md, "Tiers". */
export interface Tier {
  readonly resolutionMs: number
  readonly retentionMs: number
}

export interface TsdbOptions {
  /** How long a sample is kept, ms; default 24 h. */
  readonly retentionMs?: number
  /** Coarser and coarser, kept longer and longer; with a folder only. Default: none. */
  readonly tiers?: readonly Tier[]
  /** Of memory, and of disk when there is a folder; default 256 MiB each. */
  readonly maxBytes?: number
  /** Default 100 000. Above it, new series are refused and known ones go on. */
  readonly maxSeries?: number
  /** How much older than its series' newest a sample may be; default 0: no older at all. */
  readonly outOfOrderMs?: number
  /** Default 10 000; the oldest makes room. */
  readonly maxExemplars?: number
  /** Where samples outlive the process. None: they are in memory alone. One process to a folder. */
  readonly folder?: string
  /**
   * When the log is forced onto the medium. `always`: with each append, which is not taken otherwise. `interval`: every
   * `fsyncIntervalMs`, the default; a process that is killed loses nothing, a machine that loses power up to that much. `never`: when
   * the system likes.
   */
  readonly fsync?: Fsync
  /** Default 1000. */
  readonly fsyncIntervalMs?: number
}

export interface Limits {
  readonly retentionMs: number
  /** Of the coarsest tier. */
  readonly seriesRetentionMs: number
  readonly maxBytes: number
  readonly maxSeries: number
  readonly outOfOrderMs: number
  readonly maxExemplars: number
}

/** A block is written two hours after its window's end at the latest: before that there is nothing to make coarser. */
const MIN_FINE_MS = 4 * 3_600_000

const DEFAULTS: Omit<Limits, 'seriesRetentionMs'> = {
  retentionMs: 86_400_000,
  maxBytes: 256 * 2 ** 20,
  maxSeries: 100_000,
  outOfOrderMs: 0,
  maxExemplars: 10_000,
}

/** @throws RangeError naming the option. */
export function limitsOf(options: TsdbOptions): Limits {
  const limits = { ...DEFAULTS, ...defined(options) }
  const least = { retentionMs: 1, maxBytes: 1, maxSeries: 1, outOfOrderMs: 0, maxExemplars: 0 }
  for (const name of ['retentionMs', 'maxBytes', 'maxSeries', 'outOfOrderMs', 'maxExemplars'] as const) {
    if (!(Number.isSafeInteger(limits[name]) && limits[name] >= least[name])) {
      throw new RangeError(`tsdb: ${name} of ${limits[name]} must be a whole number of at least ${least[name]}`)
    }
  }
  checkTiers(limits, options.tiers ?? [])
  return { ...limits, seriesRetentionMs: options.tiers?.at(-1)?.retentionMs ?? limits.retentionMs }
}

function checkTiers({ retentionMs, outOfOrderMs }: typeof DEFAULTS, tiers: readonly Tier[]): void {
  const least = MIN_FINE_MS + outOfOrderMs
  if (tiers.length > 0 && !(retentionMs >= least)) {
    throw new RangeError(`tsdb: retentionMs of ${retentionMs} must be at least ${least} where there are tiers`)
  }
  let before = { resolutionMs: 0, retentionMs }
  for (const tier of tiers) {
    for (const name of ['resolutionMs', 'retentionMs'] as const) {
      if (!(Number.isSafeInteger(tier[name]) && tier[name] > before[name])) {
        throw new RangeError(`tsdb: a tier's ${name} of ${tier[name]} must be a whole number above ${before[name]}`)
      }
    }
    before = tier
  }
}

function defined({
  retentionMs,
  maxBytes,
  maxSeries,
  outOfOrderMs,
  maxExemplars,
}: TsdbOptions): Partial<typeof DEFAULTS> {
  return {
    ...(retentionMs !== undefined && { retentionMs }),
    ...(maxBytes !== undefined && { maxBytes }),
    ...(maxSeries !== undefined && { maxSeries }),
    ...(outOfOrderMs !== undefined && { outOfOrderMs }),
    ...(maxExemplars !== undefined && { maxExemplars }),
  }
}
