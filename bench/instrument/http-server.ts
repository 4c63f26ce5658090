import { createWriteStream } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import express from 'express'
import fastify from 'fastify'
import client from 'prom-client'
import { type Boxman, createBoxman } from 'boxman'
import { setRoute } from 'boxman/instrument'

const ROUTE = '/api/users/:id'
const answerOf = (id: string | undefined) => ({ id, name: 'Ada', balance: 1200, open: true, table: 'T1', level: 3 })

/** Both halves by hand, as the documentation of prom-client shows it. */
function promClient(): (request: IncomingMessage, response: ServerResponse) => void {
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
    const end = duration.startTimer({ method, path: ROUTE })
    response.once('close', () => {
      end()
      requests.inc({ method, path: ROUTE, status: response.statusCode })
    })
  }
}

const [framework = 'node', variant = 'bare'] = process.argv.slice(2)
const logged = variant === 'boxman-log'
const boxman: Boxman | undefined = variant.startsWith('boxman')
  ? await createBoxman(
      { service: 'bench', admin: { enabled: false }, log: { enabled: logged }, http: { log: logged } },
      { logDestination: createWriteStream('/dev/null') },
    )
  : undefined
const observe = variant === 'prom-client' ? promClient() : undefined

/** Each as its own documentation begins, so that the framework's cost is not ours. */
async function listen(): Promise<Server> {
  switch (framework) {
    case 'express': {
      const app = express()
      boxman?.instrument.express(app)
      if (observe !== undefined) {
        app.use((request, response, next) => {
          observe(request, response)
          next()
        })
      }
      app.get(ROUTE, (request, response) => void response.json(answerOf(request.params.id)))
      return app.listen(0, '127.0.0.1')
    }
    case 'fastify': {
      const app = fastify()
      boxman?.instrument.fastify(app)
      if (observe !== undefined) {
        app.addHook('onRequest', (request, reply, done) => {
          observe(request.raw, reply.raw)
          done()
        })
      }
      app.get<{ Params: { id: string } }>(ROUTE, (request, reply) => void reply.send(answerOf(request.params.id)))
      await app.listen({ port: 0, host: '127.0.0.1' })
      return app.server
    }
    default: {
      const server = createServer((request, response) => {
        observe?.(request, response)
        if (boxman !== undefined) setRoute(request, ROUTE)
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify(answerOf(request.url?.slice('/api/users/'.length))))
      })
      boxman?.instrument.http(server)
      return server.listen(0, '127.0.0.1')
    }
  }
}

const server = await listen()
const tell = (): void => {
  const address = server.address()
  process.send?.(typeof address === 'object' ? address?.port : 0)
}
if (server.listening) tell()
else server.once('listening', tell)
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.((user + system) * 1000)
})
process.on('disconnect', () => process.exit(0))
