import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { afterEach, describe, expect, it } from 'vitest'
import { portOf } from '../../test/support/port-of.ts'
import { type ConfigInput, createBoxman } from './index.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'
const B3 = { b3: `${TRACE}-${SPAN}-1` }
const MULTI = { 'x-b3-traceid': TRACE, 'x-b3-spanid': SPAN, 'x-b3-sampled': '1' }
const W3C = { traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'v=1' }

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** What one request makes a service that calls another tell both sides. */
async function pass(
  code: ConfigInput,
  env: Record<string, string>,
  headers: Record<string, string>,
): Promise<{ readonly sent: IncomingHttpHeaders; readonly answered: Headers }> {
  const boxman = await createBoxman(
    { service: 'shop', log: false, admin: { port: 0 }, thresholds: { memoryBytes: 1e12 }, ...code },
    { env, cwd: tmpdir() },
  )
  closing.push(() => boxman.stop())
  const arrived: IncomingHttpHeaders[] = []
  const downstream = createServer((request, response) => {
    arrived.push(request.headers)
    response.end()
  })
  const call = boxman.instrument.fetch()
  const front = createServer((_, response) => {
    void call(`http://127.0.0.1:${portOf(downstream)}`).then(() => response.end())
  })
  for (const server of [downstream, front]) {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    closing.push(() => server.close())
  }
  boxman.instrument.http(front)
  const answer = await fetch(`http://127.0.0.1:${portOf(front)}`, { headers })
  return { sent: arrived[0] ?? {}, answered: answer.headers }
}

const NAMES = ['b3', 'baggage', 'traceparent', 'x-b3-traceid', 'x-request-id']

describe('tracing.propagation', () => {
  it.each<[string, ConfigInput, Record<string, string>, Record<string, string>, boolean, string[]]>([
    ['by default W3C', {}, {}, { ...W3C, baggage: 'a=1' }, true, ['baggage', 'traceparent']],
    ['by default no B3', {}, {}, B3, false, ['traceparent']],
    ['b3 beside it', { tracing: { propagation: ['tracecontext', 'b3'] } }, {}, B3, true, ['b3', 'traceparent']],
    ['b3 alone', { tracing: { propagation: ['b3'] } }, {}, MULTI, true, ['b3']],
    ['b3 alone, of W3C nothing', { tracing: { propagation: ['b3'] } }, {}, { ...W3C, baggage: 'a=1' }, false, ['b3']],
    [
      'by the variable',
      { tracing: { propagation: ['none'] } },
      { BOXMAN_TRACING_PROPAGATION: 'b3multi,baggage' },
      { ...B3, baggage: 'a=1' },
      true,
      ['baggage', 'x-b3-traceid'],
    ],
    ['none', {}, { BOXMAN_TRACING_PROPAGATION: 'none' }, { ...W3C, ...B3, baggage: 'a=1' }, false, []],
    [
      'also without spans',
      { tracing: { enabled: false, propagation: ['b3', 'b3multi'] } },
      {},
      MULTI,
      true,
      ['b3', 'x-b3-traceid'],
    ],
  ])('%s', async (_, code, env, headers, continued, names) => {
    const { sent } = await pass(code, env, headers)
    expect(NAMES.filter((name) => name in sent)).toEqual(names)
    expect('tracestate' in sent && !names.includes('traceparent')).toBe(false)
    const text = [sent['b3'], sent['x-b3-traceid'], sent['traceparent']].join()
    expect(text.includes(TRACE)).toBe(continued)
    expect(text).not.toContain(SPAN)
    for (const name of ['x-correlation-id', 'x-span-id', 'x-parent-span-id']) expect(sent).toHaveProperty(name)
  })

  it.each<[ConfigInput, Record<string, string>, string | undefined]>([
    [{}, {}, undefined],
    [{ tracing: { requestId: true } }, {}, 'order-7'],
    [{ tracing: { enabled: false } }, { BOXMAN_TRACING_REQUEST_ID: 'on' }, 'order-7'],
  ])('x-request-id is answered and sent where %o, %o ask for it', async (code, env, want) => {
    const { sent, answered } = await pass(code, env, { 'x-request-id': 'order-7' })
    expect([sent['x-correlation-id'], answered.get('x-correlation-id')]).toEqual(['order-7', 'order-7'])
    expect([sent['x-request-id'], answered.get('x-request-id') ?? undefined]).toEqual([want, want])
  })
})
