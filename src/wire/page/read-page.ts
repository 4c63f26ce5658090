import { parseMediaType } from './media-type.ts'
import { goQuotedText } from './go-quote.ts'
import { OpenMetricsPage } from './openmetrics-page.ts'
import type { PageEntry } from './page-entry.ts'
import { PageError } from './page-error.ts'
import type { PageFormat } from './page-format.ts'
import { readProtobufPage } from './protobuf-page.ts'
import { TextPage } from './text-page.ts'

export interface PageOptions {
  /** Whether a histogram that is native too also gives the series of a classic one. Default false. */
  readonly classicHistograms?: boolean
  /** What a page is read as whose content type says nothing that is known. Without it such a page is refused. */
  readonly fallbackFormat?: PageFormat
  /**
   * Whether the `_created` lines of OpenMetrics are also series of their own, as Prometheus stores them unless told
   * otherwise. Default true.
   */
  readonly createdLines?: boolean
}

type Syntax = 'protobuf' | 'openmetrics' | 'text'

const SYNTAXES: ReadonlyMap<string, Syntax> = new Map([
  ['application/vnd.google.protobuf', 'protobuf'],
  ['application/openmetrics-text', 'openmetrics'],
  ['text/plain', 'text'],
])

const SYNTAX_OF_FORMAT: Readonly<Record<PageFormat, Syntax>> = {
  PrometheusProto: 'protobuf',
  'OpenMetricsText1.0.0': 'openmetrics',
  'OpenMetricsText0.0.1': 'openmetrics',
  'PrometheusText1.0.0': 'text',
  'PrometheusText0.0.4': 'text',
}

/**
 * Reads a scraped page entry by entry, in its order, as Prometheus 3 reads it. What comes before a fault is handed out
 * before the fault is known. The entries can be gone through once.
 * @param contentType of the response; undefined when it has none.
 * @throws PageError for a content type that is none of a page, and from the iteration for a page that is not well formed.
 */
export function readPage(
  body: Uint8Array,
  contentType: string | undefined,
  options: PageOptions = {},
): Iterable<PageEntry> {
  // A target that has nothing to say need not say it in a format.
  if (body.length === 0) return []
  const syntax = syntaxOf(contentType ?? '', options.fallbackFormat)
  switch (syntax) {
    case 'protobuf':
      return readProtobufPage(body, options.classicHistograms ?? false)
    case 'openmetrics':
      return entries(new OpenMetricsPage(body, options.createdLines ?? true))
    case 'text':
      return entries(new TextPage(body))
  }
}

function* entries(page: { next(): PageEntry | undefined }): Generator<PageEntry, void> {
  for (let entry = page.next(); entry !== undefined; entry = page.next()) yield entry
}

function syntaxOf(contentType: string, fallback: PageFormat | undefined): Syntax {
  const found = syntaxByName(contentType)
  if (!('fault' in found)) return found.syntax
  if (fallback !== undefined) return SYNTAX_OF_FORMAT[fallback]
  throw new PageError(found.fault)
}

function syntaxByName(contentType: string): { readonly syntax: Syntax } | { readonly fault: string } {
  if (contentType === '') {
    return {
      fault:
        'non-compliant scrape target sending blank Content-Type and no fallback_scrape_protocol specified for target',
    }
  }
  const type = parseMediaType(contentType)
  const shown = goQuotedText(contentType)
  if ('fault' in type) {
    return { fault: `cannot parse Content-Type ${shown} and no fallback_scrape_protocol for target\n${type.fault}` }
  }
  const syntax = SYNTAXES.get(type.name)
  if (syntax !== undefined) return { syntax }
  return { fault: `received unsupported Content-Type ${shown} and no fallback_scrape_protocol specified for target` }
}
