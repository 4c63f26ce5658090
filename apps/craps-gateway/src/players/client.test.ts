import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { serve } from '../../../../test/support/serve.ts'
import { Client } from './client.ts'

const closings: (() => void)[] = []

afterEach(() => {
  for (const close of closings.splice(0)) close()
})

async function clientOf(handle: RequestListener, timeoutMs = 5000): Promise<Client> {
  const { url, close } = await serve(handle)
  const client = new Client({ gateway: url, maxSockets: 2, timeoutMs })
  closings.push(() => client.close(), close)
  return client
}

describe('Client', () => {
  it('sends JSON with a token over one connection, and reads the answer', async () => {
    const sockets = new Set<unknown>()
    const client = await clientOf((req, res) => {
      sockets.add(req.socket)
      let body = ''
      req.on('data', (chunk) => (body += String(chunk)))
      req.on('end', () => {
        const { authorization, 'content-type': type } = req.headers
        res.writeHead(202).end(JSON.stringify({ body, authorization, type, url: req.url, method: req.method }))
      })
    })
    const call = { method: 'POST', path: '/tables/T1/bets', token: 'secret', body: '{"amount":5}' } as const
    await client.send(call)
    expect(await client.send(call)).toEqual({
      kind: 'answer',
      status: 202,
      body: {
        body: '{"amount":5}',
        authorization: 'Bearer secret',
        type: 'application/json',
        url: '/tables/T1/bets',
        method: 'POST',
      },
    })
    expect(sockets.size).toBe(1)
  })

  it.each(['', 'plain text', '[1]', 'null'])('has an object for the answer %j all the same', async (text) => {
    const client = await clientOf((_, res) => res.end(text))
    expect(await client.send({ method: 'GET', path: '/' })).toMatchObject({ kind: 'answer', status: 200 })
  })

  it.each([
    ['cut off', (_: IncomingMessage, res: ServerResponse) => res.destroy(), 'socket hang up'],
    ['half an answer', (_: IncomingMessage, res: ServerResponse) => half(res), 'aborted'],
    ['silence', () => {}, 'no answer in 200 ms'],
    ['an endless answer', (_: IncomingMessage, res: ServerResponse) => endless(res), 'an answer above 1000000 bytes'],
  ] as const)('%s is a failure, and no fault', async (_, handle, detail) => {
    const client = await clientOf(handle, 200)
    expect(await client.send({ method: 'GET', path: '/' })).toEqual({ kind: 'failed', detail })
  })

  it.each([
    ['half-way', false],
    ['before-the-answer', true],
  ] as const)('hangs up %s', async (where, wasComplete) => {
    const seen = new Promise<boolean>((resolve) => {
      closings.push(() => resolve(false))
      void clientOf((req) => {
        req.on('error', () => {}).resume()
        req.socket.on('close', () => resolve(req.complete))
      }).then(async (client) => {
        await client.hangUp({ method: 'POST', path: '/', body: '{"kind":"field","amount":5}' }, where)
      })
    })
    expect(await seen).toBe(wasComplete)
  })
})

function half(res: ServerResponse): void {
  res.writeHead(200, { 'content-length': 100 })
  res.write('{', () => res.destroy())
}

function endless(res: ServerResponse): void {
  const chunk = Buffer.alloc(100_000)
  const more = (): void => {
    while (!res.destroyed && res.write(chunk));
  }
  res.on('drain', more)
  more()
}
