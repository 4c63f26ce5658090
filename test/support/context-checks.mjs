// Five requests - body in a later packet, two pipelined, two interleaved - and the context at six points of each, in the
// built package. Writes what was seen as JSON. Plain JavaScript, so that any node runs it.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { instrumentHttpServer, RequestScope } from '../../dist/instrument/index.js'
import { createIdSource, currentContext } from '../../dist/tracing/index.js'

const seen = []
const arrived = new Map()
let closed = 0
let allClosed = () => {}
const options = {
  ids: createIdSource(),
  now: () => 0,
  record: () => {},
  onFault: (error) => seen.push(`fault: ${error}`),
}
const server = createServer((request, response) => {
  const name = String(request.headers['x-correlation-id'])
  const see = (point) => seen.push(`${name} ${point}: ${currentContext()?.correlationId ?? 'lost'}`)
  see('handler')
  arrived.get(name)?.()
  request.on('data', () => see('data'))
  request.on('end', () => {
    see('end')
    setTimeout(() => {
      see('timer')
      response.end('ok')
    }, 1)
  })
  response.on('finish', () => see('finish'))
  response.on('close', () => {
    see('close')
    closed += 1
    if (closed === 5) allClosed()
  })
})
const done = new Promise((resolve) => {
  allClosed = resolve
})
const undo = instrumentHttpServer(server, options)
server.listen(0, '127.0.0.1')
await once(server, 'listening')

async function dial() {
  const socket = connect(server.address().port, '127.0.0.1')
  await once(socket, 'connect')
  return socket.setNoDelay().resume()
}
const head = (name) => `POST / HTTP/1.1\r\nhost: a\r\nx-correlation-id: ${name}\r\ncontent-length: 4\r\n\r\n`
const handled = (name) =>
  new Promise((resolve) => {
    arrived.set(name, resolve)
  })

const [one, two, three, four] = await Promise.all([dial(), dial(), dial(), dial()])
const [first, fourth, fifth] = [handled('r1'), handled('r4'), handled('r5')]
one.write(head('r1'))
await first
two.write(`${head('r2')}body${head('r3')}body`)
one.write('body')
three.write(head('r4'))
four.write(head('r5'))
await Promise.all([fourth, fifth])
four.write('body')
three.write('body')
await done

const scope = new RequestScope({ route: '/by-hand' }, options)
const kept = await scope.run(async () => {
  await new Promise((resolve) => {
    setImmediate(resolve)
  })
  return currentContext() === scope.context
})
scope[Symbol.dispose]()
undo()
server.closeAllConnections()
server.close()
console.log(JSON.stringify({ seen, kept, after: currentContext() ?? 'none' }))
