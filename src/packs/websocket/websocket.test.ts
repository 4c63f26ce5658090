import { expect, it } from 'vitest'
import { expose, Registry } from '../../metrics/index.ts'
import { type SocketReading, type SocketSide, WebSocketMetrics } from '../index.ts'

const NOTHING: SocketReading = {
  totals: {
    open: 0,
    opened: 0,
    closed: new Map(),
    messages: { sent: { text: 0, binary: 0 }, received: { text: 0, binary: 0 } },
    payloadBytes: { sent: 0, received: 0 },
    wireBytes: { sent: 0, received: 0 },
    handshakeFailures: new Map(),
  },
  bufferedBytes: 0,
  worstBufferedBytes: [],
}

it('B4: shows what the sockets have done, each time anew', async () => {
  const registry = new Registry()
  const readings: Record<SocketSide, SocketReading> = { server: NOTHING, client: NOTHING }
  const metrics = new WebSocketMetrics(registry, (side) => readings[side], { prefix: 'craps' })
  metrics.handshake('server', 20)
  metrics.handshake('server', -1)
  readings.server = {
    totals: {
      open: 2,
      opened: 5,
      closed: new Map([
        ['1000', 2],
        ['4xxx', 1],
      ]),
      messages: { sent: { text: 7, binary: 1 }, received: { text: 3, binary: 0 } },
      payloadBytes: { sent: 900, received: 30 },
      wireBytes: { sent: 100, received: 40 },
      handshakeFailures: new Map([[401, 4]]),
    },
    bufferedBytes: 70,
    worstBufferedBytes: [50, 20],
  }
  const lines = async (): Promise<readonly string[]> => {
    let page = ''
    for await (const piece of expose(registry).body) page += Buffer.from(piece).toString()
    return page.split('\n').filter((line) => !line.startsWith('#') && !line.includes('_bucket') && line !== '')
  }
  const want = [
    'craps_ws_buffered_bytes{side="server"} 70',
    'craps_ws_connections_closed_total{side="server",code="1000"} 2',
    'craps_ws_connections_closed_total{side="server",code="4xxx"} 1',
    'craps_ws_connections_opened_total{side="server"} 5',
    'craps_ws_connections{side="server"} 2',
    'craps_ws_handshake_duration_seconds_count{side="client"} 0',
    'craps_ws_handshake_duration_seconds_count{side="server"} 1',
    'craps_ws_handshake_duration_seconds_sum{side="client"} 0',
    'craps_ws_handshake_duration_seconds_sum{side="server"} 0.02',
    'craps_ws_handshake_failures_total{side="server",status="401"} 4',
    'craps_ws_messages_total{side="server",direction="received",type="binary"} 0',
    'craps_ws_messages_total{side="server",direction="received",type="text"} 3',
    'craps_ws_messages_total{side="server",direction="sent",type="binary"} 1',
    'craps_ws_messages_total{side="server",direction="sent",type="text"} 7',
    'craps_ws_payload_bytes_total{side="server",direction="received"} 30',
    'craps_ws_payload_bytes_total{side="server",direction="sent"} 900',
    'craps_ws_wire_bytes_total{side="server",direction="received"} 40',
    'craps_ws_wire_bytes_total{side="server",direction="sent"} 100',
    'craps_ws_worst_buffered_bytes{side="server",rank="1"} 50',
    'craps_ws_worst_buffered_bytes{side="server",rank="2"} 20',
  ]
  expect((await lines()).toSorted()).toEqual(want.toSorted())
  expect((await lines()).toSorted()).toEqual(want.toSorted())

  readings.server = { ...readings.server, bufferedBytes: 0, worstBufferedBytes: [] }
  readings.client = { ...NOTHING, totals: { ...NOTHING.totals, open: 1, opened: 1 } }
  const later = await lines()
  expect(later.filter((line) => line.includes('worst'))).toEqual([])
  expect(later).toContain('craps_ws_connections{side="client"} 1')
})
