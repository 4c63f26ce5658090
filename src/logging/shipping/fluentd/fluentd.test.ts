import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { FluentServer } from '@fluent-org/logger'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { makeCertificates } from '../../../../test/support/certificates.ts'
import { freePort } from '../../../../test/support/server-process.ts'
import { eventually, quickSink, range, writeLines } from '../../../../test/support/sinks.ts'
import { MessagePackWriter } from './message-pack.ts'
import { readMessagePack } from './read-message-pack.ts'

type ServerOptions = NonNullable<ConstructorParameters<typeof FluentServer>[0]>

interface Received {
  readonly tag: string
  readonly ms: number
  readonly record: Readonly<Record<string, unknown>>
}

const servers: FluentServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function serve(received: Received[], options: ServerOptions = {}): Promise<FluentServer> {
  const server = new FluentServer({ listenOptions: { port: 0, host: '127.0.0.1' }, ...options })
  server.on('entry', (tag: string, time: { epoch: number; nano: number }, record: Record<string, unknown>) => {
    received.push({ tag, ms: time.epoch * 1000 + time.nano / 1e6, record })
  })
  await server.listen()
  servers.push(server)
  return server
}

async function end(server: FluentServer): Promise<void> {
  servers.splice(servers.indexOf(server), 1)
  await server.close()
}

const seen = (received: readonly Received[]): unknown[] => received.map(({ record }) => record['i'])
const security = { serverHostname: 'server', sharedKey: 'the key', authorize: false, userDict: {} }
const authorize = { ...security, authorize: true, userDict: { me: 'my word' } }

describe("lines to Fluentd (O7), received by @fluent-org/logger's server", () => {
  it.each<[string, ServerOptions, object]>([
    ['acknowledged', {}, {}],
    ['without being acknowledged', {}, { ack: false }],
    ['who share a key', { security }, { sharedKey: 'the key' }],
    ['who know a user', { security: authorize }, { sharedKey: 'the key', username: 'me', password: 'my word' }],
  ])('%s', async (_, server, client) => {
    const received: Received[] = []
    const { port } = await serve(received, server)
    const url = `tcp://127.0.0.1:${port}`
    const sink = await quickSink({ kind: 'fluentd', url, batchLines: 40, ...client }, { now: () => 1_700_000_000_123 })
    writeLines(sink, 0, 100)
    await sink.stop(5000)
    await eventually(() => received.length >= 100)
    expect(seen(received)).toEqual(range(0, 100))
    expect(received[5]).toEqual({
      tag: 'gateway',
      ms: 1_700_000_000_123,
      record: { level: 'info', time: '2026-01-01T00:00:00.000Z', i: 5, msg: 'line 5 äöü' },
    })
    expect(sink.stats).toMatchObject({ queued: 100, sent: 100, waiting: 0, retried: { network: 0 } })
  })

  it.each<[string, ServerOptions, object]>([
    ['another key', { security }, { sharedKey: 'my key' }],
    ['no key', { security }, {}],
    ['another password', { security: authorize }, { sharedKey: 'the key', username: 'me', password: 'no' }],
  ])('are not let in with %s', async (_, server, client) => {
    const received: Received[] = []
    const { port } = await serve(received, server)
    const problems: (string | undefined)[] = []
    const onState = (_: string, detail: string | undefined): void => void problems.push(detail)
    const sink = await quickSink(
      { kind: 'fluentd', url: `tcp://127.0.0.1:${port}`, timeoutMs: 500, ...client },
      { onState },
    )
    writeLines(sink, 0, 3)
    await eventually(() => problems.length > 0)
    await sink.stop(0)
    expect(problems[0]).toMatch(/not let in|closed|answer/)
    expect([received.length, sink.stats.sent, sink.stats.dropped.stopped]).toEqual([0, 0, 3])
  })

  it('go by TLS to whom the authority vouches for, and to nobody else', async ({ skip }) => {
    const { ca, cert, key } = makeCertificates(skip)
    const received: Received[] = []
    const tlsOptions = { cert: readFileSync(cert), key: readFileSync(key) }
    const { port } = await serve(received, { tlsOptions, security })
    const options = { kind: 'fluentd', url: `tls://127.0.0.1:${port}`, sharedKey: 'the key' } as const
    const wary = await quickSink(options)
    writeLines(wary, 0, 10)
    await wary.stop(300)
    expect([wary.stats.sent, received.length]).toEqual([0, 0])
    const sink = await quickSink({ ...options, ca })
    writeLines(sink, 0, 10)
    await sink.stop(5000)
    expect(sink.stats.sent).toBe(10)
    expect(seen(received)).toEqual(range(0, 10))
  })

  it('are there once after an outage and a restart of ours', async () => {
    const received: Received[] = []
    const port = await freePort()
    const listenOptions = { port, host: '127.0.0.1' }
    const spool = mkdtempSync(path.join(tmpdir(), 'boxman-spool-'))
    const options = { kind: 'fluentd', url: `tcp://127.0.0.1:${port}`, spool } as const
    const server = await serve(received, { listenOptions })
    const before = await quickSink(options)
    writeLines(before, 0, 50)
    await eventually(() => before.stats.sent === 50)
    await end(server)
    writeLines(before, 50, 100)
    await eventually(() => before.stats.retried.network > 0)
    await before.stop(50)
    const after = await quickSink(options)
    writeLines(after, 100, 150)
    await serve(received, { listenOptions })
    await after.flush(5000)
    expect(seen(received)).toEqual(range(0, 150))
    expect(after.stats).toMatchObject({ queued: 100, sent: 100, waiting: 0, spooledBytes: 0 })
    await after.stop(1000)
  })
})

function outcomeOf(bytes: Buffer): string {
  try {
    return readMessagePack(bytes) === undefined ? 'goes on' : 'read'
  } catch (error) {
    return String(error)
  }
}

describe('MessagePack', () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.constant(null),
      fc.boolean(),
      fc.nat(),
      fc.integer({ min: -32, max: -1 }),
      fc.string({ unit: 'grapheme', maxLength: 70_000, size: 'max' }),
      fc.uint8Array({ maxLength: 70_000, size: 'max' }),
      fc.array(tie('any'), { maxLength: 40 }),
    ),
  })).any
  const written = (what: unknown): Buffer => {
    const out = new MessagePackWriter()
    out.value(what)
    return Buffer.from(out.finish())
  }
  const plain = (message: unknown): unknown =>
    message instanceof Uint8Array ? Buffer.from(message) : Array.isArray(message) ? message.map(plain) : message

  it('is read as it was written, and not before its last byte', () => {
    fc.assert(
      fc.property(value, fc.nat(), (what, cut) => {
        const bytes = written(what)
        const read = readMessagePack(bytes)
        expect(read?.length).toBe(bytes.length)
        expect(plain(read?.message)).toEqual(plain(what))
        expect(readMessagePack(bytes.subarray(0, cut % bytes.length))).toBeUndefined()
      }),
      { numRuns: 50 },
    )
  })

  it.each([4000, 4094, 4095, 4096, 70_000])('of many numbers has each in its place: %i', (length) => {
    const numbers = range(0, length)
    expect(readMessagePack(written(numbers.map((i) => i + 200)))?.message).toEqual(numbers.map((i) => i + 200))
    const out = new MessagePackWriter()
    out.binary(new Uint8Array(length))
    const start = out.finish().length
    for (const i of numbers) {
      out.number(-i - 0.5)
      out.number(-(2 ** 40) - i)
      out.eventTime(i)
    }
    const bytes = Buffer.from(out.finish().subarray(start))
    const read = numbers.map((i) => [bytes.readDoubleBE(i * 28 + 1), Number(bytes.readBigInt64BE(i * 28 + 10))])
    expect(read).toEqual(numbers.map((i) => [-i - 0.5, -(2 ** 40) - i]))
    expect(bytes.readUInt32BE(bytes.length - 4)).toBe(((length - 1) % 1000) * 1_000_000)
  })

  it('of arbitrary bytes is read, goes on, or is refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
        const outcome = outcomeOf(Buffer.from(bytes))
        expect(outcome).toMatch(/^(read|goes on|Error: .*MessagePack.*)$/)
      }),
    )
  })
})
