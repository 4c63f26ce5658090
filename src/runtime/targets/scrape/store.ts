import type { Tsdb } from '../../../tsdb/index.ts'

/** What scraping needs of the store. */
export type Store = Pick<Tsdb, 'series' | 'scrapeGroup' | 'batch' | 'setMetadata'>
