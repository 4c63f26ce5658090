import { statfs } from 'node:fs/promises'
import type { CheckOptions } from '../options.ts'
import { above, type ReadyMade, settings, within } from './common.ts'

export interface DiskCheckOptions extends ReadyMade {
  /** A file or folder of the file system in question. */
  readonly path: string
  /** Fails above this share in use; default 95. */
  readonly failAbovePercent?: number
  /** Warns above this share in use; default 85. */
  readonly warnAbovePercent?: number
}

/** Of the room that the process may use, how much is in use. */
export function diskCheck(options: DiskCheckOptions): CheckOptions {
  const { path, failAbovePercent = 95, warnAbovePercent = Math.min(85, failAbovePercent) } = options
  within('disk check', 'failAbovePercent', failAbovePercent, 0, 100)
  within('disk check', 'warnAbovePercent', warnAbovePercent, 0, failAbovePercent)
  return {
    ...settings(options, 'disk'),
    run: async () => {
      const { bsize, blocks, bfree, bavail } = await statfs(path)
      const used = blocks - bfree
      // As `df` says it: what is kept for root is neither used nor to be had. Some file systems have no blocks at all.
      const percent = used + bavail === 0 ? 0 : (100 * used) / (used + bavail)
      return {
        status: above(percent, warnAbovePercent, failAbovePercent),
        output: `${percent.toFixed(1)} % of ${path} is in use, ${Math.floor((bavail * bsize) / 2 ** 20)} MiB are free`,
        observedValue: percent,
        observedUnit: 'percent',
      }
    },
  }
}
