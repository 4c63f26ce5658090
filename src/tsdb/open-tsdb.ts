import type { Files } from './disk/files.ts'
import { Head } from './head/head.ts'
import { limitsOf, type TsdbOptions } from './options.ts'
import { Tsdb } from './tsdb.ts'

/** No chunk reaches over a window's ends, and a block on disk is one window. */
const WINDOW_MS = 7_200_000
const FSYNC_INTERVAL_MS = 1000

/**
 * Opens the store; with a folder, what was in it: all that is intact, while `stats.disk.setAside` names what is not.
 * @throws RangeError naming an option that cannot be. Rejects with a FolderInUseError when another process has the folder, or with
 * the system's error when the folder cannot be made or read.
 */
export async function openTsdb(options: TsdbOptions = {}, files?: Files): Promise<Tsdb> {
  const { folder, fsync = 'interval', fsyncIntervalMs = FSYNC_INTERVAL_MS, tiers = [] } = options
  const limits = limitsOf(options)
  if (!(fsyncIntervalMs >= 1 && fsyncIntervalMs <= 3_600_000)) {
    throw new RangeError(`tsdb: fsyncIntervalMs of ${fsyncIntervalMs} must be from 1 to 3 600 000`)
  }
  if (!['always', 'interval', 'never'].includes(fsync)) {
    throw new RangeError(`tsdb: fsync of ${JSON.stringify(fsync)} must be always, interval or never`)
  }
  if (tiers.length > 0 && folder === undefined)
    throw new RangeError('tsdb: tiers need a folder: they are made of blocks')
  const atLimit = folder === undefined ? 'drop-oldest' : 'refuse-newest'
  const head = new Head({ ...limits, windowMs: WINDOW_MS, atLimit })
  if (folder === undefined) return new Tsdb(limits, head, undefined)
  // Most stores are in memory and need none of it.
  const { Disk, levelsOf, nodeFiles } = await import('./disk/index.ts')
  const lagMs = Math.max(WINDOW_MS / 2, limits.outOfOrderMs)
  const levels = levelsOf(WINDOW_MS, limits.retentionMs, tiers)
  const disk = await Disk.open(
    { folder, files: files ?? nodeFiles, fsync, fsyncIntervalMs, levels, maxBytes: limits.maxBytes, lagMs },
    head,
  )
  return new Tsdb(limits, head, disk)
}
