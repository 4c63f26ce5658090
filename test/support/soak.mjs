// Requests and sockets that end in every way at random, against the built package. Run with --expose-gc; writes as JSON what
// is left of them, and to the standard error the memory after each quarter. Arguments: how many requests, the seed.
import { once } from 'node:events'
import { Agent, createServer, request as ask } from 'node:http'
import { connect } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import { createBoxman } from '../../dist/runtime/index.js'
import { currentContext } from '../../dist/tracing/index.js'

const [requests = 1000, seed = 1] = process.argv.slice(2).map(Number)
/** What comes first fills caches that have ceilings. */
const WARM_UP = Math.ceil(requests / 5)
const QUARTER = Math.ceil(requests / 5)
const AT_ONCE = 24
/** Of whose context it is watched that it goes: one in so many requests. */
const SAMPLED = Math.ceil(requests / 10_000)

let state = seed
/** Mulberry32: 0 up to below n. */
function random(n) {
  state = (state + 0x6d2b79f5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) % n
}

const boxman = await createBoxman({
  admin: { port: 0 },
  log: false,
  // The preset that has a gauge.
  http: { metrics: 'otel' },
  // What is kept by intent is soon all there; history would go on growing with time.
  tracing: { maxSpans: 500 },
  store: false,
})
const tally = { requests: 0, sockets: 0, messages: 0, byHand: 0, recorded: 0, upgrades: 0, malformed: 0, refused: 0 }
let contexts = []
const topics = new Map()
const recorder = {
  subscribers: (topic, count) => topics.set(topic, count),
  forget: (topic) => topics.delete(topic),
  delivered: () => {},
  fromFuture: () => {},
}

function handle(request, response) {
  tally.requests += 1
  if (tally.requests % SAMPLED === 0) contexts.push(new WeakRef(currentContext()))
  const way = new URL(request.url, 'http://a').pathname.split('/')[2]
  request.on('error', () => {})
  request.resume()
  if (way === 'hang') return
  if (way === 'destroy') {
    setImmediate(() => response.destroy())
    return
  }
  if (way === 'half') {
    response.write('half')
    return
  }
  if (way === 'by-hand') {
    tally.byHand += 1
    void boxman
      .request({ route: '/by-hand' }, async () => {
        await new Promise((resolve) => {
          setImmediate(resolve)
        })
        if (random(2) === 0) throw new Error('no')
      })
      .catch(() => {
        response.statusCode = 500
      })
      .then(() => response.end('done'))
    return
  }
  request.on('end', () => response.end('ok'))
}

const server = createServer(handle)
const wss = new WebSocketServer({
  server,
  perMessageDeflate: { threshold: 0 },
  verifyClient: ({ req }) => req.url !== '/no',
})
boxman.instrument.http(server, { record: () => void (tally.recorded += 1) })
boxman.instrument.sockets.server(wss)
const live = boxman.instrument.webSocket(wss, { recorder, graceMs: 0 })
server.on('upgrade', () => {
  tally.upgrades += 1
})
wss.on('connection', (socket) => {
  tally.sockets += 1
  socket.on('error', () => {})
  socket.on('message', (data) => {
    tally.messages += 1
    socket.send(data)
  })
  live.subscribe(socket, `topic-${random(3)}`)
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address()
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })

const WAYS = ['ok', 'ok', 'ok', 'hang', 'destroy', 'half', 'by-hand', 'cut']
function once1(emitter, ...names) {
  return new Promise((resolve) => {
    for (const name of names) emitter.once(name, resolve)
  })
}

async function oneRequest() {
  const way = WAYS[random(WAYS.length)]
  const posts = way === 'cut' || random(2) === 0
  const call = ask({
    port,
    host: '127.0.0.1',
    agent,
    method: posts ? 'POST' : 'GET',
    path: `/do/${way}/${random(1000)}`,
    ...(way === 'cut' ? { headers: { 'content-length': 100 } } : {}),
  })
  call.on('error', () => {})
  const ended = once1(call, 'close')
  call.on('response', (response) => {
    response.on('error', () => {})
    response.resume()
    if (way === 'half') response.once('data', () => call.destroy())
  })
  if (posts) call.write('part')
  if (way === 'cut') setTimeout(() => call.destroy(), random(5))
  else call.end(posts ? 'last' : undefined)
  if (way === 'hang') setTimeout(() => call.destroy(), random(5))
  await ended
}

async function oneSocket() {
  const refused = random(5) === 0
  const client = new WebSocket(`ws://127.0.0.1:${port}${refused ? '/no' : '/'}`)
  client.on('error', () => {})
  const closed = once1(client, 'close')
  client.once('open', () => {
    live.publish(`topic-${random(3)}`, { ts: Date.now() })
    client.send('x'.repeat(random(2000)), () => {
      const way = random(4)
      if (way === 0) client.close(1000)
      else if (way === 1) client.terminate()
      else if (way === 2) client.once('message', () => client.close(4000 + random(999)))
      else for (const socket of wss.clients) if (random(10) === 0) socket.terminate()
      if (way === 3) setTimeout(() => client.terminate(), 5)
    })
  })
  await closed
}

async function oneMalformed() {
  tally.malformed += 1
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.on('error', () => {})
  socket.on('data', (data) => (answer += data))
  socket.write(['NOT HTTP\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n', 'GET / HTTP/9\r\nhost: a\r\n\r\n'][random(3)])
  socket.setTimeout(random(4) === 0 ? 1 : 0, () => socket.destroy())
  await once1(socket, 'close')
  if (answer.startsWith('HTTP/1.1 400 ')) tally.refused += 1
}

async function one() {
  const kind = random(100)
  if (kind < 12) await oneSocket()
  else if (kind < 15) await oneMalformed()
  else await oneRequest()
}

async function round(count) {
  let left = count
  const worker = async () => {
    while (left-- > 0) await one()
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  while (wss.clients.size > 0) {
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
}

async function rest() {
  agent.destroy()
  server.closeAllConnections()
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => {
      setTimeout(resolve, 10)
    })
    globalThis.gc()
  }
  const { heapUsed, rss, external } = process.memoryUsage()
  contexts = contexts.filter((ref) => ref.deref() !== undefined)
  return { heapUsed, rss, external, alive: contexts.length }
}

await round(WARM_UP)
const memory = [await rest()]
for (let quarter = 1; quarter <= 4; quarter++) {
  await round(QUARTER)
  memory.push(await rest())
  process.stderr.write(`${JSON.stringify({ quarter, ...tally, ...memory.at(-1) })}\n`)
}
live.sweep(Date.now() + 1)
const page = await (await fetch(`${boxman.admin.url}/metrics`)).text()
await boxman.stop()
server.close()
console.log(JSON.stringify({ tally, memory, topics: [...topics], page }))
