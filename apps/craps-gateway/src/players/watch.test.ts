import { once } from 'node:events'
import { afterEach, expect, it, vi } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { Tally } from './tally.ts'
import { Watch } from './watch.ts'

const closings: (() => void)[] = []

afterEach(() => {
  for (const close of closings.splice(0)) close()
})

it('subscribes, counts events and not answers, and comes back when it is cut off', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, path: '/ws' })
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const asked: string[] = []
  const guests: WebSocket[] = []
  server.on('connection', (socket) => {
    guests.push(socket)
    socket.on('message', (data) => {
      const text = Buffer.isBuffer(data) ? data.toString() : ''
      asked.push(text)
      socket.send(text.replace('"subscribe"', '"subscribed"'))
      socket.send('{"topic":"table:T1","ts":1,"type":"roll","dice":[1,1]}')
    })
  })
  const tally = new Tally()
  const events: object[] = []
  const watch = new Watch({
    gateway: new URL(`http://127.0.0.1:${port}`),
    topics: ['table:T1', 'proofs'],
    tally,
    random: () => 0.1,
    isRestless: false,
    onEvent: (event) => events.push(event),
  })
  closings.push(
    () => watch.close(),
    () => server.close(),
  )
  watch.open()
  await vi.waitFor(() => expect(events).toHaveLength(2))
  guests[0]?.terminate()
  await vi.waitFor(() => expect(events).toHaveLength(4), { timeout: 5000 })
  expect(asked).toEqual([
    '{"op":"subscribe","topic":"table:T1"}',
    '{"op":"subscribe","topic":"proofs"}',
    '{"op":"subscribe","topic":"table:T1"}',
    '{"op":"subscribe","topic":"proofs"}',
  ])
  expect(events[0]).toEqual({ topic: 'table:T1', ts: 1, type: 'roll', dice: [1, 1] })
  expect(tally.stats(1).events).toBe(4)
})
