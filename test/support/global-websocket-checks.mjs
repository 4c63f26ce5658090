// Sockets of node's own client, in the built package: three that open, one of them before the instrument, and one that is refused.
// Writes what was counted as JSON. Plain JavaScript, so that any node runs it.
import { once } from 'node:events'
import { WebSocketServer } from 'ws'
import { WebSocketMeter } from '../../dist/instrument/index.js'

const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
await once(server, 'listening')
const url = `ws://127.0.0.1:${server.address().port}`
const seen = { messages: 0, bytes: 0 }
server.on('connection', (socket) => {
  socket.send('hello')
  socket.send(Buffer.from('bytes'))
  socket.on('message', (data) => {
    seen.messages++
    seen.bytes += data.length
    if (Buffer.from(data).toString() === 'leave') socket.close(4001)
  })
})

const warnings = []
const faults = []
const meter = new WebSocketMeter({
  now: () => 0,
  onFault: (error) => faults.push(String(error)),
  warn: (message) => warnings.push(message),
})
async function dial(first) {
  const socket = new WebSocket(url)
  let left = 2
  const greeted = new Promise((resolve) => {
    socket.addEventListener('message', () => --left === 0 && resolve())
  })
  socket.addEventListener('open', () => socket.send(first))
  await greeted
  return socket
}
const closed = (socket) => new Promise((resolve) => socket.addEventListener('close', resolve))

const undo = meter.globalClient()
const same = meter.globalClient() === undo
const refused = new WebSocket('ws://127.0.0.1:1')
await new Promise((resolve) => refused.addEventListener('error', resolve))
const [one, two] = [await dial('early'), await dial(new Uint8Array(7))]
const both = structuredClone(meter.read('client').totals)
const gone = closed(one)
one.send('leave')
await gone
one.send('into nothing')
const left = structuredClone(meter.read('client').totals)
undo()
const afterUndo = meter.read('client').totals.open
two.send('uncounted')
const end = closed(two)
two.close(1000)
await end
const again = await dial('unseen')
while (seen.messages < 5) await new Promise((resolve) => setTimeout(resolve, 5))
const { totals } = meter.read('client')
const plain = ({ open, opened, closed, messages, payloadBytes }) => ({
  open,
  opened,
  closed: [...closed],
  messages,
  payloadBytes,
})
console.log(
  JSON.stringify({
    both: plain(both),
    left: plain(left),
    afterUndo,
    last: plain(totals),
    seen,
    same,
    warnings,
    faults,
  }),
)
again.close()
for (const socket of server.clients) socket.terminate()
server.close()
