import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { LiveFeed } from './live-feed.ts'
import { STREAM_PATH, Streams } from './streams.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function serving() {
  const feed = new LiveFeed({
    query: () => Promise.reject(new Error('not asked here')),
    versions: () => ({ logs: 7 }),
    now: () => 0,
  })
  const streams = new Streams(feed)
  const server = createServer((request, response) => {
    void streams.answer(request, response, request.url ?? '').then((isOurs) => isOurs || response.writeHead(404).end())
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  closing.push(() => {
    streams.end()
    server.closeAllConnections()
    server.close()
  })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of a server that listens on a port
  return { feed, streams, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/** The events of a stream as they come: `event: data`. */
async function opened(url: string) {
  const abort = new AbortController()
  closing.push(() => abort.abort())
  const response = await fetch(url + STREAM_PATH, { signal: abort.signal })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  const next = async (): Promise<string> => {
    while (!rest.includes('\n\n')) {
      const { value, done = true } = (await reader?.read()) ?? {}
      if (done) return 'the end'
      rest += value
    }
    const end = rest.indexOf('\n\n')
    const event = rest.slice(0, end)
    rest = rest.slice(end + 2)
    return event
  }
  return { response, next, leave: () => abort.abort() }
}

async function put(url: string, id: string, body: string): Promise<[number, unknown]> {
  const answer = await fetch(`${url}${STREAM_PATH}/${id}`, { method: 'PUT', body })
  return [answer.status, await answer.json()]
}

describe('streams', () => {
  it('say hello, then every tick, then a sign of life', async () => {
    const { feed, streams, url } = await serving()
    const { response, next } = await opened(url)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(await next()).toMatch(/^retry: 1000\nevent: hello\ndata: {"id":"[-0-9a-f]{36}"}$/)
    await feed.step(1000)
    expect(await next()).toBe('event: tick\ndata: {"at":1000,"everyMs":1000,"results":{},"changed":{"logs":7}}')
    streams.step(15_999)
    streams.step(16_000)
    expect(await next()).toBe(':')
    streams.end()
    expect(await next()).toBe('the end')
  })

  it('end after ten minutes, so that who comes again is asked again who it is', async () => {
    const { streams, url } = await serving()
    const { next } = await opened(url)
    await next()
    streams.step(1000)
    streams.step(600_999)
    expect(await next()).toBe(':')
    streams.step(601_000)
    expect(await next()).toBe('the end')
  })

  it('are forgotten when their client goes', async () => {
    const { feed, streams, url } = await serving()
    const { next, leave } = await opened(url)
    await next()
    expect([streams.size, feed.watchers]).toEqual([1, 1])
    leave()
    await expect.poll(() => [streams.size, feed.watchers]).toEqual([0, 0])
  })

  it('are told what to ask, and refuse what is none', async () => {
    const { url } = await serving()
    const { next } = await opened(url)
    const [, id = ''] = /"id":"([^"]+)"/.exec(await next()) ?? []
    expect(await put(url, id, '{"queries":["up"]}')).toEqual([200, { status: 'success' }])
    const expected = 'expected {"queries":[...]} with at most 200 expressions of at most 4000 characters'
    for (const body of ['', '{', 'null', '{"queries":"up"}', '{"queries":[1]}', '{"queries":[""]}']) {
      expect([body, await put(url, id, body)]).toEqual([body, [400, { status: 'error', errors: [expected] }]])
    }
    const many = JSON.stringify({ queries: Array.from({ length: 201 }, (_, i) => `q${i}`) })
    expect((await put(url, id, many))[0]).toBe(400)
    expect((await put(url, id, JSON.stringify({ queries: ['x'.repeat(300_000)] })))[0]).toBe(413)
    expect(await put(url, 'another', '{"queries":[]}')).toEqual([
      404,
      { status: 'error', errors: ['there is no such stream: open one anew'] },
    ])
    expect((await fetch(url + STREAM_PATH, { method: 'POST' })).status).toBe(405)
  })

  it('are fifty at most', async () => {
    const { url } = await serving()
    await Promise.all(Array.from({ length: 50 }, async () => (await opened(url)).next()))
    const refused = await fetch(url + STREAM_PATH)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10'])
  })
})
