import 'reflect-metadata'
import { once } from 'node:events'
import { createServer, type RequestListener, Server } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { serve } from '@hono/node-server'
import KoaRouter from '@koa/router'
import { Controller, Get, type INestApplication, Module, NotFoundException, Param } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { type Boxman, createBoxman } from 'boxman'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import mount from 'koa-mount'
import { afterEach, expect, it } from 'vitest'
import { portOf } from './support/port-of.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** The one line, before whatever else there is; then /films/:id, which fails for 13, of a part mounted at /catalogue. */
type Start = (boxman: Boxman) => Promise<Server> | Server

const listening = (handle: RequestListener): Server => createServer(handle).listen(0, '127.0.0.1')

const onKoa: Start = (boxman) => {
  const app = new Koa()
  boxman.instrument.koa(app)
  app.silent = true
  const router = new KoaRouter()
  router.get('/films/:id', (ctx) => {
    if (ctx['params']['id'] === '13') throw new Error('no')
    ctx.body = 'ok'
  })
  app.use(mount('/catalogue', router.routes()))
  return app.listen(0, '127.0.0.1')
}

const onHono: Start = (boxman) => {
  const app = new Hono()
  boxman.instrument.hono(app)
  const films = new Hono().get('/films/:id', (c) => (c.req.param('id') === '13' ? c.text('no', 500) : c.text('ok')))
  app.route('/catalogue', films)
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 })
  if (!(server instanceof Server)) throw new Error('BUG: no server of node:http')
  return server
}

const onExpress: Start = (boxman) => {
  const app = express()
  boxman.instrument.express(app)
  app.use(
    '/catalogue',
    express.Router().get('/films/:id', ({ params }, response) => {
      response.status(params['id'] === '13' ? 500 : 200).send('ok')
    }),
  )
  return listening(app)
}

const onFastify: Start = async (boxman) => {
  const app = fastify()
  boxman.instrument.fastify(app)
  void app.register(
    async (films) => {
      films.get<{ Params: { id: string } }>('/films/:id', async ({ params }, reply) =>
        reply.code(params.id === '13' ? 500 : 200).send('ok'),
      )
    },
    { prefix: '/catalogue' },
  )
  await app.listen({ port: 0, host: '127.0.0.1' })
  closing.push(() => app.close())
  return app.server
}

/** A controller without the syntax of decorators, which the project's own code does not use. */
function filmsModule(): new () => object {
  class Films {
    find(id: string): string {
      if (id === '13') throw new Error('no')
      if (id === '404') throw new NotFoundException()
      return 'ok'
    }
  }
  class App {
    readonly name = 'films'
  }
  Get('films/:id')(Films.prototype, 'find', Object.getOwnPropertyDescriptor(Films.prototype, 'find') ?? {})
  Param('id')(Films.prototype, 'find', 0)
  Controller('catalogue')(Films)
  Module({ controllers: [Films] })(App)
  return App
}

const onNest =
  (create: () => Promise<INestApplication>): Start =>
  async (boxman) => {
    const app = await create()
    boxman.instrument.nest(app)
    await app.listen(0, '127.0.0.1')
    closing.push(() => app.close())
    return app.getHttpServer()
  }

it.each<[string, Start]>([
  ['koa', onKoa],
  ['hono', onHono],
  ['express', onExpress],
  ['fastify', onFastify],
  ['nest on Express', onNest(() => NestFactory.create(filmsModule(), new ExpressAdapter(), { logger: false }))],
  [
    'nest on Fastify',
    onNest(() =>
      NestFactory.create(filmsModule(), new FastifyAdapter({ forceCloseConnections: true }), { logger: false }),
    ),
  ],
])('boxman.instrument.%s: one line, and requests are counted as the client counts them (M1, M4)', async (_, start) => {
  const boxman = await createBoxman({ service: 'films', admin: { port: 0 }, log: false })
  closing.push(() => boxman.stop())
  const server = await start(boxman)
  if (!server.listening) await once(server, 'listening')
  closing.push(() => server.closeAllConnections())
  closing.push(() => server.close())

  const tally: Record<string, number> = {}
  const count = (series: string): void => void (tally[series] = (tally[series] ?? 0) + 1)
  for (let i = 0; i < 5; i++) {
    const broken = connect(portOf(server), '127.0.0.1')
    broken.write('NOT HTTP\r\n\r\n')
    expect(await text(broken)).toMatch(/^HTTP\/1.1 400 /)
    count('http_malformed_requests_total{reason="bad_request"}')
    for (const [path, route] of [
      [`/catalogue/films/${i}`, '/catalogue/films/:id'],
      ['/catalogue/films/13', '/catalogue/films/:id'],
      [`/films/${i}`, '__not_found__'],
    ] as const) {
      const answer = await fetch(`http://127.0.0.1:${portOf(server)}${path}`)
      await answer.text()
      count(`http_requests_total{method="GET",path="${route}",status="${answer.status}"}`)
      count(`http_request_duration_seconds_count{method="GET",path="${route}"}`)
    }
  }
  const shown = async (): Promise<Record<string, number>> => {
    const page = await (await fetch(`${boxman.admin.url}/metrics`)).text()
    const lines = page.split('\n').filter((line) => /^http_(requests_total|request_dur\w+_count|malformed)/.test(line))
    const series = lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))] as const)
    return Object.fromEntries(series.filter(([, value]) => value > 0))
  }
  await expect.poll(shown).toEqual(tally)
  expect(Object.keys(tally)).toHaveLength(6)
})
