import { once } from 'node:events'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { afterEach, describe, expect, it } from 'vitest'
import { portOf } from '../../test/support/port-of.ts'
import { type Boxman, type ConfigInput, createBoxman } from './index.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const PARENT = 'b7ad6b7169203331'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

interface Shop {
  readonly boxman: Boxman
  /** Answers with the id of the request's span. */
  readonly ask: (flags: string) => Promise<string>
  /** The lines of the OpenMetrics page that have an exemplar, without its time. */
  readonly exemplars: () => Promise<string[]>
}

/** A shop that calls a warehouse. */
async function shop(code: ConfigInput = {}): Promise<Shop> {
  const boxman = await createBoxman(
    { service: 'shop', log: false, admin: { port: 0 }, thresholds: { memoryBytes: 1e12 }, ...code },
    { env: {}, cwd: tmpdir() },
  )
  closing.push(() => boxman.stop())
  const warehouse = createServer((_, response) => response.end())
  const front = createServer((_, response) => {
    void fetch(`http://127.0.0.1:${portOf(warehouse)}`).then(() => response.end())
  })
  for (const server of [warehouse, front]) {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    closing.push(() => server.close())
  }
  boxman.instrument.http(front, { route: () => '/checkout' })
  boxman.instrument.outgoing()
  return {
    boxman,
    ask: async (flags) => {
      const headers = { traceparent: `00-${TRACE}-${PARENT}-${flags}` }
      const answer = await fetch(`http://127.0.0.1:${portOf(front)}/`, { headers })
      await answer.text()
      return answer.headers.get('x-span-id') ?? ''
    },
    exemplars: async () => {
      const accept = 'application/openmetrics-text; version=1.0.0'
      const page = await (await fetch(`${boxman.admin.url}/metrics`, { headers: { accept } })).text()
      const target = `127.0.0.1:${portOf(warehouse)}`
      return page
        .split('\n')
        .filter((line) => line.includes(' # {') && (line.includes('checkout') || line.includes(target)))
        .map((line) => line.replace(/_bucket\{.* # /, ' ').replace(/ \S+ \S+$/, ''))
    },
  }
}

describe('exemplars', () => {
  it.each([
    ['media', 'http_request_duration_seconds'],
    ['bitcraps', 'bitcraps_gateway_request_latency_ms'],
    ['otel', 'http_server_request_duration_seconds'],
    ['prom-bundle', 'http_request_duration_seconds'],
  ] as const)('%s: durations point to a trace that is kept', async (metrics, name) => {
    const { ask, exemplars } = await shop({ http: { metrics } })
    const spanId = await ask('01')
    const wanted = `${name} {trace_id="${TRACE}",span_id="${spanId}"}`
    await expect.poll(exemplars).toContain(wanted)
    const others = (await exemplars()).filter((line) => line !== wanted)
    const call =
      /^http_client_request_duration_seconds \{trace_id="0af7651916cd43dd8448eb211c80319c",span_id="\w{16}"\}$/
    expect(others.map((line) => call.test(line))).toEqual(metrics === 'media' ? [true] : [])
    expect(others.join()).not.toContain(spanId)
  })

  it('are found where the service is asked for its own history', async () => {
    const { boxman, ask } = await shop({ collect: { intervalMs: 100 }, store: { intervalMs: 100 } })
    const spanId = await ask('01')
    const query = 'query_exemplars?query=http_request_duration_seconds_bucket&start=0&end=9999999999'
    await expect
      .poll(async () => (await fetch(`${boxman.admin.url}/api/v1/${query}`)).text(), { timeout: 5000 })
      .toContain(`"labels":{"span_id":"${spanId}","trace_id":"${TRACE}"}`)
  })

  it.each<[string, ConfigInput, string]>([
    ['of a trace that is not kept', {}, '00'],
    ['where they are not wanted', { metrics: { exemplars: false } }, '01'],
    ['without spans', { tracing: false }, '01'],
  ])('there are none %s', async (_, code, flags) => {
    const { boxman, ask, exemplars } = await shop(code)
    await ask(flags)
    await expect
      .poll(async () => (await fetch(`${boxman.admin.url}/metrics`)).text())
      .toContain('http_request_duration_seconds_count{method="GET",path="/checkout"} 1')
    expect(await exemplars()).toEqual([])
  })
})
