import type Http from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import type Express from 'express'
import type Fastify from 'fastify'
import type { Boxman } from 'boxman'
import type { Framework, Variant } from './variant.ts'

const ROUTE = '/api/users/:id'
const answerOf = (id: string | undefined) => ({ id, name: 'Ada', balance: 1200, open: true, table: 'T1', level: 3 })

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the arguments are this bench's own
const [framework, variant] = process.argv.slice(2) as [Framework, Variant]

// OpenTelemetry hooks `require`, and before anything else is loaded: so all variants load by it.
if (variant === 'opentelemetry') (await import('./opentelemetry.ts')).instrument(framework)
const require = createRequire(import.meta.url)

const boxman = await observer()
const setRoute = boxman === undefined ? undefined : (await import('boxman/instrument')).setRoute
const watch = variant === 'prom-client' ? await promClient() : variant === 'pino-http' ? pinoHttp() : undefined

async function observer(): Promise<Boxman | undefined> {
  if (!(variant === 'metrics' || variant === 'traces' || variant === 'logs')) return undefined
  // What a variant does not use it does not load.
  const { createBoxman } = await import('boxman')
  const logs = variant === 'logs'
  return createBoxman({
    service: 'bench',
    admin: { enabled: false },
    log: { enabled: logs },
    http: { log: logs, correlation: variant !== 'metrics' },
    // Bursts come at some 4 000 requests a second: about one in a hundred is kept, as of the peer's.
    tracing: { enabled: variant !== 'metrics', spansPerSecond: 40 },
  })
}

/** Both halves by hand, as the documentation of prom-client shows it. */
async function promClient(): Promise<(request: IncomingMessage, response: ServerResponse) => void> {
  const { default: client } = await import('prom-client')
  const requests = new client.Counter({
    name: 'http_requests_total',
    help: 'Requests.',
    labelNames: ['method', 'path', 'status'],
  })
  const duration = new client.Histogram({
    name: 'http_request_duration_seconds',
    help: 'Duration.',
    labelNames: ['method', 'path'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
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

function pinoHttp(): (request: IncomingMessage, response: ServerResponse) => void {
  const create: () => ReturnType<typeof pinoHttp> = require('pino-http')
  return create()
}

/** Each as its own documentation begins, so that the framework's cost is not ours. */
async function listen(): Promise<Server> {
  switch (framework) {
    case 'express': {
      const express: typeof Express = require('express')
      const app = express()
      boxman?.instrument.express(app)
      if (watch !== undefined) {
        app.use((request, response, next) => {
          watch(request, response)
          next()
        })
      }
      app.get(ROUTE, (request, response) => void response.json(answerOf(request.params.id)))
      return app.listen(0, '127.0.0.1')
    }
    case 'fastify': {
      const fastify: typeof Fastify = require('fastify')
      const own = variant === 'pino-http'
      const app = fastify({ logger: own })
      boxman?.instrument.fastify(app)
      if (watch !== undefined && !own) {
        app.addHook('onRequest', (request, reply, done) => {
          watch(request.raw, reply.raw)
          done()
        })
      }
      app.get<{ Params: { id: string } }>(ROUTE, (request, reply) => void reply.send(answerOf(request.params.id)))
      await app.listen({ port: 0, host: '127.0.0.1' })
      return app.server
    }
    case 'node': {
      const http: typeof Http = require('node:http')
      const server = http.createServer((request, response) => {
        watch?.(request, response)
        setRoute?.(request, ROUTE)
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify(answerOf(request.url?.slice('/api/users/'.length))))
      })
      boxman?.instrument.http(server)
      return server.listen(0, '127.0.0.1')
    }
  }
}

const server = await listen()
server.keepAliveTimeout = 60_000
const tell = (): void => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  process.send?.((server.address() as AddressInfo).port)
}
if (server.listening) tell()
else server.once('listening', tell)
process.on('message', (question) => {
  if (question === 'memory') return void process.send?.(process.memoryUsage.rss())
  const { user, system } = process.cpuUsage()
  process.send?.(user + system)
})
process.on('disconnect', () => process.exit(0))
