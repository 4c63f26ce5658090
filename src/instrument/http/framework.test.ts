import 'reflect-metadata'
import { once } from 'node:events'
import { createServer, type RequestListener, Server } from 'node:http'
import { Readable } from 'node:stream'
import { serve } from '@hono/node-server'
import KoaRouter from '@koa/router'
import { Controller, Get, type INestApplication, Module, Post, Req, Res } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import express5, { type Response } from 'express'
import express4 from 'express4'
import fastify5, { type FastifyInstance } from 'fastify'
import fastify4 from 'fastify4'
import { Hono } from 'hono'
import Koa from 'koa'
import { currentContext } from '../../tracing/index.ts'
import {
  type HttpOptions,
  instrumentExpress,
  instrumentFastify,
  instrumentHono,
  instrumentHttpServer,
  instrumentKoa,
  instrumentNest,
  setRoute,
} from '../index.ts'
import { describeFramework, type Subject } from './framework.conformance.ts'

const never = async (): Promise<void> => new Promise(() => undefined)
const current = async () => {
  await new Promise((resolve) => setImmediate(resolve))
  return { correlationId: currentContext()?.correlationId }
}
const bang = (): never => {
  throw new Error('bang')
}
const unending = (): Readable => {
  const stream = new Readable({ read: () => undefined })
  stream.push('a part')
  return stream
}

async function listening(server: Server): Promise<Subject> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, close: () => server.close() }
}

describeFramework('node:http, with a router by hand', async (options) => {
  const routes: readonly (readonly [RegExp, string, RequestListener])[] = [
    [
      /^\/users\/[^/]+$/,
      '/users/:id',
      async ({ method }, response) => {
        if (method === 'POST') response.statusCode = 201
        response.end(JSON.stringify(await current()))
      },
    ],
    [/^\/same$/, '/same', (_, response) => void response.writeHead(304).end()],
    [/^\/bang\/[^/]+$/, '/bang/:id', bang],
    [/^\/slow\/[^/]+$/, '/slow/:id', () => undefined],
    [/^\/stream\/[^/]+$/, '/stream/:id', (_, response) => void response.write('a part')],
    [/^\/t\/[^/]+\/items\/[^/]+$/, '/t/:tenant/items/:id', (_, response) => void response.end('ok')],
  ]
  const server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?')
    const [, pattern, handle] = routes.find(([regexp]) => regexp.test(path)) ?? []
    if (pattern === undefined || handle === undefined) return void response.writeHead(404).end()
    setRoute(request, pattern)
    try {
      handle(request, response)
    } catch {
      response.writeHead(500).end()
    }
  })
  instrumentHttpServer(server, options)
  return listening(server)
})

for (const [name, express] of [
  ['Express 4', express4],
  ['Express 5', express5],
] as const) {
  describeFramework(name, async (options) => {
    const app = express()
    instrumentExpress(app, options)
    app.set('env', 'test')
    app.all(/.*/, (_request, _response, next) => next())
    app
      .route('/users/:id')
      .get((_request, response) => void current().then((value) => response.json(value)))
      .post((_request, response) => void response.status(201).end())
    app.get('/same', (_request, response) => void response.status(304).end())
    app.get('/bang/:id', bang)
    app.get('/slow/:id', () => undefined)
    app.get('/stream/:id', (_request, response) => void response.write('a part'))
    app.use(
      '/t/:tenant',
      express.Router().get('/items/:id', (_request, response) => void response.send('ok')),
    )
    return listening(createServer(app))
  })
}

describeFramework('Koa 3 with @koa/router 15', async (options) => {
  const app = new Koa()
  instrumentKoa(app, options)
  app.silent = true
  const router = new KoaRouter()
  router.all('/*any', async (_ctx, next) => next())
  router.get('/users/:id', async (ctx) => {
    ctx.body = await current()
  })
  router.post('/users/:id', (ctx) => {
    ctx.status = 201
  })
  router.get('/same', (ctx) => {
    ctx.status = 304
  })
  router.get('/bang/:id', bang)
  router.get('/slow/:id', never)
  router.get('/stream/:id', (ctx) => {
    ctx.body = unending()
  })
  const items = new KoaRouter()
  items.get('/items/:id', (ctx) => {
    ctx.body = 'ok'
  })
  router.use('/t/:tenant', items.routes())
  app.use(async (_ctx, next) => next())
  app.use(router.routes())
  const handle = app.callback()
  return listening(createServer((request, response) => void handle(request, response)))
})

describeFramework('Hono 4 on @hono/node-server', async (options) => {
  const app = new Hono()
  instrumentHono(app, options)
  app.use(async (_c, next) => next())
  app.get('*', async (_c, next) => next())
  app.get('/users/:id', async (c) => c.json(await current()))
  app.post('/users/:id', (c) => c.body(null, 201))
  app.get('/same', (c) => c.body(null, 304))
  app.get('/bang/:id', bang)
  app.get('/slow/:id', async (c) => {
    await never()
    return c.body(null)
  })
  app.get('/stream/:id', (c) => c.body(Readable.toWeb(unending()) as ReadableStream))
  app.onError((_error, c) => c.text('bang', 500))
  app.route(
    '/t/:tenant',
    new Hono().get('/items/:id', (c) => c.text('ok')),
  )
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 })
  if (!(server instanceof Server)) throw new Error('BUG: no server of node:http')
  await once(server, 'listening')
  return { server, close: () => server.close() }
})

for (const [name, make] of [
  ['Fastify 4', () => fastify4({ forceCloseConnections: true }) as unknown as FastifyInstance],
  ['Fastify 5', () => fastify5({ forceCloseConnections: true })],
] as const) {
  describeFramework(name, async (options) => {
    const app = make()
    instrumentFastify(app, options)
    app.get('/users/:id', current)
    app.post('/users/:id', async (_request, reply) => reply.code(201).send())
    app.get('/same', async (_request, reply) => reply.code(304).send())
    app.get('/bang/:id', async () => bang())
    app.get('/slow/:id', never)
    app.get('/stream/:id', async (_request, reply) => reply.send(unending()))
    void app.register(
      async (child) => {
        child.get('/items/:id', async () => 'ok')
      },
      { prefix: '/t/:tenant' },
    )
    await app.listen({ port: 0, host: '127.0.0.1' })
    return { server: app.server, close: async () => app.close() }
  })
}

/** Controllers without the syntax of decorators, which the project's own code does not use. */
function nestModule(): new () => object {
  class Users {
    find(): unknown {
      return current()
    }
    add(): void {}
    same(response: { status(code: number): unknown; code?(code: number): unknown; send(): unknown }): void {
      response.status(304)
      response.send()
    }
    bang(): void {
      bang()
    }
    async slow(): Promise<void> {
      return never()
    }
    stream(_request: unknown, response: Response & { readonly raw?: Response }): void {
      ;(response.raw ?? response).write('a part')
    }
  }
  class Items {
    find(): string {
      return 'ok'
    }
  }
  class App {
    readonly name = 'app'
  }
  const route = (target: object, name: string, decorate: MethodDecorator): void =>
    void decorate(target, name, Object.getOwnPropertyDescriptor(target, name) ?? {})
  const users = Users.prototype
  route(users, 'find', Get('users/:id'))
  route(users, 'add', Post('users/:id'))
  route(users, 'same', Get('same'))
  Res()(users, 'same', 0)
  route(users, 'bang', Get('bang/:id'))
  route(users, 'slow', Get('slow/:id'))
  route(users, 'stream', Get('stream/:id'))
  Req()(users, 'stream', 0)
  Res()(users, 'stream', 1)
  route(Items.prototype, 'find', Get('items/:id'))
  Controller()(Users)
  Controller('t/:tenant')(Items)
  Module({ controllers: [Users, Items] })(App)
  return App
}

async function nest(app: INestApplication, options: HttpOptions): Promise<Subject> {
  instrumentNest(app, options)
  await app.listen(0, '127.0.0.1')
  return { server: app.getHttpServer(), close: async () => app.close() }
}

describeFramework('Nest 11 on Express', async (options) =>
  nest(await NestFactory.create(nestModule(), new ExpressAdapter(), { logger: false }), options),
)
describeFramework('Nest 11 on Fastify', async (options) =>
  nest(
    await NestFactory.create(nestModule(), new FastifyAdapter({ forceCloseConnections: true }), { logger: false }),
    options,
  ),
)
