/** What a page may be written in, by the names that a Prometheus configuration has for it (`scrape_protocols`). */
export type PageFormat =
  | 'PrometheusProto'
  | 'OpenMetricsText1.0.0'
  | 'OpenMetricsText0.0.1'
  | 'PrometheusText1.0.0'
  | 'PrometheusText0.0.4'

const ALLOWS_UTF8 = ';escaping=allow-utf-8'

const MEDIA_TYPES: Readonly<Record<PageFormat, string>> = {
  PrometheusProto: 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
  'OpenMetricsText1.0.0': `application/openmetrics-text;version=1.0.0${ALLOWS_UTF8}`,
  'OpenMetricsText0.0.1': 'application/openmetrics-text;version=0.0.1',
  'PrometheusText1.0.0': `text/plain;version=1.0.0${ALLOWS_UTF8}`,
  'PrometheusText0.0.4': 'text/plain;version=0.0.4',
}

/** Every format, the best first: protobuf alone carries native histograms. */
export const PAGE_FORMATS: readonly PageFormat[] = Object.freeze([
  'PrometheusProto',
  'OpenMetricsText1.0.0',
  'OpenMetricsText0.0.1',
  'PrometheusText1.0.0',
  'PrometheusText0.0.4',
])

/** The Accept header of a request for a page in one of the formats, the best first, or in whatever there is. */
export function scrapeAccept(formats: readonly PageFormat[]): string {
  const top = PAGE_FORMATS.length + 1
  const wanted = formats.slice(0, PAGE_FORMATS.length).map((format, i) => `${MEDIA_TYPES[format]};q=0.${top - i}`)
  return [...wanted, `*/*;q=0.${top - wanted.length}`].join(',')
}

/** The Accept header that asks for every format, the best first. */
export const SCRAPE_ACCEPT: string = scrapeAccept(PAGE_FORMATS)
