import type { CheckOptions } from '../options.ts'
import { above, type ReadyMade, settings, UNKNOWN, within } from './common.ts'

export interface MemoryUse {
  readonly usedBytes: number
  /** What there is: of the control group where it has a limit, else of the machine. */
  readonly limitBytes: number
}

export interface MemoryCheckOptions extends ReadyMade {
  /** The latest reading; undefined: not known. */
  readonly read: () => MemoryUse | undefined
  /** Fails above this share in use; default 95. */
  readonly failAbovePercent?: number
  /** Warns above this share in use; default 85. */
  readonly warnAbovePercent?: number
}

/** How near the process is to being killed for its memory. Where nothing is known, it passes. */
export function memoryCheck(options: MemoryCheckOptions): CheckOptions {
  const { read, failAbovePercent = 95, warnAbovePercent = Math.min(85, failAbovePercent) } = options
  within('memory check', 'failAbovePercent', failAbovePercent, 0, 100)
  within('memory check', 'warnAbovePercent', warnAbovePercent, 0, failAbovePercent)
  return {
    ...settings(options, 'memory'),
    run: () => {
      const reading = read()
      if (reading === undefined || !(reading.limitBytes > 0)) return UNKNOWN
      const { usedBytes, limitBytes } = reading
      const percent = (100 * usedBytes) / limitBytes
      return {
        status: above(percent, warnAbovePercent, failAbovePercent),
        output: `${percent.toFixed(1)} % of ${Math.floor(limitBytes / 2 ** 20)} MiB is in use`,
        observedValue: percent,
        observedUnit: 'percent',
      }
    },
  }
}
