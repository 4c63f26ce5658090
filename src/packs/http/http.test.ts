import { expect, it } from 'vitest'
import { expose, Registry } from '../../metrics/index.ts'
import { GatewayRequests, OtelHttpMetrics, type OtelRequest, PromBundleMetrics } from '../index.ts'

const request = (part: Partial<OtelRequest> = {}): OtelRequest => ({
  method: 'GET',
  scheme: 'http',
  route: '/films/:id',
  status: 200,
  durationMs: 125,
  aborted: false,
  protocolVersion: '1.1',
  ...part,
})

async function page(registry: Registry): Promise<string[]> {
  const chunks: Uint8Array[] = []
  for await (const chunk of expose(registry).body) chunks.push(chunk)
  return Buffer.concat(chunks)
    .toString()
    .split('\n')
    .filter((line) => /^[a-z]/.test(line))
}

const bounds = (lines: readonly string[], name: string): string[] => [
  ...new Set(
    lines.flatMap((line) => (line.startsWith(`${name}_bucket`) ? [/le="([^"]+)"/.exec(line)?.[1] ?? ''] : [])),
  ),
]

it('OpenTelemetry: duration, sizes, errors, and what is active (semantic conventions 1.23 and later)', async () => {
  const registry = new Registry()
  const { opened, record } = new OtelHttpMetrics(registry)
  for (let i = 0; i < 4; i++) opened({ method: 'GET', scheme: 'http' })
  record(request({ requestBytes: 0, responseBytes: 40 }))
  record(request({ status: 503 }))
  record(request({ status: 499, aborted: true, protocolVersion: '2' }))
  const lines = await page(registry)
  const labels = (error: string, status: number, version = '1.1'): string =>
    `http_request_method="GET",url_scheme="http",error_type="${error}",http_response_status_code="${status}",http_route="/films/:id",network_protocol_version="${version}"`
  expect(lines).toEqual(
    expect.arrayContaining([
      'http_server_active_requests{http_request_method="GET",url_scheme="http"} 1',
      `http_server_request_duration_seconds_sum{${labels('', 200)}} 0.125`,
      `http_server_request_duration_seconds_count{${labels('503', 503)}} 1`,
      `http_server_request_duration_seconds_count{${labels('aborted', 499, '2')}} 1`,
      `http_server_request_body_size_bytes_count{${labels('', 200)}} 1`,
      `http_server_response_body_size_bytes_sum{${labels('', 200)}} 40`,
      `http_server_response_body_size_bytes_count{${labels('503', 503)}} 0`,
    ]),
  )
  expect(bounds(lines, 'http_server_request_duration_seconds').join(' ')).toBe(
    '0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10 +Inf',
  )
})

it('express-prom-bundle: one histogram, its labels and its buckets', async () => {
  const registry = new Registry()
  const { record, stats } = new PromBundleMetrics(registry)
  for (const part of [{}, { durationMs: 20_000 }, { durationMs: NaN }, { route: '/a b/:id', status: 404 }]) {
    record(request(part))
  }
  const lines = await page(registry)
  const labels = 'status_code="200",method="GET",path="/films/:id"'
  expect(lines).toEqual(
    expect.arrayContaining([
      `http_request_duration_seconds_bucket{${labels},le="0.1"} 0`,
      `http_request_duration_seconds_bucket{${labels},le="0.3"} 1`,
      `http_request_duration_seconds_bucket{${labels},le="+Inf"} 2`,
      `http_request_duration_seconds_sum{${labels}} 20.125`,
      'http_request_duration_seconds_count{status_code="404",method="GET",path="/a b/:id"} 1',
    ]),
  )
  expect(bounds(lines, 'http_request_duration_seconds').join(' ')).toBe('0.003 0.03 0.1 0.3 1.5 10 +Inf')
  expect(stats).toEqual({ badDurations: 1 })
})

it('the craps gateway: by route and method, above the last bound in +Inf alone (G1, G2)', async () => {
  const registry = new Registry()
  const { record } = new GatewayRequests(registry)
  record(request({ durationMs: 9000, route: '/t/"x"\n' }))
  const lines = await page(registry)
  const route = 'route="/t/\\"x\\"\\n"'
  expect(lines).toEqual(
    expect.arrayContaining([
      `bitcraps_gateway_requests_by_route_method_total{${route},method="GET"} 1`,
      `bitcraps_gateway_request_latency_ms_bucket{${route},le="5000"} 0`,
      `bitcraps_gateway_request_latency_ms_bucket{${route},le="+Inf"} 1`,
    ]),
  )
  expect(bounds(lines, 'bitcraps_gateway_request_latency_ms').join(' ')).toBe('50 100 200 500 1000 2000 5000 +Inf')
})
