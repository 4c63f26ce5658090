import { FolderInUseError, openTsdb, type Tsdb, type TsdbOptions } from '../../tsdb/index.ts'
import type { PrometheusConfig } from '../targets/config/prometheus-config.ts'
import { BoxmanError } from '../error.ts'
import type { ServeOptions } from './options.ts'

/** Many services' series; `maxBytes` is what bounds the memory. */
const MAX_SERIES = 1_000_000

/** @throws BoxmanError when the folder cannot be had. */
export async function openData(options: ServeOptions, config: PrometheusConfig): Promise<Tsdb> {
  const { folder, retentionMs, maxBytes } = options
  const tsdb: TsdbOptions = {
    retentionMs,
    maxBytes,
    maxSeries: MAX_SERIES,
    ...(folder === undefined ? {} : { folder }),
    ...(config.outOfOrderMs === undefined ? {} : { outOfOrderMs: config.outOfOrderMs }),
    ...(config.maxExemplars === undefined ? {} : { maxExemplars: config.maxExemplars }),
  }
  try {
    return await openTsdb(tsdb)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const mend =
      error instanceof FolderInUseError ? 'Name another --data' : 'Make it a folder that this user may read and write'
    throw new BoxmanError(`--data ${folder}: ${message}. ${mend}.`, { cause: error })
  }
}
