import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pinoElasticsearchModule from 'pino-elasticsearch'
import { afterEach, describe, expect, it } from 'vitest'
import { type BulkServer, type Mood, startBulkServer } from '../../../test/support/bulk-server.ts'
import { Rsyslog } from '../../../test/support/rsyslog.ts'
import { eventually, lineOf, quickSink, range, writeLines } from '../../../test/support/sinks.ts'

// Its types say that it is an ES module, which it is not.
const pinoElasticsearch = pinoElasticsearchModule as unknown as typeof pinoElasticsearchModule.default

const open: { close(): Promise<unknown> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close()
})

async function bulkServer(options?: { maxBytes: number }): Promise<BulkServer> {
  const server = await startBulkServer(options)
  open.push(server)
  return server
}

const seen = (server: BulkServer): unknown[] => server.documents.map(({ source }) => source['i'])

describe('the bulk server of these tests', () => {
  it('serves pino-elasticsearch', async () => {
    const server = await bulkServer()
    const stream = pinoElasticsearch({ node: server.url, index: 'logs-pino-default', opType: 'create', flushBytes: 1 })
    for (const i of range(0, 20)) stream.write(lineOf(i))
    await eventually(
      () => server.documents.length === 20,
      () => server.log,
    )
    expect(seen(server)).toEqual(range(0, 20))
    expect(server.documents[0]?.index).toBe('logs-pino-default')
    stream.end()
    await eventually(
      () => server.log.every((line) => line.startsWith('200')),
      () => server.log,
    )
  })

  it("serves rsyslog's omelasticsearch", async ({ skip }) => {
    const server = await bulkServer()
    const { port } = new URL(server.url)
    const template = '{\\"@timestamp\\":\\"%timereported:::date-rfc3339%\\",\\"message\\":\\"%msg:::json%\\"}'
    const rsyslog = Rsyslog.prepare(
      (folder) => `module(load="omelasticsearch")
module(load="imfile" mode="polling" pollingInterval="1")
template(name="id" type="string" string="id %msg%")
template(name="doc" type="string" string="${template}")
input(type="imfile" file="${folder}/in" tag="in")
action(type="omelasticsearch" server="127.0.0.1" serverport="${port}" template="doc" searchIndex="logs-rsyslog-default"
  searchType="" bulkmode="on" writeoperation="create" bulkid="id" dynbulkid="on" errorFile="${folder}/errors")`,
      skip,
    )
    rsyslog.write(
      'in',
      range(0, 20)
        .map((i) => `line ${i}\n`)
        .join(''),
    )
    open.push({ close: () => rsyslog.stop() })
    await rsyslog.start()
    await eventually(
      () => server.documents.length === 20,
      () => [server.log, rsyslog.output],
    )
    expect(server.documents.map(({ source }) => source['message'])).toEqual(range(0, 20).map((i) => `line ${i}`))
  })

  it.each([
    ['no newline at the end', '{"create":{}}\n{}', 400],
    ['no action', '{}\n{}\n', 400],
    ['an unknown field of an action', '{"create":{"_indx":"a"}}\n{}\n', 400],
    ['an action without a document', '{"create":{}}\n', 400],
    ['an empty line', '{"create":{}}\n{}\n\n', 400],
  ])('refuses %s', async (_, body, status) => {
    const server = await bulkServer()
    const headers = { 'content-type': 'application/x-ndjson' }
    const answer = await fetch(`${server.url}/a/_bulk`, { method: 'POST', headers, body })
    expect([answer.status, server.documents.length]).toEqual([status, 0])
  })
})

describe('lines to Elasticsearch (O7)', () => {
  it('are created in a data stream, each once and in order, gzipped', async () => {
    const server = await bulkServer()
    const sink = await quickSink({ kind: 'elasticsearch', url: server.url, batchLines: 40 })
    writeLines(sink, 0, 100)
    await sink.stop(5000)
    expect(seen(server)).toEqual(range(0, 100))
    expect(server.log).toEqual(range(0, 3).map(() => '200 POST /logs-gateway-default/_bulk gzip'))
    expect(server.documents[7]).toMatchObject({
      index: 'logs-gateway-default',
      source: { '@timestamp': expect.any(String) as unknown, i: 7, msg: 'line 7 äöü' },
    })
    expect(sink.stats).toMatchObject({ queued: 100, sent: 100, waiting: 0, bytes: 0 })
  })

  it('keep a timestamp of their own, and get one beside that of an inner object', async () => {
    const server = await bulkServer()
    const sink = await quickSink({ kind: 'elasticsearch', url: server.url, gzip: false }, { now: () => 0 })
    const own = '2026-01-01T00:00:00.000Z'
    sink.write(JSON.stringify({ '@timestamp': own, i: 0 }), 'info')
    sink.write(JSON.stringify({ inner: { '@timestamp': own }, i: 1 }), 'info')
    sink.write('{}', 'info')
    sink.write('no JSON\nat all', 'info')
    await sink.stop(5000)
    expect(server.documents.map(({ source }) => source)).toEqual([
      { '@timestamp': own, i: 0 },
      { '@timestamp': '1970-01-01T00:00:00.000Z', inner: { '@timestamp': own }, i: 1 },
      { '@timestamp': '1970-01-01T00:00:00.000Z' },
      { '@timestamp': '1970-01-01T00:00:00.000Z', msg: 'no JSON at all' },
    ])
  })

  const throttled = { status: 429, headers: { 'retry-after': '0' } }
  it.each<[string, readonly Mood[], object, number]>([
    ['429', [throttled, throttled], { retried: { throttled: 20 } }, 10],
    ['503', [{ status: 503 }], { retried: { server: 10 } }, 10],
    ['500 that passes', [{ status: 500 }, { status: 500 }], { retried: { server: 20 } }, 10],
    ['a lost answer, whose lines are there once all the same', ['mute'], { retried: { network: 10 } }, 10],
    ['400', [{ status: 400 }], { dropped: { rejected: 10 } }, 0],
    ['401', [{ status: 401 }], { dropped: { rejected: 10 } }, 0],
    ['an answer of somebody else', [{ status: 200, body: '<html>' }], { retried: { server: 10 } }, 10],
    ['single lines refused', [{ items: [0, 400, 0, 400] }], { sent: 8, dropped: { rejected: 2 } }, 8],
    ['single lines throttled', [{ items: [0, 429, 0, 503] }], { sent: 10, retried: { throttled: 2 } }, 10],
    ['one refused and one throttled', [{ items: [429, 400] }], { sent: 9, dropped: { rejected: 1 } }, 9],
  ])('of 10 lines, after %s', async (_, moods, stats, there) => {
    const server = await bulkServer()
    server.moods.push(...moods)
    const sink = await quickSink({ kind: 'elasticsearch', url: server.url })
    writeLines(sink, 0, 10)
    await sink.flush(10_000)
    expect(sink.stats).toMatchObject({ queued: 10, waiting: 0, ...stats })
    expect(new Set(seen(server)).size).toBe(there)
    expect(server.documents).toHaveLength(there)
    await sink.stop(100)
  })

  it('go in smaller requests after 413, but for one that is alone too long', async () => {
    const server = await bulkServer({ maxBytes: 1500 })
    const sink = await quickSink({ kind: 'elasticsearch', url: server.url })
    writeLines(sink, 0, 20)
    sink.write(lineOf(99, { long: 'x'.repeat(2000) }), 'info')
    writeLines(sink, 20, 40)
    await sink.stop(10_000)
    expect(seen(server)).toEqual(range(0, 40))
    expect(sink.stats).toMatchObject({ sent: 40, dropped: { too_long: 1 } })
  })

  it('carry the name and password of the address, and the headers', async () => {
    const asked: (string | null)[] = []
    const take: typeof fetch = async (input, init) => {
      const request = new Request(input, init)
      asked.push(request.url, request.headers.get('authorization'), request.headers.get('x-found'))
      return new Response('{"items":[{"create":{"status":201}}]}')
    }
    const url = 'https://me:p%40ss@elastic.test/prefix/'
    const headers = { 'X-Found': 'yes' }
    const sink = await quickSink({ kind: 'elasticsearch', url, headers, index: 'logs' }, { fetch: take })
    writeLines(sink, 0, 1)
    await sink.stop(1000)
    expect(asked).toEqual([
      'https://elastic.test/prefix/logs/_bulk?filter_path=errors%2Citems.*.status%2Citems.*.error',
      `Basic ${Buffer.from('me:p@ss').toString('base64')}`,
      'yes',
    ])
  })

  it('are there once after a spool was read twice', async () => {
    const server = await bulkServer()
    const spool = mkdtempSync(path.join(tmpdir(), 'boxman-spool-'))
    server.moods.push('mute')
    const options = { kind: 'elasticsearch', url: server.url, spool, maxBackoffMs: 60_000 } as const
    const first = await quickSink(options)
    writeLines(first, 0, 10)
    await eventually(() => server.documents.length === 10)
    await first.stop(0)
    const second = await quickSink(options)
    await second.flush(5000)
    expect(second.stats).toMatchObject({ queued: 10, sent: 10 })
    expect(seen(server)).toEqual(range(0, 10))
    await second.stop(100)
  })
})
