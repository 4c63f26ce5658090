import { createWriteStream } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import client from 'prom-client'
import { createBoxman } from 'boxman'
import { setRoute } from 'boxman/instrument'

const handle: RequestListener = (request, response) => {
  const id = request.url?.slice('/api/users/'.length)
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ id, name: 'Ada', balance: 1200, open: true, table: 'T1', level: 3 }))
}

function withPromClient(): RequestListener {
  const register = new client.Registry()
  const labelNames = ['method', 'path', 'status']
  const requests = new client.Counter({
    name: 'http_requests_total',
    help: 'Requests.',
    labelNames,
    registers: [register],
  })
  const duration = new client.Histogram({
    name: 'http_request_duration_seconds',
    help: 'Duration.',
    labelNames: ['method', 'path'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [register],
  })
  return (request, response) => {
    const method = request.method ?? ''
    const end = duration.startTimer({ method, path: '/api/users/:id' })
    response.once('close', () => {
      end()
      requests.inc({ method, path: '/api/users/:id', status: response.statusCode })
    })
    handle(request, response)
  }
}

const variant = process.argv[2]
const server = createServer(variant === 'prom-client' ? withPromClient() : undefined)
if (variant === 'bare') server.on('request', handle)
if (variant === 'boxman' || variant === 'boxman-log') {
  const logged = variant === 'boxman-log'
  const boxman = await createBoxman(
    { service: 'bench', admin: { enabled: false }, log: { enabled: logged }, http: { log: logged } },
    { logDestination: createWriteStream('/dev/null') },
  )
  server.on('request', (request, response) => {
    setRoute(request, '/api/users/:id')
    handle(request, response)
  })
  boxman.instrument.http(server)
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.(typeof address === 'object' ? address?.port : 0)
})
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.((user + system) * 1000)
})
process.on('disconnect', () => process.exit(0))
