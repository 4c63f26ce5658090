import { mkdtempSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type Certificates, makeCertificates } from '../../../test/support/certificates.ts'
import { portOf } from '../../../test/support/port-of.ts'
import { Rsyslog } from '../../../test/support/rsyslog.ts'
import { freePort } from '../../../test/support/server-process.ts'
import { eventually, lineOf, quickSink, range, writeLines } from '../../../test/support/sinks.ts'

const open: { stop(): Promise<unknown> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.stop()
})

const FIELDS = [
  'pri',
  'timereported:::date-rfc3339',
  'hostname',
  'app-name',
  'procid',
  'msgid',
  'structured-data',
  'msg',
]
const WRITE = `template(name="all" type="string" string="${FIELDS.map((field) => `%${field}%`).join('\\t')}\\n")
action(type="omfile" file="FOLDER/out" template="all" asyncWriting="off" ioBufferSize="1" flushOnTXEnd="on")`

function tcp(port: number, tls?: Certificates): string {
  const secure = tls === undefined ? '' : `StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="anon"`
  const globals =
    tls === undefined
      ? ''
      : `global(DefaultNetstreamDriverCAFile="${tls.ca}" DefaultNetstreamDriverCertFile="${tls.cert}" DefaultNetstreamDriverKeyFile="${tls.key}")`
  return `${globals}
module(load="imtcp" ${secure} MaxSessions="100")
input(type="imtcp" address="127.0.0.1" port="${port}")
${WRITE}`
}

function rsyslog(config: string, skip: (reason: string) => never): Rsyslog {
  const prepared = Rsyslog.prepare((folder) => config.replaceAll('FOLDER', folder), skip)
  open.push(prepared)
  return prepared
}

const seen = (server: Rsyslog): unknown[] =>
  server.lines('out').map((line) => (JSON.parse(line.split('\t').at(-1) ?? '') as { i: number }).i)

describe('lines to syslog, received by rsyslogd', () => {
  it('by TCP are RFC 5424, their octets counted', async ({ skip }) => {
    const port = await freePort()
    const server = rsyslog(tcp(port), skip)
    await server.start(port)
    const sink = await quickSink(
      { kind: 'syslog', url: `tcp://127.0.0.1:${port}`, batchLines: 40 },
      { now: () => 1_700_000_000_123, service: 'gate way' },
    )
    writeLines(sink, 0, 100)
    for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) sink.write(lineOf(100), level)
    await sink.stop(5000)
    await eventually(
      () => server.lines('out').length >= 106,
      () => [server.output, sink.stats],
    )
    expect(seen(server).slice(0, 100)).toEqual(range(0, 100))
    const lines = server.lines('out')
    const time = '2023-11-14T22:13:20.123'
    expect(lines[5]?.replace(/(\.\d{3})\d*(?:Z|\+00:00)/, '$1')).toBe(
      ['134', time, 'here', 'gate_way', '7', '-', '-', lineOf(5).trim()].join('\t'),
    )
    expect(lines.slice(100).map((line) => Number(line.split('\t')[0]) - 128)).toEqual([7, 7, 6, 4, 3, 2])
    expect(sink.stats).toMatchObject({ queued: 106, sent: 106, retried: { network: 0 } })
  })

  it('by TLS', async ({ skip }) => {
    const port = await freePort()
    const certificates = makeCertificates(skip)
    const server = rsyslog(tcp(port, certificates), skip)
    await server.start(port)
    const sink = await quickSink({ kind: 'syslog', url: `tls://127.0.0.1:${port}`, ca: certificates.ca })
    writeLines(sink, 0, 50)
    await sink.stop(5000)
    await eventually(
      () => server.lines('out').length >= 50,
      () => [server.output, sink.stats],
    )
    expect(seen(server)).toEqual(range(0, 50))
  })

  it('by UDP, but for those longer than a datagram', async ({ skip }) => {
    const port = await freePort()
    const server = rsyslog(
      `module(load="imudp")\ninput(type="imudp" address="127.0.0.1" port="${port}")\n${WRITE}`,
      skip,
    )
    await server.start()
    const sink = await quickSink({ kind: 'syslog', url: `udp://127.0.0.1:${port}`, maxDatagram: 1000 })
    // Nobody says when it listens; until then lines are lost.
    await eventually(() => {
      if (seen(server).length > 0) return true
      sink.write(lineOf(-1), 'info')
      return false
    })
    await sink.flush(5000)
    writeLines(sink, 0, 20)
    sink.write(lineOf(99, { long: 'x'.repeat(1000) }), 'info')
    writeLines(sink, 20, 40)
    await sink.stop(5000)
    const numbered = (): unknown[] => seen(server).filter((i) => i !== -1)
    await eventually(
      () => numbered().length >= 40,
      () => sink.stats,
    )
    expect(numbered()).toEqual(range(0, 40))
    expect(sink.stats.dropped).toEqual({ full: 0, too_long: 1, rejected: 0, stopped: 0, corrupt: 0 })
  })

  it('are there once after an outage and a restart of ours', async ({ skip }) => {
    const port = await freePort()
    const server = rsyslog(tcp(port), skip)
    const spool = mkdtempSync(path.join(tmpdir(), 'boxman-spool-'))
    const options = { kind: 'syslog', url: `tcp://127.0.0.1:${port}`, spool } as const
    await server.start(port)
    const before = await quickSink(options)
    writeLines(before, 0, 50)
    await eventually(() => before.stats.sent === 50)
    await server.stop()
    writeLines(before, 50, 100)
    await eventually(() => before.stats.retried.network > 0)
    await before.stop(50)
    const after = await quickSink(options)
    writeLines(after, 100, 150)
    await server.start(port)
    await after.flush(5000)
    await eventually(
      () => server.lines('out').length >= 150,
      () => after.stats,
    )
    expect(seen(server)).toEqual(range(0, 150))
    expect(after.stats).toMatchObject({ queued: 100, sent: 100, waiting: 0 })
    await after.stop(1000)
  })

  it('are sent again when the connection is reset before they were read', async () => {
    const bodies: string[] = []
    let resets = 2
    const server = createServer({ allowHalfOpen: true }, (socket: Socket) => {
      if (resets-- > 0) {
        socket.resetAndDestroy()
        return
      }
      socket.setEncoding('utf8').on('data', (text: string) => bodies.push(text))
      socket.on('end', () => socket.end())
    }).listen(0, '127.0.0.1')
    await eventually(() => server.listening)
    const sink = await quickSink({ kind: 'syslog', url: `tcp://127.0.0.1:${portOf(server)}` })
    writeLines(sink, 0, 5)
    await sink.stop(5000)
    expect(bodies.join('').match(/line \d/g)).toEqual(['line 0', 'line 1', 'line 2', 'line 3', 'line 4'])
    expect(sink.stats).toMatchObject({ sent: 5, retried: { network: 10 } })
    server.close()
  })
})
