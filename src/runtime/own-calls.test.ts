import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { afterEach, describe, expect, it } from 'vitest'
import { portOf } from '../../test/support/port-of.ts'
import { scrapedServer } from '../../test/support/scraped-server.ts'
import type { JaegerTrace } from '../tracing/index.ts'
import { type Boxman, type ConfigInput, createBoxman } from './index.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** A server that answers whatever it is asked, and what it was asked with. */
async function answering(text = ''): Promise<{ readonly url: string; readonly arrived: IncomingHttpHeaders[] }> {
  const arrived: IncomingHttpHeaders[] = []
  const server = createServer((request, response) => {
    arrived.push(request.headers)
    request.resume().on('end', () => response.end(text))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${portOf(server)}`, arrived }
}

async function observed(code: ConfigInput): Promise<{ readonly boxman: Boxman; readonly called: string[] }> {
  const boxman = await createBoxman(
    { service: 'shop', log: false, admin: { port: 0 }, thresholds: { memoryBytes: 1e12 }, ...code },
    { env: {}, cwd: tmpdir() },
  )
  closing.push(() => boxman.stop())
  const called: string[] = []
  boxman.instrument.outgoing({ record: ({ host }) => called.push(host) })
  return { boxman, called }
}

type Own = readonly [string, (url: string) => ConfigInput, (boxman: Boxman) => unknown]

describe('calls of Boxman’s own', () => {
  it.each<Own>([
    ['a span export', (url) => ({ tracing: { otlpUrl: `${url}/v1/traces` } }), () => undefined],
    [
      'a remote write',
      (url) => ({ collect: { intervalMs: 100 }, store: { intervalMs: 100 }, remoteWrite: [{ url: `${url}/write` }] }),
      () => undefined,
    ],
    ['a query of the backend', (url) => ({ query: { backend: url } }), (boxman) => boxman.query('up')],
  ])('are not the application’s: %s', async (_, configured, provoke) => {
    const [own, shop] = [await answering('{"status":"success","data":[]}'), await answering()]
    const { boxman, called } = await observed(configured(own.url))
    await boxman.request({ route: '/checkout' }, async () => {
      await (await fetch(shop.url)).text()
      // Also where it is asked for in the middle of a request.
      await provoke(boxman)
    })
    await expect.poll(() => own.arrived.length, { timeout: 10_000 }).toBeGreaterThan(0)
    const { host } = new URL(shop.url)
    expect(called).toEqual([host])
    for (const headers of own.arrived) {
      for (const name of ['traceparent', 'tracestate', 'x-correlation-id', 'x-span-id', 'x-parent-span-id']) {
        expect(headers).not.toHaveProperty(name)
      }
    }
    expect(shop.arrived).toMatchObject([{ traceparent: expect.any(String), 'x-correlation-id': expect.any(String) }])
    const page = await (await fetch(`${boxman.admin.url}/metrics`)).text()
    const counted = page.match(/^http_client_requests_total\{.*$/gm) ?? []
    expect(counted.filter((line) => !line.includes(boxman.admin.url?.slice(7) ?? ''))).toEqual([
      `http_client_requests_total{method="GET",target="${host}",status="200"} 1`,
    ])
    const answer = await fetch(`${boxman.admin.url}/api/traces?service=shop&operation=GET%20/checkout`)
    const { data } = (await answer.json()) as { readonly data: readonly JaegerTrace[] }
    expect(data.map(({ spans }) => spans.map(({ operationName }) => operationName))).toEqual([['GET /checkout', 'GET']])
  })

  it('are not the application’s: a scrape', async () => {
    const { called } = await observed({})
    const arrived: IncomingHttpHeaders[] = []
    const scraped = await scrapedServer('', (request, response) => {
      arrived.push(request.headers)
      response.setHeader('content-type', 'text/plain').end('up_here 1\n')
    })
    closing.push(scraped.close)
    await scraped.scraper.scrape(Date.now())
    expect(arrived).toHaveLength(1)
    expect(arrived[0]).not.toHaveProperty('traceparent')
    expect(called).toEqual([])
  })
})
