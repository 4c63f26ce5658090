import path from 'node:path'
import type { Tsdb } from '../../tsdb/index.ts'
import type { Config } from '../config/config.ts'
import { BoxmanError } from '../error.ts'

/** @param cwd what a relative folder is relative to. @throws BoxmanError when the folder cannot be had. */
export async function openStore({ store }: Pick<Config, 'store'>, cwd: string): Promise<Tsdb> {
  const { fsync, retentionMs, maxBytes, maxSeries, outOfOrderMs } = store
  const options = { fsync, retentionMs, maxBytes, maxSeries, outOfOrderMs }
  const { FolderInUseError, openTsdb } = await import('../../tsdb/index.ts')
  const where = storeFolder({ store }, cwd)
  if (where === undefined) return openTsdb(options)
  try {
    return await openTsdb({ ...options, folder: where })
  } catch (error) {
    throw new BoxmanError(`store: ${reasonOf(error, where, error instanceof FolderInUseError)}`, { cause: error })
  }
}

/** Absolute; undefined when the store is in memory. */
export function storeFolder({ store }: Pick<Config, 'store'>, cwd: string): string | undefined {
  return store.folder === undefined ? undefined : path.resolve(cwd, store.folder)
}

function reasonOf(error: unknown, folder: string, inUse: boolean): string {
  const elsewhere = 'Set store.folder, or BOXMAN_STORE_FOLDER; without one the history stays in memory.'
  const message = error instanceof Error ? error.message : String(error)
  if (inUse) return `${message}. ${elsewhere}`
  return `the folder ${folder} cannot be opened: ${message}. Make it one that this user may read and write. ${elsewhere}`
}
