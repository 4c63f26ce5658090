import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import express5, {
  type ErrorRequestHandler,
  type Express,
  type RequestHandler,
  type RequestParamHandler,
  type Router,
} from 'express'
import express4 from 'express4'
import express51 from 'express-5-1'
import { afterEach, describe, expect, it } from 'vitest'
import { portOf } from '../../../test/support/port-of.ts'
import { createIdSource, currentContext } from '../../tracing/index.ts'
import { type HttpExchange, instrumentExpress, instrumentHttpServer } from '../index.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

const exchanges: HttpExchange[] = []
const options = () => ({
  ids: createIdSource(),
  now: () => 0,
  record: (exchange: HttpExchange) => void exchanges.push(exchange),
  onFault: (error: unknown) =>
    queueMicrotask(() => {
      throw error
    }),
})

async function listen(app: Express, server = createServer(app)): Promise<string> {
  exchanges.length = 0
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${portOf(server)}`
}

/** What is measured of one request after another. */
async function seen(url: string, requests: readonly string[]): Promise<string[]> {
  for (const line of requests) {
    const [method = '', path = ''] = line.split(' ')
    await (await fetch(url + path, { method })).text()
  }
  await expect.poll(() => exchanges.length).toBe(requests.length)
  return exchanges.map(({ method, route, status }) => `${method} ${route} ${status}`)
}

const ok: RequestHandler = (_request, response) => void response.send('ok')
const pass: RequestHandler = (_request, _response, next) => next()
const soon: RequestHandler = (_request, _response, next) => void setImmediate(next)
const bang: RequestHandler = () => {
  throw new Error('bang')
}

const failed: ErrorRequestHandler = (_error, _request, response, _next) => void response.status(500).end()

interface Make {
  (): Express
  readonly Router: () => Router
}

/** Every way to a route that has misled somebody, and what it is to be measured as. */
function build(app: Express, express: Make, star: string): void {
  const makeRouter = express.Router
  const items = makeRouter()
  items.get('/', ok)
  items.get('/items/:id', ok)
  items.get('/bang/:id', bang)
  items.get('/next/:id', (_request, _response, next) => next(new Error('bang')))
  items.use('/deep/:level', makeRouter().get('/leaf/:leaf', soon, ok))
  const guarded = makeRouter()
  guarded.use((_request, response) => void response.status(401).end())
  guarded.get('/never/:id', ok)
  const empty = makeRouter().get('/other', ok)
  const own404 = makeRouter().get('/known', ok)
  own404.use((_request, response) => void response.status(404).send('mine'))

  app.use(pass)
  app.all(star, pass)
  app.get('/', ok)
  app.get('/users/:id', ok)
  app.post('/users/:id', (_request, response) => void response.status(201).end())
  app.get('/users/:id/missing', (_request, response) => void response.status(404).end())
  app.get('/answered/:id', (_request, response, next) => {
    response.send('ok')
    next()
  })
  app.get(['/one/:a', '/two/:b'], ok)
  app.get(/^\/r\d+$/, ok)
  app.get('/bang/:id', bang)
  app.use('/t/:tenant', soon, empty)
  app.use('/t/:tenant', items)
  app.use('/t', makeRouter().get('/:any/late', ok))
  app.use(['/x/:x', '/y'], makeRouter().get('/z', ok))
  app.use('/guarded/:id', guarded)
  app.use('/own', own404)
  app.use('/plain', ok)
  app.use('/sub/:n', express().get('/of/:id', ok))
  app.use('/v:version', makeRouter().get('/of/:id', ok))
  app.use(`/files${star}`, makeRouter().get('/', ok))
  app.use(/^\/m\d+/, makeRouter().get('/in', ok))
  app.use(failed)
}

const table = [
  ['GET /', 'GET / 200'],
  ['GET /users/7?x=1', 'GET /users/:id 200'],
  ['HEAD /users/7', 'HEAD /users/:id 200'],
  ['POST /users/7', 'POST /users/:id 201'],
  ['DELETE /users/7', 'DELETE __not_found__ 404'],
  ['GET /users/7/missing', 'GET /users/:id/missing 404'],
  ['GET /answered/7', 'GET /answered/:id 200'],
  ['GET /nowhere/7', 'GET __not_found__ 404'],
  ['GET /two/7', 'GET /one/:a|/two/:b 200'],
  ['GET /r17', 'GET /^\\/r\\d+$/ 200'],
  ['GET /bang/7', 'GET /bang/:id 500'],
  ['GET /t/acme', 'GET /t/:tenant 200'],
  ['GET /t/acme/items/7', 'GET /t/:tenant/items/:id 200'],
  ['GET /t/t/items/t', 'GET /t/:tenant/items/:id 200'],
  ['GET /t/a%20b%2Fc/items/7', 'GET /t/:tenant/items/:id 200'],
  ['GET /t/acme/bang/7', 'GET /t/:tenant/bang/:id 500'],
  ['GET /t/acme/next/7', 'GET /t/:tenant/next/:id 500'],
  ['GET /t/acme/deep/3/leaf/9', 'GET /t/:tenant/deep/:level/leaf/:leaf 200'],
  ['GET /t/acme/late', 'GET /t/:any/late 200'],
  ['GET /t/acme/nowhere', 'GET __not_found__ 404'],
  ['GET /guarded/7/never/8', 'GET /guarded/:id 401'],
  ['GET /own/known', 'GET /own/known 200'],
  ['GET /own/unknown', 'GET __not_found__ 404'],
  ['GET /plain/anything/7', 'GET /plain 200'],
  ['GET /sub/3/of/4', 'GET /sub/:n/of/:id 200'],
  ['GET /v3/of/3', 'GET /v:version/of/:id 200'],
] as const

describe.each([
  ['Express 4', express4, '*'],
  ['Express 5.1', express51, '/*splat'],
  ['Express 5', express5, '/*splat'],
] as const)('%s', (_name, express, star) => {
  it.each([
    ['before', true],
    ['after', false],
  ])('has the whole pattern of a route, instrumented %s it was declared (M4)', async (_, first) => {
    const app = express()
    if (first) instrumentExpress(app, options())
    build(app, express, star)
    if (!first) instrumentExpress(app, options())
    const url = await listen(app)
    const requests = table.map(([request]) => request)
    expect(await seen(url, requests)).toEqual(table.map(([, want]) => want))
  })

  it('has one pattern for the values of a mount that is a list or a regular expression', async () => {
    const app = express()
    instrumentExpress(app, options())
    build(app, express, star)
    const url = await listen(app)
    await seen(url, ['GET /x/7/z', 'GET /x/8/z', 'GET /m17/in', 'GET /m18/in', 'GET /files/7/7', 'GET /files/8/7/18'])
    expect(exchanges.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
    expect(new Set(exchanges.map(({ route }) => route)).size).toBe(3)
    expect(exchanges.map(({ route }) => route).join()).not.toMatch(/17|18|7|8/)
  })

  it('what a callback of app.param() keeps is of the route that matched', async () => {
    const app = express()
    instrumentExpress(app, options())
    const callback: RequestParamHandler = (_request, response, next, value) => {
      if (value === 'gone') response.status(404).end()
      else if (value === 'later') setImmediate(() => response.status(401).end())
      else if (value === 'bad') next(new Error('bang'))
      else if (value === 'skip') next('route')
      else next()
    }
    const items = express.Router()
    items.param('item', callback)
    items.get('/items/:item', ok)
    app.param('user', callback)
    app.all(star, pass)
    app.get('/users/:user', ok)
    app.use('/t/:tenant', items)
    app.use('/page', ok)
    app.use(failed)
    const requests = ['users/7', 'users/gone', 'users/later', 'users/bad', 't/a/items/gone', 't/a/items/bad', 'nowhere']
    expect(
      await seen(
        await listen(app),
        [...requests, 'page', 't/a/items/skip'].map((path) => `GET /${path}`),
      ),
    ).toEqual([
      'GET /users/:user 200',
      'GET /users/:user 404',
      'GET /users/:user 401',
      'GET /users/:user 500',
      'GET /t/:tenant/items/:item 404',
      'GET /t/:tenant/items/:item 500',
      'GET __not_found__ 404',
      'GET /page 200',
      'GET __not_found__ 404',
    ])
  })

  it('keeps concurrent requests apart', async () => {
    const app = express()
    instrumentExpress(app, options())
    build(app, express, star)
    const url = await listen(app)
    const paths = ['/t/a/items/1', '/t/b/deep/2/leaf/3', '/users/4', '/nowhere']
    const asked = Array.from({ length: 80 }, (_, i) => paths[i % paths.length])
    await Promise.all(asked.map(async (path) => (await fetch(url + path)).text()))
    await expect.poll(() => exchanges.length).toBe(80)
    const count = (route: string) => exchanges.filter((each) => each.route === route).length
    expect(
      ['/t/:tenant/items/:id', '/t/:tenant/deep/:level/leaf/:leaf', '/users/:id', '__not_found__'].map(count),
    ).toEqual([20, 20, 20, 20])
  })

  it('runs handlers in the context of the request, and answers it', async () => {
    const app = express()
    instrumentExpress(app, options())
    app.get('/who', (_request, response) => void response.send(currentContext()?.correlationId))
    const answer = await fetch(`${await listen(app)}/who`, { headers: { 'x-correlation-id': 'bet-1' } })
    expect(await answer.text()).toBe('bet-1')
    expect(answer.headers.get('x-correlation-id')).toBe('bet-1')
    expect(answer.headers.get('x-service-duration')).toBe('0.0')
  })

  it('counts once under a server that is instrumented too, by its routes', async () => {
    const app = express()
    instrumentExpress(app, options())
    build(app, express, star)
    const server = createServer(app)
    const undo = instrumentHttpServer(server, options())
    expect(await seen(await listen(app, server), ['GET /t/acme/items/7', 'GET /nope'])).toEqual([
      'GET /t/:tenant/items/:id 200',
      'GET __not_found__ 404',
    ])
    undo()
  })

  it('leaves messages to handlers as they are without it, with what an outer application has set', async () => {
    const told = async (isMeasured: boolean): Promise<unknown> => {
      const app = express()
      if (isMeasured) instrumentExpress(app, options())
      const own = (message: object): object =>
        Object.fromEntries(
          Object.entries(message)
            .filter(([name]) => name !== 'route' && !name.startsWith('_'))
            .map(([name, value]) => [name, typeof value])
            .toSorted(([a = ''], [b = '']) => a.localeCompare(b)),
        )
      app.get('/users/:id', (request, response) => {
        const { params, baseUrl, originalUrl, url, route } = request
        response.json([
          own(request),
          own(response),
          response.locals,
          { params, baseUrl, originalUrl, url, route: route.path },
        ])
      })
      const server = createServer((request, response) => {
        Object.assign(request, { originalUrl: '/outer/users/7', params: { tenant: 'acme' } })
        Object.assign(response, { locals: { outer: 1 } })
        app(request, response)
      })
      return (await fetch(`${await listen(app, server)}/users/7`)).json()
    }
    const bare = await told(false)
    expect(await told(true)).toEqual(bare)
    expect(bare).toMatchObject([{ params: 'object' }, {}, { outer: 1 }, { originalUrl: '/outer/users/7' }])
  })

  it('does not make the router before the application has its settings', async () => {
    const app = express()
    instrumentExpress(app, options())
    app.enable('case sensitive routing')
    app.get('/Case', ok)
    expect(await seen(await listen(app), ['GET /Case', 'GET /case'])).toEqual([
      'GET /Case 200',
      'GET __not_found__ 404',
    ])
  })

  it('is undone', async () => {
    const app = express()
    const undo = instrumentExpress(app, options())
    expect(() => instrumentExpress(app, options())).toThrow('instrumented already')
    build(app, express, star)
    undo()
    undo()
    const url = await listen(app)
    expect(await (await fetch(`${url}/t/acme/items/7`)).text()).toBe('ok')
    expect(exchanges).toEqual([])
    instrumentExpress(app, options())
    expect(await seen(url, ['GET /users/7'])).toEqual(['GET /users/:id 200'])
  })
})

it('refuses what is no application', () => {
  const notOne = { enabled: () => true, use: () => undefined }
  expect(() => instrumentExpress(notOne, options())).toThrow('no application of Express 4 or 5')
})
