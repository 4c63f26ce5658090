import { setImmediate as turn } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { createIdSource, currentContext, extractContext, runWithContext } from '../../tracing/index.ts'
import {
  createRouteInstrument,
  type Failure,
  failureOf,
  type HttpExchange,
  measureRequest,
  RequestScope,
  type ScopeOptions,
} from '../index.ts'

const ids = createIdSource()
let exchanges: HttpExchange[]
let failures: string[]
let faults: unknown[]
let clock: number
let options: ScopeOptions

beforeEach(() => {
  ;[exchanges, failures, faults, clock] = [[], [], [], 0]
  options = {
    ids,
    now: () => clock,
    record: (exchange) => exchanges.push(exchange),
    failed: ({ route }, { kind, status, error }) => failures.push(`${route} ${kind} ${status} ${error}`),
    onFault: (error) => faults.push(error),
  }
})

const httpError = (status: number, key: 'status' | 'statusCode') => Object.assign(new Error('http'), { [key]: status })
const named = (name: string) => Object.assign(new Error('x'), { name })

describe('errors are classified (B6)', () => {
  it.each<[string, unknown, Failure]>([
    ['an exception', new RangeError('no'), { kind: 'exception', status: 500, error: 'RangeError' }],
    ['what is no error', 'no', { kind: 'exception', status: 500, error: 'string' }],
    ['a name that could be anything', named('a\nb'), { kind: 'exception', status: 500, error: 'Error' }],
    ['the client is wrong', httpError(404, 'status'), { kind: 'client', status: 404, error: 'Error' }],
    ['the server is', httpError(503, 'statusCode'), { kind: 'server', status: 503, error: 'Error' }],
    ['a status that is none', httpError(7, 'status'), { kind: 'exception', status: 500, error: 'Error' }],
    ['a status that is no failure', httpError(200, 'status'), { kind: 'exception', status: 500, error: 'Error' }],
    ['too late, by status', httpError(504, 'status'), { kind: 'timeout', status: 504, error: 'Error' }],
    ['too late', named('TimeoutError'), { kind: 'timeout', status: 504, error: 'TimeoutError' }],
    ['given up', named('AbortError'), { kind: 'aborted', status: 499, error: 'AbortError' }],
  ])('%s', (_, thrown, want) => {
    expect(failureOf(thrown)).toEqual({ ...want, thrown })
  })
})

describe('a function', () => {
  it.each<[string, () => unknown, number, readonly string[]]>([
    ['returns', () => 'ok', 200, []],
    ['returns an answer', () => new Response('', { status: 201 }), 201, []],
    ['returns an answer that says no', () => ({ statusCode: 422 }), 422, ['/a client 422 422']],
    ['resolves', async () => 'ok', 200, []],
    ['resolves with an answer', async () => new Response('', { status: 502 }), 502, ['/a server 502 502']],
  ])('that %s is measured to its end, its result as it is', async (_, work, status, failed) => {
    const wanted = work()
    const got = measureRequest({ route: '/a' }, options, () => {
      clock += 25
      return wanted
    })
    expect(wanted instanceof Promise ? await got : got).toBe(wanted instanceof Promise ? await wanted : wanted)
    expect(exchanges).toMatchObject([{ method: 'GET', route: '/a', status, durationMs: 25, aborted: false }])
    expect(failures).toEqual(failed)
  })

  it.each<[string, (error: Error) => unknown]>([
    ['throws', (error) => measureRequest({ route: '/a' }, options, () => thrower(error))],
    ['rejects', (error) => measureRequest({ route: '/a' }, options, async () => thrower(error))],
  ])('that %s is measured too, the very error passed on', async (_, call) => {
    const error = named('AbortError')
    const got: unknown = await Promise.resolve()
      .then(() => call(error))
      .catch((reason: unknown) => reason)
    expect(got).toBe(error)
    expect(exchanges).toMatchObject([{ status: 499, aborted: true }])
    expect(failures).toEqual(['/a aborted 499 AbortError'])
  })

  it('has its context current in all that is asynchronous beneath it, a child of the one around it', async () => {
    const outer = extractContext({ 'x-correlation-id': 'bet-1' }, ids)
    const seen: unknown[] = []
    await runWithContext(outer, () =>
      measureRequest({ route: '/a' }, options, async (scope) => {
        await turn()
        seen.push(currentContext() === scope.context, scope.context?.correlationId, scope.context?.parentSpanId)
      }),
    )
    expect(seen).toEqual([true, 'bet-1', outer.spanId])
    expect(currentContext()).toBeUndefined()
    measureRequest({ headers: { 'x-correlation-id': 'bet-2' } }, options, () => {})
    expect(exchanges.map(({ context, route }) => [context?.correlationId, route])).toEqual([
      ['bet-1', '/a'],
      ['bet-2', '__not_found__'],
    ])
  })

  it('wrapped keeps its this, arguments and result', async () => {
    const instrumentRoute = createRouteInstrument(options)
    const table = {
      name: 'craps',
      find: instrumentRoute('/tables/:id', function (this: { name: string }, id: number, what: string) {
        return `${this.name} ${id} ${what}`
      }),
      settle: instrumentRoute({ path: '/tables/17/settle?now=1', method: 'patch' }, async (id: number) => id * 2),
    }
    expect([table.find(7, 'bets'), await table.settle(4)]).toEqual(['craps 7 bets', 8])
    expect(exchanges.map(({ method, route }) => `${method} ${route}`)).toEqual([
      'GET /tables/:id',
      'PATCH /tables/:number/settle',
    ])
  })
})

describe('a scope', () => {
  it('is measured from its making to its end, once', () => {
    const scope = new RequestScope({ route: '/a', method: 'brew' }, options)
    clock += 10
    expect(scope.run(() => currentContext())).toBe(scope.context)
    expect(currentContext()).toBeUndefined()
    scope.setRoute('/b').setStatus(204).end()
    scope[Symbol.dispose]()
    scope.fail(new Error('late')).end()
    expect(exchanges).toMatchObject([{ method: '_OTHER', route: '/b', status: 204, durationMs: 10 }])
    expect(failures).toEqual([])
  })

  it('that failed, and was answered all the same, has the status of the answer', () => {
    new RequestScope({ route: '/a' }, options).fail(new Error('no')).setStatus(200).end()
    new RequestScope({ route: '/a' }, options).fail(httpError(429, 'status')).end()
    expect([exchanges.map(({ status }) => status), failures]).toEqual([[200, 429], ['/a client 429 Error']])
  })

  it.each([99, 600, 200.5, Number.NaN])('takes no status %j', (status) => {
    expect(() => new RequestScope({}, options).setStatus(status)).toThrow(RangeError)
  })
})

it.each<[string, (fail: () => never) => Partial<ScopeOptions>]>([
  ['the clock', (fail) => ({ now: fail })],
  ['the ids', (fail) => ({ ids: { traceId: fail, spanId: fail } })],
  ['the recorder', (fail) => ({ record: fail })],
  ['who is told of failures', (fail) => ({ failed: fail })],
])('a fault of %s ends at onFault; the work goes on (B12)', async (_, broken) => {
  const faulty = { ...options, ...broken(() => thrower(new Error('bang'))) }
  expect(measureRequest({ route: '/a' }, faulty, () => ({ status: 500, answer: 42 })).answer).toBe(42)
  expect(String(faults)).toBe('Error: bang')
})

function thrower(error: Error): never {
  throw error
}

it('is opened once before it is recorded, unless nothing will be', () => {
  const order: string[] = []
  const told: ScopeOptions = {
    ...options,
    opened: ({ method, scheme }) => order.push(`opened ${method} ${scheme}`),
    record: ({ method }) => order.push(`recorded ${method}`),
  }
  const scope = new RequestScope({ method: 'post', route: '/a' }, told)
  scope.run(() => order.push('work'))
  scope.end()
  scope.end()
  new RequestScope({}, { ...told, now: () => NaN }).end()
  expect(order).toEqual(['opened POST http', 'work', 'recorded POST'])
  const faulty = {
    ...told,
    opened: () => {
      throw new Error('opened')
    },
  }
  expect(measureRequest({}, faulty, () => 'ok')).toBe('ok')
  expect(faults).toEqual([new Error('opened')])
})
