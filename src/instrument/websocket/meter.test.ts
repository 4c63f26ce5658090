import { EventEmitter, once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect as dial } from 'node:net'
import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Server as SocketIo } from 'socket.io'
import { io } from 'socket.io-client'
import * as ws from 'ws'
import { portOf } from '../../../test/support/port-of.ts'
import { instrumentedWebSocket, WebSocketMeter } from '../index.ts'

const { WebSocket, WebSocketServer } = ws

let meter: WebSocketMeter
let faults: unknown[]
let handshakes: string[]
let http: Server
let server: ws.WebSocketServer
let sockets: ws.WebSocket[]

beforeEach(() => {
  ;[faults, handshakes, sockets] = [[], [], []]
  let clock = 0
  meter = new WebSocketMeter({
    now: () => (clock += 7),
    handshake: (side, ms) => handshakes.push(`${side} ${ms}`),
    onFault: (error) => faults.push(error),
  })
})

async function listen(options: ws.ServerOptions = {}): Promise<void> {
  http = createServer()
  server = new WebSocketServer({ server: http, ...options })
  server.on('connection', (socket) => {
    socket.on('error', () => {})
    sockets.push(socket)
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
}

async function open(options: ws.ClientOptions = {}, Class: typeof WebSocket = WebSocket): Promise<ws.WebSocket> {
  const connected = once(server, 'connection')
  const client = new Class(`ws://127.0.0.1:${portOf(http)}`, options)
  client.on('error', () => {})
  await Promise.all([once(client, 'open'), connected])
  return client
}

async function settled(): Promise<void> {
  for (const socket of sockets) socket.terminate()
  await expect.poll(() => sockets.every(({ readyState }) => readyState === WebSocket.CLOSED)).toBe(true)
}

afterEach(async () => {
  meter.undo()
  await settled()
  http.closeAllConnections()
  http.close()
  const left = Object.hasOwn(server, 'handleUpgrade') || Object.hasOwn(WebSocket.prototype, 'emit')
  if (faults.length > 0 || left) throw new Error(`faults: ${String(faults)}; something is left patched: ${left}`)
})

/** What is counted at each end by its own listeners: the tally to compare with. */
class Tally {
  messages: { text: number; binary: number } = { text: 0, binary: 0 }
  bytes = 0
  constructor(socket: ws.WebSocket) {
    socket.on('message', (data: Buffer, binary: boolean) => {
      this.messages[binary ? 'binary' : 'text']++
      this.bytes += data.length
    })
  }
}

/** Sends of every kind; resolves when the last was handed over. */
async function sendAll(socket: ws.WebSocket): Promise<void> {
  for (let i = 0; i < 10; i++) socket.send(`text ${i} Zo\u00eb`)
  for (let i = 0; i < 10; i++) socket.send(randomBytes(i * 50))
  socket.send('a'.repeat(13_000))
  socket.send(Buffer.alloc(70_000), { compress: false })
  socket.send('par', { fin: false })
  socket.ping('are you there')
  socket.send('t', { fin: false })
  socket.send('s', { fin: true })
  socket.send(Buffer.alloc(2000), { fin: false, binary: true })
  socket.send(Buffer.alloc(3000), { fin: true, binary: true })
  socket.send(new Uint8Array(3).buffer)
  socket.send(new Blob(['blob']))
  await new Promise((resolve) => socket.send('last', resolve))
}

describe.each([
  ['a server', () => meter.server(server)],
  ['every server of the library', () => meter.library(ws)],
  [
    'the server and its library, named again',
    () => {
      meter.library(ws)
      meter.server(server)
      meter.server(server)
    },
  ],
])('%s (B4)', (_, instrument) => {
  it.each([
    ['plain', false],
    ['compressed', { threshold: 0 }],
    ['compressed from 1 kB on, without context', { threshold: 1024, serverNoContextTakeover: true }],
  ])('counts messages and their bytes as both ends do: %s', async (_name, perMessageDeflate) => {
    await listen({ perMessageDeflate })
    instrument()
    const clients = [await open(), await open()]
    const there = clients.map((client) => new Tally(client))
    const here = sockets.map((socket) => new Tally(socket))
    await Promise.all([...clients, ...sockets].map(sendAll))
    const want = { text: 2 * 13, binary: 2 * 14 }
    const sum = (tallies: readonly Tally[]) => ({
      text: tallies.reduce((all, { messages }) => all + messages.text, 0),
      binary: tallies.reduce((all, { messages }) => all + messages.binary, 0),
    })
    await expect.poll(() => [sum(there), sum(here)]).toEqual([want, want])
    const { totals } = meter.read('server')
    expect(totals.messages).toEqual({ sent: want, received: want })
    expect(totals.payloadBytes).toEqual({
      sent: there.reduce((all, { bytes }) => all + bytes, 0),
      received: here.reduce((all, { bytes }) => all + bytes, 0),
    })
    expect([totals.open, totals.opened, handshakes]).toEqual([2, 2, ['server 7', 'server 7']])
    expect(meter.read('client').totals.opened).toBe(0)
  })

  it('tells bytes on the wire apart from those of the messages', async () => {
    await listen({ perMessageDeflate: { threshold: 0 } })
    instrument()
    const client = await open()
    const received = once(client, 'message')
    sockets[0]?.send('a'.repeat(26_000))
    await received
    const { totals } = meter.read('server')
    expect(totals.payloadBytes.sent).toBe(26_000)
    expect(totals.wireBytes.sent).toBeGreaterThan(20)
    expect(totals.wireBytes.sent).toBeLessThan(1000)
    expect(totals.wireBytes.received).toBe(0)
  })

  it.each<[string, string, (client: ws.WebSocket, socket: ws.WebSocket) => void]>([
    ['the peer says why', '1001', (client) => client.close(1001)],
    ['the peer does not', '1005', (client) => client.close()],
    ['the service ends it', '1000', (_client, socket) => socket.close(1000)],
    ['an application has its own code', '4xxx', (client) => client.close(4011)],
    ['the peer vanishes', '1006', (client) => client.terminate()],
    ['the connection breaks', '1006', (_client, socket) => Reflect.get(socket, '_socket').destroy()],
    ['the peer breaks the protocol', '1006', (client) => Reflect.get(client, '_socket').write(Buffer.from([255, 255]))],
  ])('counts the code it was closed with: %s', async (_name, code, end) => {
    await listen()
    instrument()
    const [client, other] = [await open(), await open()]
    const [socket] = sockets
    if (socket === undefined) throw new Error('BUG: no socket')
    const closed = new Promise((resolve) => socket.once('close', resolve))
    end(client, socket)
    await closed
    const { totals } = meter.read('server')
    expect([totals.open, Object.fromEntries(totals.closed)]).toEqual([1, { [code]: 1 }])
    other.terminate()
    await expect.poll(() => meter.read('server').totals.open).toBe(0)
  })

  it('counts a frame that comes with the upgrade in one packet', async () => {
    await listen()
    instrument()
    const raw = dial(portOf(http), '127.0.0.1')
    const connected = once(server, 'connection')
    const head =
      'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n'
    const frame = Buffer.concat([Buffer.from([0x81, 0x82, 0, 0, 0, 0]), Buffer.from('hi')])
    raw.write(Buffer.concat([Buffer.from(head), frame]))
    await connected
    await expect.poll(() => meter.read('server').totals.messages.received.text).toBe(1)
    const { totals } = meter.read('server')
    expect([totals.payloadBytes.received, totals.wireBytes.received]).toEqual([2, frame.length])
    raw.destroy()
  })
})

describe('a handshake that fails', () => {
  it.each<[string, number, ws.ServerOptions, ws.ClientOptions]>([
    ['refused', 401, { verifyClient: () => false }, {}],
    ['refused later, with a code', 429, { verifyClient: (_, done) => setImmediate(done, false, 429) }, {}],
    [
      'of another version',
      400,
      {},
      { finishRequest: (request) => request.setHeader('Sec-WebSocket-Version', '7').end() },
    ],
    ['at another path', 400, { path: '/live' }, {}],
  ])('is counted by its status at both ends: %s', async (_, status, serverOptions, clientOptions) => {
    await listen(serverOptions)
    meter.server(server)
    const Instrumented = instrumentedWebSocket(WebSocket, meter)
    const client = new Instrumented(`ws://127.0.0.1:${portOf(http)}`, clientOptions)
    const [error] = await once(client, 'error')
    expect(String(error)).toContain(`${status}`)
    await expect.poll(() => [...meter.read('server').totals.handshakeFailures]).toEqual([[status, 1]])
    await expect.poll(() => [...meter.read('client').totals.handshakeFailures]).toEqual([[status, 1]])
    expect([meter.read('server').totals.opened, meter.read('client').totals.open, handshakes]).toEqual([0, 0, []])
  })

  it('without an answer has no status', async () => {
    await listen({ verifyClient: ({ req }, _done) => void req.socket.destroy() })
    meter.server(server)
    const Instrumented = instrumentedWebSocket(WebSocket, meter)
    const client = new Instrumented(`ws://127.0.0.1:${portOf(http)}`)
    await once(client, 'error')
    await expect.poll(() => [...meter.read('server').totals.handshakeFailures]).toEqual([[0, 1]])
    await expect.poll(() => [...meter.read('client').totals.handshakeFailures]).toEqual([[0, 1]])
  })
})

describe('a client', () => {
  it('of the class made for it is counted from its handshake on', async () => {
    await listen()
    const Instrumented = instrumentedWebSocket(WebSocket, meter)
    expect(Instrumented.name).toBe('InstrumentedWebSocket')
    const client = new Instrumented(`ws://127.0.0.1:${portOf(http)}`)
    expect(client).toBeInstanceOf(WebSocket)
    server.once('connection', (socket) => socket.send('welcome'))
    client.on('open', () => client.send('at once'))
    await once(client, 'message')
    const { totals } = meter.read('client')
    expect(totals).toMatchObject({
      open: 1,
      messages: { sent: { text: 1, binary: 0 }, received: { text: 1, binary: 0 } },
      payloadBytes: { sent: 7, received: 7 },
      wireBytes: { sent: 7 + 6, received: 7 + 2 },
    })
    expect(handshakes).toEqual(['client 7'])
    client.close(1000)
    await once(client, 'close')
    expect(Object.fromEntries(meter.read('client').totals.closed)).toEqual({ 1000: 1 })
  })

  it('that is open already is counted from then on, until the undo', async () => {
    await listen()
    const client = await open()
    client.send('before')
    const undo = meter.socket(client)
    client.send('counted')
    expect(meter.read('client').totals).toMatchObject({ open: 1, messages: { sent: { text: 1 } } })
    undo()
    undo()
    client.send('after')
    expect(meter.read('client').totals).toMatchObject({ open: 0, opened: 1, messages: { sent: { text: 1 } } })
    expect(meter.read('client').totals.wireBytes.sent).toBe(7 + 6)
  })
})

it('back-pressure is that of the slowest sockets, the worst first', async () => {
  await listen()
  meter.server(server)
  const clients = [await open(), await open(), await open()]
  for (const client of clients) client.pause()
  for (const [i, socket] of sockets.entries()) {
    Reflect.get(socket, '_socket').cork()
    socket.send(Buffer.alloc((i + 1) * 10_000))
  }
  const { bufferedBytes, worstBufferedBytes } = meter.read('server', 2)
  expect(bufferedBytes).toBe(sockets.reduce((sum, socket) => sum + socket.bufferedAmount, 0))
  expect(worstBufferedBytes).toEqual([sockets[2]?.bufferedAmount, sockets[1]?.bufferedAmount])
  expect(worstBufferedBytes[0]).toBeGreaterThanOrEqual(30_000)
})

it('who is connected when the server is named is counted, and one undo takes it all off', async () => {
  await listen()
  const client = await open()
  meter.server(server)
  expect(meter.read('server').totals.open).toBe(1)
  client.send('counted')
  await expect.poll(() => meter.read('server').totals.messages.received.text).toBe(1)
  meter.undo()
  expect(Object.hasOwn(WebSocket.prototype, 'emit')).toBe(false)
  const received = once(client, 'message')
  sockets[0]?.send('not counted')
  await received
  expect(meter.read('server').totals).toMatchObject({ open: 0, messages: { sent: { text: 0, binary: 0 } } })
  await open()
  expect(meter.read('server').totals.opened).toBe(1)
})

it('a handshake that ends after the undo is not counted, and patches nothing again', async () => {
  const asked = new EventEmitter()
  await listen({ verifyClient: (_, done) => void asked.emit('asked', done) })
  meter.server(server)
  const client = new WebSocket(`ws://127.0.0.1:${portOf(http)}`)
  const [done] = await once(asked, 'asked')
  meter.undo()
  done(true)
  await once(client, 'open')
  expect([meter.read('server').totals.opened, Object.hasOwn(WebSocket.prototype, 'emit')]).toEqual([0, false])
})

it('what is not of ws is refused by name', async () => {
  await listen()
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the mistake itself
  const wrong = new EventEmitter() as unknown as ws.WebSocketServer
  expect(() => meter.server(wrong)).toThrow(
    new TypeError('no handleUpgrade: this is no server of ws 8, and cannot be measured'),
  )
})

it('socket.io: frames that engine.io writes past `send` are counted as its own tally has them', async () => {
  await listen({ path: '/other' })
  const host = createServer()
  const live = new SocketIo(host, { transports: ['websocket'], perMessageDeflate: false })
  host.listen(0, '127.0.0.1')
  await once(host, 'listening')
  meter.server(Reflect.get(live.engine, 'ws'))
  const packets = { sent: 0, received: 0 }
  live.engine.on('connection', (socket: EventEmitter) => {
    socket.on('packetCreate', () => packets.sent++)
    socket.on('packet', () => packets.received++)
  })
  const clients = [1, 2, 3].map(() => io(`http://127.0.0.1:${portOf(host)}`, { transports: ['websocket'] }))
  await Promise.all(clients.map((client) => new Promise<void>((resolve) => client.on('connect', () => resolve()))))
  const events = clients.map(() => 0)
  clients.forEach((client, i) => client.on('roll', () => void (events[i] = (events[i] ?? 0) + 1)))
  for (let i = 0; i < 20; i++) live.emit('roll', { roll: [3, 4], i })
  for (const client of clients) for (let i = 0; i < 5; i++) client.emit('bet', i)
  await expect.poll(() => events).toEqual([20, 20, 20])
  await expect.poll(() => packets.received).toBe(3 * 6)
  const { totals } = meter.read('server')
  // The handshake packet of each client is created before its `connection` is told of.
  expect(totals.messages).toEqual({
    sent: { text: packets.sent + 3, binary: 0 },
    received: { text: packets.received, binary: 0 },
  })
  expect(packets.sent).toBe(3 * 21)
  for (const client of clients) client.close()
  await expect.poll(() => meter.read('server').totals.open).toBe(0)
  await live.close()
})

describe('what fails is let be after ten faults (B12)', () => {
  it('handshakes that cannot be told: sockets are counted on', async () => {
    await listen()
    const failing = new WebSocketMeter({
      now: () => 0,
      handshake: () => {
        throw new Error('bang')
      },
      onFault: (error) => faults.push(error),
    })
    failing.server(server)
    for (let i = 0; i < 15; i++) await open()
    expect(failing.read('server').totals.opened).toBe(15)
    failing.undo()
    expect(faults.length).toBeLessThan(15)
    expect(String(faults.at(-1))).toMatch('timing handshakes of WebSockets is switched off')
    faults = []
  })

  it('sockets of a kind that is not known', async () => {
    await listen()
    for (let i = 0; i < 15; i++) {
      const connected = once(server, 'connection')
      const client = new WebSocket(`ws://127.0.0.1:${portOf(http)}`)
      Object.defineProperty(client, '_sender', { get: () => ({}), set() {} })
      meter.socket(client)
      await Promise.all([once(client, 'open'), connected])
      client.terminate()
      await once(client, 'close')
    }
    expect(faults.length).toBeLessThan(15)
    expect([String(faults[0]), String(faults.at(-1))]).toEqual([
      'TypeError: no sendFrame: this is not of ws 8, and cannot be measured',
      'Error: measuring WebSockets is switched off: it failed too often',
    ])
    faults = []
  })
})
