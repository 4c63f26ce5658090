import fc from 'fast-check'
import Opossum from 'opossum'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { portOf } from '../../../test/support/port-of.ts'
import type { SystemReading } from '../../instrument/index.ts'
import { type Boxman, type ConfigInput, createBoxman } from '../index.ts'
import { memoryUse } from './ready-made.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

type Line = Readonly<Record<string, unknown>>

async function start(code: ConfigInput = {}, cwd = tmpdir()): Promise<{ boxman: Boxman; lines: Line[]; url: string }> {
  const lines: Line[] = []
  // What a runner of tests takes is above the defaults.
  const thresholds = { memoryBytes: 1e12, cpuPercent: 1e6 }
  const boxman = await createBoxman(
    {
      service: 'wallet',
      version: '2.1.0',
      store: false,
      thresholds,
      ...code,
      admin: { port: 0, ...Object(code.admin) },
    },
    { env: {}, cwd, logDestination: { write: (line: string) => lines.push(JSON.parse(line)) } },
  )
  closing.push(() => boxman.stop())
  return { boxman, lines, url: boxman.admin.url ?? '' }
}

const refuses = (): never => {
  throw new Error('connect 10.0.0.7:5432 refused')
}

describe('O8, B7: endpoints', () => {
  it.each([
    ['/livez', 200, 'ok\n'],
    ['/healthz', 200, 'ok\n'],
    ['/livez?verbose', 200, 'livez check passed\n'],
    ['/startupz', 503, '[-]starting: waits for migrate\nstartupz check failed\n'],
    ['/readyz', 503, /^\[-\]starting: waits for migrate\n(.+\n)*\[-\]db failed: connect 10\.0\.0\.7:5432 refused\n/],
    ['/readyz', 503, /\n\[-\]mail failed, which only degrades: no relay\nreadyz check failed\n$/],
    ['/readyz?exclude=db&exclude=x', 503, /\n\[\+\]db excluded: ok\nwarn: no such checks to exclude: "x"\n/],
    ['/readyz/db', 503, '[-]db failed: connect 10.0.0.7:5432 refused\n'],
    ['/readyz/cache%3Al1?verbose', 200, '[+]cache:l1 ok\n'],
    ['/readyz/cache:l1', 200, 'ok\n'],
    ['/readyz/nothing', 404, 'there is no such check\n'],
    ['/readyz/%E0%A4%A', 404, 'there is no such check\n'],
    ['/readyz/__proto__', 404, 'there is no such check\n'],
    ['/health/nothing', 404, /there is nothing at this path/],
  ])('%s: %i', async (path, status, body) => {
    const { boxman, url } = await start()
    boxman.health.blockStartup('migrate')
    boxman.health.check({ name: 'db', critical: true, run: refuses })
    boxman.health.check({ name: 'cache:l1', run: () => {} })
    boxman.health.check({ name: 'mail', run: () => Promise.reject(new Error('no relay')) })
    await boxman.health.settled()
    const answer = await fetch(url + path)
    const text = await answer.text()
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([status, 'no-store'])
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; charset=utf-8$/i)
    expect(text).toSatisfy((said: string) => (typeof body === 'string' ? said === body : body.test(said)), text)
    expect((await fetch(url + path, { method: 'POST' })).status).toBe(405)
    const head = await fetch(url + path, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([status, ''])
  })

  it('one check is there as application/health+json, by what it came to itself', async () => {
    const { boxman, url } = await start()
    boxman.health.check({ name: 'mail', run: refuses })
    await boxman.health.settled()
    const answer = await fetch(`${url}/health/mail`)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([503, 'application/health+json'])
    expect(await answer.json()).toMatchObject({
      status: 'fail',
      serviceId: 'wallet',
      releaseId: '2.1.0',
      checks: { mail: [{ status: 'fail', critical: false }] },
    })
    expect((await fetch(`${url}/ready`)).status).toBe(200)
  })

  it('who is let in for a probe alone is told which check fails, and not why', async () => {
    const { boxman, url } = await start({ admin: { token: 'only-token' } })
    boxman.health.check({ name: 'db', critical: true, run: refuses })
    await boxman.health.settled()
    const text = async (path: string, headers = {}): Promise<string> => (await fetch(url + path, { headers })).text()
    for (const path of ['/readyz', '/readyz?verbose', '/readyz/db', '/ready']) {
      const said = await text(path)
      expect(said).toContain('db')
      expect(said).not.toContain('10.0.0.7')
      expect(await text(path, { authorization: 'Bearer only-token' })).toContain('10.0.0.7')
    }
    expect((await fetch(`${url}/health/db`)).status).toBe(401)
  })

  it('nothing that is asked ends in a 500', async () => {
    const { boxman, lines, url } = await start()
    boxman.health.check({ name: 'db', run: refuses })
    const base = fc.constantFrom(
      '/livez',
      '/readyz',
      '/readyz/',
      '/health/',
      '/startupz',
      '/diagnostics/circuit-breakers',
    )
    const rest = fc.string({ unit: 'binary', maxLength: 20 })
    const query = fc.array(fc.tuple(fc.constantFrom('verbose', 'exclude', '__proto__'), rest), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(base, rest, query, async (path, tail, pairs) => {
        const asked = new URL(`${url}${path}`)
        if (path.endsWith('/')) asked.pathname += tail
        asked.search = new URLSearchParams(pairs).toString()
        const answer = await fetch(asked)
        await answer.arrayBuffer()
        expect([200, 404, 503]).toContain(answer.status)
      }),
      { numRuns: 200 },
    )
    expect(lines.filter(({ msg }) => msg === 'A fault in the monitoring was kept from the application')).toEqual([])
  })

  it('no probe waits for a check that hangs', async () => {
    const { boxman, url } = await start()
    boxman.health.check({ name: 'stuck', critical: true, timeoutMs: 600_000, run: () => new Promise(() => {}) })
    expect(await (await fetch(`${url}/readyz/stuck`)).text()).toBe('[-]stuck not checked yet\n')
    expect((await fetch(`${url}/ready`)).status).toBe(503)
    expect((await fetch(`${url}/livez`)).status).toBe(200)
  })
})

describe('checks', () => {
  it('are run in the background, outside of what is measured, and their changes are logged', async () => {
    const { boxman, lines, url } = await start({ collect: { intervalMs: 100 } })
    const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1')
    closing.push(() => server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    boxman.instrument.outgoing()
    let runs = 0
    const http = boxman.checks.http({ url: `http://127.0.0.1:${portOf(server)}/`, name: 'billing', cacheMs: 0 })
    boxman.health.check({
      ...http,
      run: (signal) => {
        if (++runs === 3) throw new Error('no route')
        return http.run(signal)
      },
    })
    await expect.poll(() => lines.filter(({ check }) => check === 'billing').length, { timeout: 10_000 }).toBe(2)
    expect(lines.filter(({ check }) => check === 'billing')).toMatchObject([
      { msg: 'A health check fails', outcome: 'fail', output: 'no route', critical: false },
      { msg: 'A health check passes again', outcome: 'pass' },
    ])
    const page = await (await fetch(`${url}/metrics`)).text()
    expect(page).toContain('boxman_health_check_status{check="billing"} 1\n')
    expect(page).toMatch(/^boxman_health_check_duration_seconds_count\{check="billing"\} [4-9]/m)
    expect(page).not.toMatch(/^http_client_requests_total\{/m)
  })

  it('one that is removed has no status any more', async () => {
    const { boxman, url } = await start()
    const remove = boxman.health.check({ name: 'db', run: refuses })
    await boxman.health.settled()
    const page = async (): Promise<string> => (await fetch(`${url}/metrics`)).text()
    expect(await page()).toContain('boxman_health_check_status{check="db"} 0\n')
    remove()
    expect(await page()).not.toContain('boxman_health_check_status{check="db"}')
  })

  it('S6: what exceeds a threshold degrades, and takes nothing out of traffic', async () => {
    const { boxman, url } = await start({ thresholds: { memoryBytes: 1, cpuPercent: 1e6 } })
    const memory = async (): Promise<unknown> => (await fetch(`${url}/health/process:memory`)).json()
    await expect.poll(memory, { timeout: 10_000 }).toMatchObject({
      checks: {
        'process:memory': [
          { status: 'fail', observedUnit: 'bytes', output: expect.stringContaining('above 1') as unknown },
        ],
      },
    })
    expect(boxman.health.readiness().status).toBe('warn')
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
  })

  it('of memory and event loop are given their readings', async () => {
    const { boxman } = await start({ collect: { intervalMs: 100 } })
    boxman.health.check(boxman.checks.memory({ failAbovePercent: 100, warnAbovePercent: 100, cacheMs: 0 }))
    boxman.health.check(boxman.checks.eventLoop({ failAboveMs: 1e6, warnAboveMs: 1e6, cacheMs: 0 }))
    await expect
      .poll(() => boxman.health.results().filter(({ name }) => /^(memory|event-loop)$/.test(name)), { timeout: 10_000 })
      .toMatchObject([
        { outcome: 'pass', observedUnit: 'percent' },
        { outcome: 'pass', observedUnit: 'ms' },
      ])
  })

  it.each<[string, SystemReading, ReturnType<typeof memoryUse>]>([
    ['nothing known', {}, undefined],
    [
      'a machine',
      { machine: { memoryTotalBytes: 1000, memoryAvailableBytes: 400 } },
      { usedBytes: 600, limitBytes: 1000 },
    ],
    [
      'a group, without the cache that it can let go',
      {
        memoryBytes: 50,
        machine: {
          memoryTotalBytes: 1000,
          memoryLimitBytes: 200,
          memoryCurrentBytes: 180,
          memoryReclaimableBytes: 100,
        },
      },
      { usedBytes: 80, limitBytes: 200 },
    ],
    [
      'a group that does not say what it uses',
      { memoryBytes: 50, machine: { memoryLimitBytes: 200 } },
      { usedBytes: 50, limitBytes: 200 },
    ],
    [
      'a group that may have more than there is',
      { machine: { memoryTotalBytes: 1000, memoryAvailableBytes: 900, memoryLimitBytes: 2 ** 60 } },
      { usedBytes: 100, limitBytes: 1000 },
    ],
  ])('memory of %s', (_, reading, use) => {
    expect(memoryUse(reading)).toEqual(use)
  })
})

describe('B7: /diagnostics/circuit-breakers', () => {
  const shown = async (url: string): Promise<unknown> => (await fetch(`${url}/diagnostics/circuit-breakers`)).json()
  const breaker = (name: string): Opossum => {
    const made = new Opossum(() => Promise.reject(new Error('no route')), { name })
    closing.push(() => made.shutdown())
    return made
  }

  it('shows those found and those given, as metrics too', async () => {
    const { boxman, url } = await start({}, root)
    expect(await shown(url)).toEqual({ circuit_breakers: [] })
    await breaker('billing')
      .fire()
      .catch(() => undefined)
    boxman.instrument.breaker(() => 'half-open', { name: 'own' })
    expect(await shown(url)).toEqual({
      circuit_breakers: [
        {
          name: 'billing',
          library: 'opossum',
          state: 'open',
          breakers: 1,
          opened_total: 1,
          changed_at: expect.stringMatching(/^2\d{3}-.*Z$/) as unknown,
        },
        { name: 'own', library: 'own', state: 'half-open', breakers: 1, opened_total: 0, changed_at: null },
      ],
    })
    const page = await (await fetch(`${url}/metrics`)).text()
    expect(page).toContain('circuit_breaker_state{breaker="billing",state="open"} 1\n')
    expect(page).toContain('circuit_breaker_state{breaker="billing",state="closed"} 0\n')
    expect(page).toContain('circuit_breaker_opened_total{breaker="billing"} 1\n')
    expect(page).toContain('circuit_breaker_state{breaker="own",state="half-open"} 1\n')
    expect(boxman.health.readiness().status).toBe('pass')
  })

  it('finds none where it shall not', async () => {
    const { url } = await start({ health: { findBreakers: false } }, root)
    breaker('billing')
    expect(await shown(url)).toEqual({ circuit_breakers: [] })
  })

  it('forgets a breaker that is shut down, in its metrics too', async () => {
    const { url } = await start({}, root)
    const page = async (): Promise<string> => (await fetch(`${url}/metrics`)).text()
    const billing = breaker('billing')
    expect(await page()).toContain('circuit_breaker_state{breaker="billing"')
    billing.shutdown()
    expect(await page()).not.toContain('breaker="billing"')
  })
})
