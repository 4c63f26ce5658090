import { describe, expect, it } from 'vitest'
import { acceptsGzip, negotiate } from './negotiate.ts'

const TEXT = 'text/plain; version=0.0.4; charset=utf-8'
const TEXT_1 = 'text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8'
const OPEN = 'application/openmetrics-text; version=1.0.0; charset=utf-8'
const OPEN_UTF8 = `${OPEN}; escaping=allow-utf-8`
const PROTO = 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited'
const ASK_PROTO = 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited'

describe('negotiate', () => {
  it.each([
    [undefined, TEXT],
    ['', TEXT],
    ['*/*', TEXT],
    ['text/*', TEXT],
    ['text/plain', TEXT],
    ['text/plain;version=0.0.4', TEXT],
    ['text/plain;version=2.0.0', TEXT],
    ['application/json', TEXT],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8', TEXT],
    ['application/openmetrics-text', OPEN],
    ['application/openmetrics-text;version=1.0.0', OPEN],
    ['Application/OpenMetrics-Text; Version="1.0.0"; charset=utf-8', OPEN],
    ['application/openmetrics-text;version=0.0.1', OPEN.replace('1.0.0', '0.0.1')],
    ['application/openmetrics-text;version=2.0.0', TEXT],
    ['application/openmetrics-text;version=1.0.0;escaping=dots', `${OPEN}; escaping=underscores`],
    ['application/*', OPEN],
    ['text/plain;version=1.0.0;escaping=allow-utf-8', TEXT_1],
    ['text/plain;version=1.0.0', TEXT_1.replace('allow-utf-8', 'underscores')],
    [ASK_PROTO, PROTO],
    [`${ASK_PROTO};escaping=allow-utf-8`, `${PROTO}; escaping=allow-utf-8`],
    ['application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text', TEXT],
    ['application/vnd.google.protobuf;encoding=delimited', TEXT],
    ['application/vnd.google.protobuf', TEXT],
    // Highest q, then what is named, then the header's order.
    [`text/plain;q=0.5,${ASK_PROTO};q=0.7`, PROTO],
    ['*/*,application/openmetrics-text', OPEN],
    ['text/plain,application/openmetrics-text', TEXT],
    ['application/openmetrics-text;q=0,*/*;q=0.1', TEXT],
    ['application/openmetrics-text;q=nonsense', TEXT],
    // Prometheus 3.5 with scrape_native_histograms.
    [
      `${ASK_PROTO};q=0.5,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.4,application/openmetrics-text;version=0.0.1;q=0.3,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.2,text/plain;version=0.0.4;q=0.1,*/*;q=0.0`,
      PROTO,
    ],
    // Prometheus 3.5 as it comes.
    [
      `application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2`,
      OPEN_UTF8,
    ],
    ['text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,*/*;q=0.5', TEXT_1],
    // Prometheus 2.
    ['application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2', OPEN], // prettier-ignore
  ])('%s', (accept, contentType) => {
    expect(negotiate(accept).contentType).toBe(contentType)
  })

  it.each([
    [undefined, false],
    ['', false],
    ['identity', false],
    ['gzip', true],
    ['deflate, GZIP;q=0.5', true],
    ['gzip;q=0', false],
    ['*', true],
    ['*;q=0', false],
    ['gzip;q=0,*', false],
    ['gzip;q=0.2, identity;q=0.8', false],
    ['zstd', false],
  ])('gzip for %s: %j', (acceptEncoding, packed) => {
    expect(acceptsGzip(acceptEncoding)).toBe(packed)
  })
})
