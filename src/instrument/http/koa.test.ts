import { once } from 'node:events'
import type { Server } from 'node:http'
import KoaRouter from '@koa/router'
import Koa, { type Middleware } from 'koa'
import mount from 'koa-mount'
import { afterEach, expect, it } from 'vitest'
import { portOf } from '../../../test/support/port-of.ts'
import { createIdSource } from '../../tracing/index.ts'
import { type HttpExchange, type HttpOptions, instrumentKoa } from '../index.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

const exchanges: HttpExchange[] = []
const options: HttpOptions = {
  ids: createIdSource(),
  now: () => 0,
  record: (exchange) => void exchanges.push(exchange),
  onFault: (error) =>
    queueMicrotask(() => {
      throw error
    }),
}

async function listen(app: Koa): Promise<string> {
  exchanges.length = 0
  const server = app.listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return `http://127.0.0.1:${portOf(server)}`
}

async function seen(app: Koa, paths: readonly string[]): Promise<string[]> {
  const url = await listen(app)
  for (const path of paths) await (await fetch(url + path)).text()
  await expect.poll(() => exchanges.length).toBe(paths.length)
  return exchanges.map(({ route, status }) => `${route} ${status}`)
}

const answer: Middleware = (ctx) => {
  ctx.body = String(Reflect.get(ctx, '_matchedRoute'))
}
const routes = (...patterns: readonly string[]): Middleware => {
  const router = new KoaRouter()
  for (const pattern of patterns) router.get(pattern, answer as (ctx: unknown) => void)
  return router.routes() as unknown as Middleware
}

it('the pattern of a route has the prefixes of koa-mount before it', async () => {
  const app = new Koa()
  const undo = instrumentKoa(app, options)
  app.silent = true
  const inner = new Koa()
  inner.use(routes('/', '/items/:id'))
  const failing = new KoaRouter().get('/bang/:id', () => {
    throw new Error('bang')
  })
  app.use(mount('/once', inner))
  app.use(mount('/outer', mount('/inner', routes('/', '/items/:id', '/{*rest}'))))
  app.use(mount('/fails', failing.routes() as unknown as Middleware))
  app.use(mount('/passes', async (_ctx: unknown, next: () => unknown) => next()))
  app.use(routes('/passes/:id', '/items/:id', '/once/:a/:b/:c'))
  const table = {
    '/once': '/once 200',
    '/once/': '/once 200',
    '/once/items/7?x=1': '/once/items/:id 200',
    '/once/nowhere': '__not_found__ 404',
    '/outer/inner': '/outer/inner 200',
    '/outer/inner/items/7': '/outer/inner/items/:id 200',
    '/outer/inner/what/ever': '/outer/inner/{*rest} 200',
    '/outer/items/7': '__not_found__ 404',
    '/fails/bang/7': '/fails/bang/:id 500',
    '/passes/7': '/passes/:id 200',
    '/items/7': '/items/:id 200',
    '/once/items/7/8': '/once/:a/:b/:c 200',
  }
  expect(await seen(app, Object.keys(table))).toEqual(Object.values(table))
  undo()
})

it('what else is taken off a path may be a value: it stays away', async () => {
  const app = new Koa()
  instrumentKoa(app, options)
  app.use(async (ctx, next) => {
    ctx.path = ctx.path.replace(/^\/tenant-\d+/, '')
    return next()
  })
  app.use(routes('/items/:id'))
  expect(await seen(app, ['/tenant-1/items/7', '/tenant-2/items/8'])).toEqual(['/items/:id 200', '/items/:id 200'])
})

it('the application reads of its context what the router has written, also after the undo', async () => {
  const app = new Koa()
  const undo = instrumentKoa(app, options)
  app.use(mount('/once', routes('/items/:id')))
  const url = await listen(app)
  expect(await (await fetch(`${url}/once/items/7`)).text()).toBe('/items/:id')
  undo()
  expect(await (await fetch(`${url}/once/items/7`)).text()).toBe('/items/:id')
  expect('_matchedRoute' in app.context).toBe(false)
})
