import { limitsOf, type TsdbOptions } from './options.ts'
import { Tsdb } from './tsdb.ts'

/** @throws RangeError naming an option that cannot be. */
export function openTsdb(options: TsdbOptions = {}): Promise<Tsdb> {
  return Promise.resolve(new Tsdb(limitsOf(options)))
}
