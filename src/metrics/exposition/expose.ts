import type { RegistryReader } from '../reader.ts'
import { gzip } from './gzip.ts'
import { acceptsGzip, negotiate } from './negotiate.ts'
import { page } from './page.ts'
import { PageCache } from './page-cache.ts'

export interface ExposeOptions {
  /** The request's Accept header. */
  readonly accept?: string | undefined
  /** The request's Accept-Encoding header. */
  readonly acceptEncoding?: string | undefined
  /**
   * Whether OpenMetrics gets `_created` lines, for series that know when they began. Default true. Prometheus stores each as
   * a series of its own.
   */
  readonly createdLines?: boolean
  /**
   * Whether a piece of the body is only good until the next one is asked for: for a reader who has written it out, or copied
   * it, by then. Text that is not packed then needs no new memory from page to page. Default false.
   */
  readonly transient?: boolean
}

export interface Exposition {
  readonly contentType: string
  readonly contentEncoding?: 'gzip'
  /**
   * The page in pieces, made as they are asked for; the registry is refreshed first. Later pages may consist of the same
   * pieces: they are to be read only. They may be kept, unless `transient` was asked for.
   */
  readonly body: AsyncIterable<Uint8Array>
}

/** The page that a scraper reads, in the format that its request likes best. */
export function expose(registry: RegistryReader, options: ExposeOptions = {}): Exposition {
  const { accept, acceptEncoding, createdLines = true, transient = false } = options
  const format = negotiate(accept)
  const packed = acceptsGzip(acceptEncoding)
  const body = page(registry, { ...format, createdLines }, PageCache.of(registry), transient && !packed)
  if (!packed) return { contentType: format.contentType, body }
  return { contentType: format.contentType, contentEncoding: 'gzip', body: gzip(body) }
}
