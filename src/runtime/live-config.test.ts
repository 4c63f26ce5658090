import { once } from 'node:events'
import { mkdtempSync, renameSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { portOf } from '../../test/support/port-of.ts'
import { type Boxman, CONFIG_FIELDS, type ConfigInput, createBoxman } from './index.ts'

type Line = Record<string, unknown>

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'boxman-live-'))

async function start(code: ConfigInput = {}, cwd = newFolder()): Promise<{ boxman: Boxman; lines: Line[] }> {
  const lines: Line[] = []
  const logDestination = { write: (line: string) => lines.push(JSON.parse(line)) }
  const thresholds = { memoryBytes: 1e12, cpuPercent: 1e6 }
  const whole = { service: 'wallet', thresholds, ...code, admin: { port: 0, ...Object(code.admin) } }
  const boxman = await createBoxman(whole, { env: {}, cwd, logDestination })
  closing.push(() => boxman.stop())
  return { boxman, lines }
}

async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  closing.push(() => server.close())
  return `http://127.0.0.1:${portOf(server)}`
}

const page = async (boxman: Boxman, accept = 'text/plain'): Promise<string> =>
  (await fetch(`${boxman.admin.url}/metrics`, { headers: { accept } })).text()
const messages = (lines: readonly Line[]): unknown[] => lines.map(({ msg }) => msg)

/** An application that fails, measured. */
async function failing(boxman: Boxman): Promise<() => Promise<unknown>> {
  const server = createServer((_, response) => response.writeHead(500).end())
  boxman.instrument.http(server, { route: () => '/rolls' })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  closing.push(() => server.close())
  return async () => (await fetch(`http://127.0.0.1:${portOf(server)}/`)).text()
}

/** By value: that its change has an effect. */
const EFFECTS: Readonly<Record<string, () => Promise<void>>> = {
  'log.level': async () => {
    const { boxman, lines } = await start()
    boxman.log.debug('before')
    await boxman.reconfigure({ log: { level: 'debug' } })
    boxman.logger('db').debug('after')
    await expect.poll(() => messages(lines)).toContain('after')
    expect(messages(lines)).not.toContain('before')
  },
  'log.levels': async () => {
    const { boxman, lines } = await start({ log: { levels: { cache: 'warn' } } })
    const [db, cache] = [boxman.logger('db'), boxman.logger('cache')]
    await boxman.reconfigure({ log: { levels: { 'db*': 'debug' } } })
    db.debug('queried')
    await boxman.reconfigure({ log: { levels: null } })
    db.debug('queried again')
    cache.info('hit')
    cache.warn('missed')
    await expect.poll(() => messages(lines)).toContain('missed')
    expect(messages(lines)).toContain('queried')
    expect(messages(lines)).not.toContain('queried again')
    expect(messages(lines)).not.toContain('hit')
  },
  'log.enabled': async () => {
    const { boxman, lines } = await start()
    await boxman.reconfigure({ log: false })
    boxman.log.error('while off')
    await boxman.reconfigure({ log: true })
    boxman.log.error('on again')
    await expect.poll(() => messages(lines)).toContain('on again')
    expect(messages(lines)).not.toContain('while off')
  },
  'log.shipDeadlineMs': async () => {
    // Nobody listens there: the end would wait for ten minutes.
    const { boxman } = await start({
      log: { ship: [{ kind: 'fluentd', url: 'tcp://127.0.0.1:1' }], shipDeadlineMs: 600_000 },
    })
    boxman.log.error('lost')
    await boxman.reconfigure({ log: { shipDeadlineMs: 1 } })
    await boxman.stop()
  },
  'thresholds.memoryBytes': async () => {
    const { boxman, lines } = await start({ collect: { intervalMs: 100 } })
    await boxman.reconfigure({ thresholds: { memoryBytes: 1 } })
    await expect.poll(() => boxman.health.result('process:memory')?.outcome, { timeout: 10_000 }).toBe('fail')
    const told = { msg: 'A threshold is exceeded', threshold: 'memory_bytes', limit: 1 }
    await expect.poll(() => lines).toContainEqual(expect.objectContaining(told))
  },
  'thresholds.cpuPercent': async () => {
    const { boxman } = await start({ collect: { intervalMs: 100 } })
    await boxman.reconfigure({ thresholds: { cpuPercent: 1e-9 } })
    await expect.poll(() => boxman.health.result('process:cpu')?.outcome, { timeout: 10_000 }).toBe('fail')
  },
  'http.log': async () => {
    const { boxman, lines } = await start({ http: { log: false } })
    const ask = await failing(boxman)
    await ask()
    await boxman.reconfigure({ http: { log: true } })
    await ask()
    await expect.poll(() => messages(lines).filter((msg) => msg === 'Request completed')).toHaveLength(1)
  },
  'tracing.spansPerSecond': async () => {
    const { boxman } = await start()
    await boxman.reconfigure({ tracing: { spansPerSecond: 7 } })
    expect(boxman.tracer?.sampler.budget).toBe(7)
  },
  'tracing.maxSpans': async () => {
    const { boxman } = await start({ tracing: { spansPerSecond: 1_000_000 } })
    for (let i = 0; i < 150; i++) boxman.tracer?.startRoot('roll').end()
    const held = async (): Promise<unknown> => {
      const answer = await fetch(`${boxman.admin.url}/api/traces?service=wallet&limit=1000`)
      return ((await answer.json()) as { data: unknown[] }).data.length
    }
    expect(await held()).toBe(150)
    await boxman.reconfigure({ tracing: { maxSpans: 100 } })
    expect(await held()).toBe(100)
  },
  'metrics.prometheus': async () => {
    const { boxman } = await start()
    expect(await page(boxman)).toContain('boxman_config_changes_total{source="code",outcome="applied"} 0')
    await boxman.reconfigure({ metrics: { prometheus: false } })
    const off = await fetch(`${boxman.admin.url}/metrics`)
    expect([off.status, await off.text()]).toEqual([404, expect.stringContaining('METRICS_PROMETHEUS_ENABLED')])
    await boxman.reconfigure({ metrics: { prometheus: null } })
    expect(await page(boxman)).toContain('boxman_config_changes_total{source="code",outcome="applied"} 2')
  },
  'metrics.eventLoop': async () => {
    const { boxman } = await start({ collect: { intervalMs: 100 } })
    await expect.poll(() => page(boxman)).toContain('bitcraps_event_loop_monitoring_active 1')
    await boxman.reconfigure({ metrics: { eventLoop: false } })
    await expect.poll(() => page(boxman)).toContain('bitcraps_event_loop_monitoring_active 0')
  },
  'metrics.exemplars': async () => {
    const { boxman } = await start({ metrics: { exemplars: false } })
    const ask = await failing(boxman)
    const accept = 'application/openmetrics-text'
    await ask()
    expect(await page(boxman, accept)).not.toContain(' # {')
    await boxman.reconfigure({ metrics: { exemplars: true } })
    await ask()
    await expect.poll(() => page(boxman, accept)).toContain(' # {trace_id=')
  },
  'health.timeoutMs': async () => {
    const { boxman } = await start({ health: { cacheMs: 0 } })
    const runs = [Promise.resolve()]
    boxman.health.check({ name: 'db', run: () => runs.shift() ?? new Promise(() => undefined) })
    await boxman.health.settled()
    await boxman.reconfigure({ health: { timeoutMs: 21 } })
    await expect
      .poll(() => boxman.health.result('db')?.output, { timeout: 10_000 })
      .toMatch(/timed out after 21 ms|still hangs/)
  },
  'health.cacheMs': async () => {
    const { boxman } = await start({ health: { cacheMs: 3_600_000 } })
    let runs = 0
    boxman.health.check({ name: 'db', run: () => void runs++ })
    await boxman.health.settled()
    boxman.health.refresh()
    expect(runs).toBe(1)
    await boxman.reconfigure({ health: { cacheMs: 0 } })
    boxman.health.refresh()
    expect(runs).toBe(2)
  },
  'drain.delayMs': drains,
  'drain.graceMs': drains,
  'query.timeoutMs': async () => {
    const { boxman } = await start()
    const long = 'sum(count_over_time(vector(1)[5h:100ms]))'
    await boxman.reconfigure({ query: { timeoutMs: 1 } })
    expect(await boxman.query(long)).toMatchObject({ ok: false, error: { kind: 'timeout' } })
    const answer = await fetch(`${boxman.admin.url}/api/v1/query?query=${encodeURIComponent(long)}`)
    expect(await answer.json()).toMatchObject({ errorType: 'timeout' })
    await boxman.reconfigure({ query: { timeoutMs: null } })
    expect(await boxman.query('vector(1)')).toMatchObject({ ok: true })
  },
  'query.concurrency': async () => {
    const { boxman } = await start()
    const flag = async (): Promise<unknown> => {
      const answer = await fetch(`${boxman.admin.url}/api/v1/status/flags`)
      return ((await answer.json()) as { data: Record<string, string> }).data['query.max-concurrency']
    }
    expect(await flag()).toBe('20')
    await boxman.reconfigure({ query: { concurrency: 3 } })
    expect(await flag()).toBe('3')
  },
  'query.maxSamples': async () => {
    const { boxman } = await start()
    const query = 'count_over_time(vector(1)[1h:1s])'
    expect(await boxman.query(query)).toMatchObject({ ok: true })
    await boxman.reconfigure({ query: { maxSamples: 10 } })
    expect(await boxman.query(query)).toMatchObject({ ok: false })
  },
}

async function drains(): Promise<void> {
  const { boxman, lines } = await start()
  const exit = vi.spyOn(process, 'exit').mockImplementation((() => undefined) as never)
  closing.push(() => exit.mockRestore())
  closing.push(boxman.exitOnSignals({ signals: ['SIGUSR2'] }))
  await boxman.reconfigure({ drain: { delayMs: 3, graceMs: 4321 } })
  process.emit('SIGUSR2')
  await expect.poll(() => exit.mock.calls).toEqual([[0]])
  expect(lines).toContainEqual(expect.objectContaining({ msg: 'The process drains', delay_ms: 3, grace_ms: 4321 }))
}

describe('a change while the service runs has an effect', () => {
  it('is tested for every value', () => {
    const live = CONFIG_FIELDS.filter(({ changeable }) => changeable === 'live').map(({ path }) => path)
    expect(Object.keys(EFFECTS).toSorted()).toEqual(live.toSorted())
  })

  it.each(Object.keys(EFFECTS))('%s', async (path) => {
    await expect(EFFECTS[path]?.()).resolves.toBeUndefined()
  })

  it('of the values that only the file changes', async () => {
    const asked: string[] = []
    const upstream = await serving((request, response) => {
      asked.push(`${request.url?.split('?')[0]} ${request.headers.authorization}`)
      request.resume()
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end('{"status":"success","data":{"resultType":"matrix","result":[]}}')
    })
    const cwd = newFolder()
    const write = (token: string, rest: object): void => {
      // As editors do: beside, and then in its place.
      const config = {
        admin: { token: `${token}-of-admin`, ...rest },
        tracing: { otlpUrl: `${upstream}/v1/traces`, otlpToken: `${token}-of-otlp` },
        query: { backend: upstream, backendToken: `${token}-of-backend` },
      }
      writeFileSync(join(cwd, 'new'), JSON.stringify(config))
      renameSync(join(cwd, 'new'), join(cwd, 'boxman.config.json'))
    }
    write('first', {})
    const { boxman, lines } = await start({}, cwd)
    const statusOf = async (path: string, token: string): Promise<number> =>
      (await fetch(`${boxman.admin.url}${path}`, { headers: { authorization: `Bearer ${token}` } })).status
    const ask = async (): Promise<void> => {
      await boxman.query('up')
      const span = boxman.tracer?.startRoot('roll')
      span?.setStatus('error', 'lost')
      span?.end()
    }
    await ask()
    expect(await statusOf('/config', 'first-of-admin')).toBe(200)
    write('second', { guardProbes: true, allow: ['127.0.0.0/8'] })
    await expect.poll(() => statusOf('/config', 'second-of-admin'), { timeout: 10_000, interval: 400 }).toBe(200)
    expect(await statusOf('/config', 'first-of-admin')).toBe(401)
    expect(await statusOf('/health', 'none')).toBe(401)
    await ask()
    await expect
      .poll(() => asked, { timeout: 10_000 })
      .toEqual(expect.arrayContaining(['/v1/traces Bearer first-of-otlp', '/v1/traces Bearer second-of-otlp']))
    const toBackend = asked.filter((line) => line.startsWith('/api/'))
    expect([toBackend[0], toBackend.at(-1)]).toEqual([
      expect.stringContaining('Bearer first-of-backend'),
      expect.stringContaining('Bearer second-of-backend'),
    ])
    write('third', { allow: ['10.0.0.0/8'] })
    await expect.poll(() => statusOf('/config', 'third-of-admin'), { timeout: 10_000, interval: 100 }).toBe(403)
    const line = lines.find(({ msg }) => msg === 'The configuration was changed')
    expect(line).toMatchObject({ source: 'file', file: 'boxman.config.json' })
    expect(JSON.stringify(lines)).not.toMatch(/-of-(?:admin|otlp|backend)/)
  })
})

describe('PATCH /config', () => {
  const JSON_PATCH = { 'content-type': 'application/merge-patch+json' }

  it('changes, counts, logs who; GET shows it; DELETE takes it back', async () => {
    const { boxman, lines } = await start()
    const url = `${boxman.admin.url}/config`
    const patched = await fetch(url, { method: 'PATCH', headers: JSON_PATCH, body: '{"log":{"level":"debug"}}' })
    expect([patched.status, await patched.json()]).toEqual([
      200,
      {
        changes: [
          { path: 'log.level', from: 'info', to: 'debug', source: expect.stringMatching(/^api 20/) as unknown },
        ],
      },
    ])
    const shown = await (await fetch(url)).json()
    expect(shown).toMatchObject({
      values: { log: { level: 'debug' } },
      provenance: { 'log.level': expect.stringMatching(/^api \d{4}-.*Z$/) as unknown },
      changeable: { 'log.level': ['api', 'file'], 'admin.token': ['file'] },
    })
    const refused = await fetch(url, {
      method: 'PATCH',
      headers: JSON_PATCH,
      body: '{"admin":{"port":1},"log":{"level":"x"}}',
    })
    expect([refused.status, await refused.json()]).toMatchObject([422, { problems: { length: 2 } }])
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(200)
    expect(boxman.config.log.level).toBe('info')
    expect(await (await fetch(url)).json()).toMatchObject({
      meanings: { 'log.level': expect.stringContaining('The least severe level') as unknown },
      recent: [
        { source: 'api', client: '127.0.0.1', changes: [{ path: 'log.level', from: 'debug', to: 'info' }] },
        { source: 'api', time: expect.stringMatching(/Z$/) as unknown, changes: [{ from: 'info', to: 'debug' }] },
      ],
    })
    const told = lines.filter(({ source }) => source === 'api')
    expect(told).toMatchObject([
      {
        msg: 'The configuration was changed',
        client: '127.0.0.1',
        changes: { 'log.level': { from: 'info', to: 'debug' } },
      },
      { msg: 'The configuration stays as it was', client: '127.0.0.1', problems: { length: 2 } },
      { msg: 'The configuration was changed', client: '127.0.0.1' },
    ])
    const text = await page(boxman)
    expect(text).toContain('boxman_config_changes_total{source="api",outcome="applied"} 2')
    expect(text).toContain('boxman_config_changes_total{source="api",outcome="refused"} 1')
    expect(text).toContain('boxman_config_changes_total{source="file",outcome="refused"} 0')
  })

  it.each<[string, RequestInit, number]>([
    ['no type', { method: 'PATCH', body: '{}', headers: { 'content-type': '' } }, 415],
    ['a form', { method: 'PATCH', body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415],
    ['a text', { method: 'PATCH', body: '{}', headers: { 'content-type': 'text/plain' } }, 415],
    ['JSON that is none', { method: 'PATCH', body: '{', headers: JSON_PATCH }, 400],
    ['bytes', { method: 'PATCH', body: new Uint8Array([0xff, 0xfe]), headers: JSON_PATCH }, 400],
    ['too much', { method: 'PATCH', body: `"${'x'.repeat(20_000)}"`, headers: JSON_PATCH }, 413],
    ['a list', { method: 'PATCH', body: '[]', headers: JSON_PATCH }, 422],
    ['a prototype', { method: 'PATCH', body: '{"__proto__":{"enabled":true}}', headers: JSON_PATCH }, 422],
    [
      'application/json',
      { method: 'PATCH', body: '{}', headers: { 'content-type': 'application/json; charset=utf-8' } },
      200,
    ],
    ['POST', { method: 'POST', body: '{}', headers: JSON_PATCH }, 405],
    ['PUT', { method: 'PUT', body: '{}', headers: JSON_PATCH }, 405],
  ])('%s', async (_, request, status) => {
    const { boxman } = await start()
    const answer = await fetch(`${boxman.admin.url}/config`, request)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('allow')).toBe(status === 405 ? 'GET, HEAD, PATCH, DELETE' : null)
    expect(boxman.config.provenance['log.level']).toBe('default')
  })

  it('asks for the token as all else does', async () => {
    const { boxman } = await start({ admin: { token: 'a-token-of-mine' } })
    const request = { method: 'PATCH', body: '{"log":{"level":"debug"}}' }
    const url = `${boxman.admin.url}/config`
    expect((await fetch(url, { ...request, headers: JSON_PATCH })).status).toBe(401)
    const headers = { ...JSON_PATCH, authorization: 'Bearer a-token-of-mine' }
    expect((await fetch(url, { ...request, headers })).status).toBe(200)
  })
})

it('B9: the buckets of all presets are those that were asked for', async () => {
  for (const [metrics, bound] of [
    ['media', '0.35'],
    ['otel', '0.35'],
    ['prom-bundle', '0.35'],
    ['bitcraps', '350'],
  ] as const) {
    const { boxman } = await start({ http: { metrics, bucketsMs: [25, 350] } })
    await (
      await failing(boxman)
    )()
    await expect.poll(() => page(boxman)).toMatch(new RegExp(`_bucket\\{.*le="${bound}"\\} 1`))
  }
})
