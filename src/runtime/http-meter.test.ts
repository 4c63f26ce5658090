import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { text } from 'node:stream/consumers'
import { afterEach, expect, it } from 'vitest'
import { portOf } from '../../test/support/port-of.ts'
import { type Config, createBoxman } from './index.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

it.each<[Config['http']['metrics'], string | undefined]>([
  ['media', 'http'],
  ['prom-bundle', 'http'],
  ['otel', 'http_server'],
  ['bitcraps', 'craps_gateway'],
  ['off', undefined],
])('http.metrics: %j counts malformed requests and upgrades as %s_*', async (metrics, prefix) => {
  const config = { service: 'films', prefix: 'craps', admin: { port: 0 }, http: { metrics, log: false }, log: false }
  const boxman = await createBoxman(config, { env: {}, cwd: tmpdir() })
  closing.push(() => boxman.stop())
  const counted = async (): Promise<string[]> => {
    const page = await (await fetch(`${boxman.admin.url}/metrics`)).text()
    return page.split('\n').filter((line) => /^\w+_(malformed_requests|upgrades)_total/.test(line))
  }
  expect(await counted()).toEqual([])

  const server = createServer((_request, response) => response.end('ok'))
  server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n'))
  boxman.instrument.http(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => server.close())
  for (const message of [
    'NOT HTTP\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`,
    'GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
  ]) {
    const socket = connect(portOf(server), '127.0.0.1')
    socket.write(message)
    await text(socket).catch(() => '')
  }
  const want = [
    ['malformed_requests', 'reason', 'bad_request', 2],
    ['malformed_requests', 'reason', 'timeout', 0],
    ['malformed_requests', 'reason', 'chunk_extensions_overflow', 0],
    ['malformed_requests', 'reason', 'header_overflow', 1],
    ['malformed_requests', 'reason', 'tls', 0],
    ['malformed_requests', 'reason', 'protocol', 0],
    ['upgrades', 'protocol', 'websocket', 1],
    ['upgrades', 'protocol', 'h2c', 0],
    ['upgrades', 'protocol', 'connect', 0],
    ['upgrades', 'protocol', '_OTHER', 0],
  ].map(([name, label, value, count]) => `${prefix}_${name}_total{${label}="${value}"} ${count}`)
  expect(await counted()).toEqual(prefix === undefined ? [] : want)
})
