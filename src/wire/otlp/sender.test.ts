import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { portOf } from '../../../test/support/port-of.ts'
import { OtlpSender, type OtlpSenderOptions, ProtobufWriter } from '../index.ts'

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly items: readonly string[]
}

let server: Server
let received: Received[]
/** What the server answers, one request after another; then 200. */
let answers: ((response: ServerResponse) => void)[]
let senders: OtlpSender<string>[]
let problems: string[]

const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse) => {
    response.writeHead(code, headers).end()
  }
const say = (contentType: string, body: string | Uint8Array) => (response: ServerResponse) => {
  response.setHeader('content-type', contentType)
  response.end(body)
}
const silence = () => {}
const cut = (response: ServerResponse) => void response.destroy()

function sender(options: Partial<OtlpSenderOptions<string>> = {}): OtlpSender<string> {
  const one = new OtlpSender<string>({
    url: `http://127.0.0.1:${portOf(server)}/v1/traces`,
    contentType: 'application/json',
    encode: (items) => Buffer.from(JSON.stringify(items)),
    wallNow: () => Date.parse('2026-01-01T00:00:00Z'),
    backoffMs: 1,
    onProblem: (detail) => problems.push(detail),
    ...options,
  })
  senders.push(one)
  return one
}

beforeEach(async () => {
  received = []
  answers = []
  senders = []
  problems = []
  server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const body = Buffer.concat(pieces)
      const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
      received.push({ headers: request.headers, items: JSON.parse(plain.toString()) as string[] })
      ;(answers.shift() ?? status(200))(response)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(async () => {
  await Promise.all(senders.map((one) => one.stop(0)))
  server.closeAllConnections()
  server.close()
})

const items = () => received.map((one) => one.items.join(' '))

describe('a sender', () => {
  it('sends full batches at once, the rest in time, in order', async () => {
    const own = sender({ maxBatch: 2, delayMs: 1 })
    for (const item of ['a', 'b', 'c']) expect(own.push(item)).toBe(true)
    await expect.poll(items).toEqual(['a b', 'c'])
    await expect.poll(() => own.stats).toMatchObject({ queued: 0, sent: 3 })
    own.push('d')
    await expect.poll(items).toEqual(['a b', 'c', 'd'])
  })

  it.each([[true], [false]])('sets the headers (gzip: %j)', async (gzip) => {
    const own = sender({ gzip, headers: { authorization: 'Bearer x' } })
    own.push('a')
    await own.flush()
    expect(received[0]?.headers).toMatchObject({ 'content-type': 'application/json', authorization: 'Bearer x' })
    expect(received[0]?.headers['content-encoding']).toBe(gzip ? 'gzip' : undefined)
  })

  it.each<[string, ((response: ServerResponse) => void)[], Partial<OtlpSenderOptions<string>>, object]>([
    ['is throttled', [status(429)], {}, { sent: 1, retries: 1 }],
    ['is told to wait', [status(503, { 'retry-after': '0' })], { backoffMs: 60_000 }, { sent: 1, retries: 1 }],
    [
      'is told until when',
      [status(503, { 'retry-after': 'Wed, 31 Dec 2025 23:59:59 GMT' })],
      { backoffMs: 60_000 },
      { sent: 1, retries: 1 },
    ],
    ['finds a gateway broken', [status(502), status(504)], {}, { sent: 1, retries: 2 }],
    ['is cut off', [cut], {}, { sent: 1, retries: 1 }],
    ['gets no answer', [silence], { timeoutMs: 50 }, { sent: 1, retries: 1 }],
    ['is not wanted', [status(400)], {}, { failed: 1, retries: 0 }],
    ['is sent elsewhere', [status(307, { location: '/elsewhere' })], {}, { failed: 1, retries: 0 }],
    ['finds nobody in the end', [cut, cut, cut], { maxAttempts: 3 }, { failed: 1, retries: 2 }],
  ])('%s', async (_, answer, options, stats) => {
    answers = [...answer]
    const own = sender(options)
    own.push('a')
    await own.flush()
    expect(own.stats).toMatchObject({ queued: 0, sent: 0, dropped: 0, failed: 0, rejected: 0, ...stats })
    expect(problems).toHaveLength('failed' in stats ? 1 : 0)
  })

  const partial = new ProtobufWriter()
  const start = partial.begin(1)
  partial.int(1, 2)
  partial.text(2, 'too old')
  partial.end(start)
  it.each([
    ['JSON', say('application/json', '{"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}}'), 2, 1],
    ['JSON of logs', say('application/json; charset=utf-8', '{"partialSuccess":{"rejectedLogRecords":2}}'), 2, 1],
    ['protobuf', say('application/x-protobuf', partial.finish()), 2, 1],
    ['a mere warning', say('application/json', '{"partialSuccess":{"errorMessage":"old"}}'), 0, 1],
    ['nothing of it', say('application/json', '{"partialSuccess":{}}'), 0, 0],
    ['nonsense', say('application/json', '{'), 0, 0],
    ['more than there was', say('application/json', '{"partialSuccess":{"rejectedSpans":99}}'), 3, 1],
  ])('reads what was taken in part: %s', async (_, answer, rejected, told) => {
    answers = [answer]
    const own = sender()
    for (const item of ['a', 'b', 'c']) own.push(item)
    await own.flush()
    expect(own.stats).toMatchObject({ sent: 3 - rejected, rejected, failed: 0 })
    expect(problems).toHaveLength(told)
  })

  it('keeps so many, the newest, and counts the others', async () => {
    answers = [silence]
    const own = sender({ maxQueue: 3, maxBatch: 3, weigh: (item) => item.length })
    own.push('abc')
    await expect.poll(() => received.length).toBe(1)
    for (const item of ['d', 'e', 'f', 'g']) own.push(item)
    own.push('hi')
    expect(own.stats).toMatchObject({ queued: 6, dropped: 3 })
    await own.stop(20)
    expect(own.stats).toMatchObject({ queued: 0, sent: 0, dropped: 9 })
  })

  it('sends what is left when it is stopped, and takes nothing more', async () => {
    answers = [status(503)]
    const own = sender({ backoffMs: 60_000, maxBatch: 1 })
    own.push('a')
    own.push('b')
    await expect.poll(() => own.stats.retries).toBe(1)
    await own.stop(5000)
    expect(items()).toEqual(['a', 'a', 'b'])
    expect(own.push('c')).toBe(false)
    expect(own.stats).toMatchObject({ queued: 0, sent: 2, dropped: 1 })
  })

  it('keeps every fault to itself (B12)', async () => {
    const fail = () => {
      throw new Error('ours')
    }
    const own = sender({ encode: fail, weigh: fail, onProblem: fail })
    expect(own.push('a')).toBe(true)
    await own.flush()
    expect(own.stats).toMatchObject({ queued: 0, failed: 1 })
    const other = sender({ fetch: fail, maxAttempts: 1 })
    other.push('a')
    await other.flush()
    expect(other.stats).toMatchObject({ queued: 0, failed: 1 })
  })

  it('sends in the context of nobody', async () => {
    const storage = new AsyncLocalStorage<string>()
    const seen: unknown[] = []
    const own = sender({
      delayMs: 1,
      fetch: (...args) => {
        seen.push(storage.getStore())
        return fetch(...args)
      },
    })
    storage.run('a request', () => own.push('a'))
    await expect.poll(items).toEqual(['a'])
    storage.run('a request', () => own.push('b'))
    await storage.run('a request', () => own.flush())
    expect(seen).toEqual([undefined, undefined])
  })

  it.each([[{ url: 'collector:4318' }], [{ url: '/v1/traces' }], [{ maxQueue: 0 }], [{ maxBatch: NaN }]])(
    'refuses %j',
    (options) => {
      expect(() => sender(options)).toThrow(/url|maxQueue|maxBatch/)
    },
  )
})
