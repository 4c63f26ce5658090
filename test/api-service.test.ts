import { createHmac } from 'node:crypto'
import { request as ask } from 'node:http'
import { json } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ExampleService } from './support/example-service.ts'

const SECRET = 'only for this test'
let service: ExampleService

beforeAll(async () => {
  service = await ExampleService.start('api-service', { WEBHOOK_SECRET: SECRET })
})
afterAll(() => service.process.stop('SIGKILL'))

interface Answer {
  readonly status: number
  readonly body: unknown
}

/** From an address of its own. */
function send(from: string, line: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> {
  const [method = '', path = ''] = line.split(' ')
  return new Promise((resolve, reject) => {
    const call = ask(service.url + path, { method, headers, localAddress: from, agent: false }, (response) => {
      const status = response.statusCode ?? 0
      json(response).then(
        (told) => resolve({ status, body: told }),
        () => resolve({ status, body: undefined }),
      )
    })
    call.on('error', reject)
    call.end(body)
  })
}

const login = (from: string, user: string, password: string) =>
  send(from, 'POST /sessions', { 'content-type': 'application/json' }, JSON.stringify({ user, password }))

const pay = (from: string, body: string, secret = SECRET) =>
  send(
    from,
    'POST /webhooks/payments',
    { 'x-signature': createHmac('sha256', secret).update(body).digest('hex') },
    body,
  )

it('an API: who came in, who did not and why, and where from, are the tally of the clients (M9, O13)', async () => {
  const [ann, guesser, forger] = ['127.0.0.2', '127.0.0.3', '127.0.0.4'] as const
  const tally: Record<string, number> = {}
  const count = (series: string, by = 1): void => void (tally[series] = (tally[series] ?? 0) + by)

  const { status, body } = await login(ann, 'ann', 'correct horse')
  expect(status).toBe(201)
  count('authentication_successes_total{method="password"}')
  const bearer = { authorization: `Bearer ${(body as { token: string }).token}` }
  for (let i = 0; i < 7; i++) {
    expect(await send(ann, `GET /orders/${i}`, bearer)).toEqual({ status: 200, body: { id: `${i}` } })
    count('authentication_successes_total{method="token"}')
  }
  for (const [headers, reason] of [
    [{}, 'missing'],
    [{ authorization: 'Bearer forged' }, 'unknown'],
  ] as const) {
    expect((await send(forger, 'GET /orders/1', headers)).status).toBe(401)
    count(`authentication_failures_total{method="token",reason="${reason}"}`)
  }
  const statuses = new Map<number, number>()
  // More than twice the limit: one minute has more than it can take, also when another begins on the way.
  for (let i = 0; i < 45; i++) {
    const user = i % 5 === 0 ? 'eve' : 'ann'
    const answer = await login(guesser, user, `guess ${i}`)
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
    if (answer.status === 429) count('rate_limit_hits_total{limit="sessions"}')
    const reason = user === 'eve' ? 'unknown_user' : 'wrong_password'
    if (answer.status === 401) count(`authentication_failures_total{method="password",reason="${reason}"}`)
  }
  expect(new Set(statuses.keys())).toEqual(new Set([401, 429]))
  expect((await login(ann, 'ann', '')).status).toBe(401)
  count('authentication_failures_total{method="password",reason="wrong_password"}')
  expect((await pay(ann, '{"paid":1}')).status).toBe(202)
  for (let i = 0; i < 4; i++) {
    expect((await pay(forger, '{"paid":1000}', 'a guess')).status).toBe(403)
    count('invalid_signatures_total{method="webhook"}')
  }

  const signals = await service.samples('authentication_', 'rate_limit_', 'invalid_signatures_')
  expect(signals).toEqual(tally)

  const sources = (await send(ann, 'GET /security/sources', bearer)).body
  expect(sources).toMatchObject([
    { source: guesser, authFailures: statuses.get(401), rateLimitHits: statuses.get(429), signals: 45 },
    { source: forger, authFailures: 2, invalidSignatures: 4, signals: 6 },
    { source: ann, authFailures: 1, signals: 1 },
  ])

  const requests = await service.samples('http_requests_total')
  expect(requests).toEqual({
    'http_requests_total{method="POST",path="/sessions",status="201"}': 1,
    'http_requests_total{method="POST",path="/sessions",status="401"}': (statuses.get(401) ?? 0) + 1,
    'http_requests_total{method="POST",path="/sessions",status="429"}': statuses.get(429),
    'http_requests_total{method="GET",path="/orders/:id",status="200"}': 7,
    'http_requests_total{method="GET",path="/orders/:id",status="401"}': 2,
    'http_requests_total{method="POST",path="/webhooks/payments",status="202"}': 1,
    'http_requests_total{method="POST",path="/webhooks/payments",status="403"}': 4,
    'http_requests_total{method="GET",path="/security/sources",status="200"}': 1,
  })
  expect(JSON.stringify(await service.samples(''))).not.toMatch(/127\.0\.0\.[234]/)
  expect(await service.stop()).toBe(0)
})
