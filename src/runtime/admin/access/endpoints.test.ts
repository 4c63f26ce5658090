import { afterEach, describe, expect, it } from 'vitest'
import { exchange, readAnswers } from '../../../../test/support/raw-http.ts'
import { type ServedAdmin, serveServer, serveService } from '../../../../test/support/served-admin.ts'
import { EventLoop } from '../../../instrument/index.ts'
import { Health } from '../../../health/index.ts'
import { expose, Registry } from '../../../metrics/index.ts'
import { ALERTING_PATHS } from '../../alerting/api/paths.ts'
import { BACKTEST_PATHS } from '../../backtest/backtest-paths.ts'
import { API_PATHS } from '../../api/api.ts'
import { PAGE_POLICY } from '../../console/assets.ts'
import { CONSOLE_PATHS } from '../../console/late-console.ts'
import { resolveConfig } from '../../index.ts'
import { ErrorMetrics } from '../../../packs/index.ts'
import { Diagnostics } from '../../diagnostics/diagnostics.ts'
import { INGESTION_PATHS } from '../../ingest/ingestion.ts'
import { LOGS_PATHS } from '../../logs/logs.ts'
import { LIFECYCLE_PATHS } from '../../serve/lifecycle.ts'
import { TRACES_PATHS } from '../../traces/traces-api.ts'
import { createAdminApp } from '../app.ts'
import { HEADERS } from './headers.ts'
import { LOGIN_PATHS } from './login.ts'
import { isDeclared, needOf } from './roles.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function appPaths(): Promise<readonly string[]> {
  const metrics = new Registry()
  const now = (): number => 0
  const found = []
  for (const store of [true, false]) {
    const config = await resolveConfig({
      env: {},
      cwd: import.meta.dirname,
      code: { store, metrics: { internal: true } },
    })
    const diagnostics = new Diagnostics({
      config,
      boxmanVersion: '0',
      metrics,
      errors: new ErrorMetrics(metrics),
      system: () => ({}),
      eventLoop: () => new EventLoop().read(),
      traces: () => undefined,
      redact: (text) => text,
      wallNow: now,
      now,
    })
    const app = createAdminApp({
      config,
      diagnostics,
      reconfigure: () => [],
      boxmanVersion: '0',
      expose: (wanted) => expose(metrics, wanted),
      health: new Health({ now }),
      uptimeMs: () => 0,
      onFault: () => undefined,
    })
    // What is before every endpoint is none.
    found.push(...app.routes.filter(({ method }) => method !== 'ALL').map(({ path }) => path.replace(/:\w+$/, '*')))
  }
  return [...new Set(found)]
}

const PATHS = [
  ...(await appPaths()),
  ...API_PATHS.keys(),
  ...INGESTION_PATHS,
  ...LIFECYCLE_PATHS,
  ...TRACES_PATHS,
  ...LOGS_PATHS,
  ...ALERTING_PATHS,
  ...BACKTEST_PATHS,
  ...CONSOLE_PATHS,
  ...LOGIN_PATHS,
]
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'PROPFIND']
/** Where a name is asked for, the one that is there and one that is not. */
const asked = PATHS.flatMap((path) =>
  path.includes('*') ? [path.replace('*', 'db'), path.replace('*', '0af7')] : [path],
)
/** Of a listening server, all at once. */
const TOKEN = 'authorization: Bearer some-token\r\n'

it('every endpoint says who may ask it', () => {
  expect(PATHS.length).toBeGreaterThan(50)
  expect(PATHS.filter((path) => !isDeclared(path))).toEqual([])
})

it.each([
  ['GET', '/metrics', 'metrics'],
  ['POST', '/metrics', 'operate'],
  ['POST', '/api/v1/query', 'read'],
  ['PUT', '/api/v1/query', 'read'],
  ['POST', '/api/v1/write', 'ingest'],
  ['GET', '/-/reload', 'operate'],
  ['PUT', '/-/reload', 'operate'],
  ['GET', '/livez', 'probe'],
  ['DELETE', '/livez', 'operate'],
  ['GET', '/readyz/a/b', 'probe'],
  ['GET', '/readyzx', 'read'],
  ['GET', '/livez/', 'read'],
  ['GET', '/LIVEZ', 'read'],
  ['GET', '/%6civez', 'read'],
  ['GET', '/health/livez', 'read'],
  ['GET', '/api/v1/label/a/values', 'read'],
  ['PATCH', '/config', 'operate'],
  ['get', '/metrics', 'operate'],
  ['GET', '', 'read'],
  ['GET', '/api/v2/alerts', 'read'],
  ['POST', '/api/v2/alerts', 'ingest'],
  ['POST', '/api/v2/alerts/', 'operate'],
  ['POST', '/api/v2/silences', 'operate'],
  ['DELETE', '/api/v2/silence/a', 'operate'],
  ['POST', '/api/alerting/acknowledge', 'operate'],
  ['POST', '/api/alerting/maintenance', 'operate'],
  ['GET', '/alerting/ack', 'signed'],
  ['POST', '/alerting/ack', 'signed'],
  ['POST', '/alerting/ack/', 'operate'],
  ['GET', '/', 'page'],
  ['POST', '/', 'operate'],
  ['GET', '/assets/index.js', 'page'],
  ['GET', '/assetsx', 'read'],
  ['GET', '/endpoints', 'read'],
  ['POST', '/api/console/login', 'page'],
  ['POST', '/api/console/login/', 'operate'],
  ['GET', '/api/console/facts', 'read'],
] as const)('%s %s asks for %s', (method, path, need) => {
  expect(needOf(method, path)).toBe(need)
})

describe.each(['service', 'server'])('each endpoint of a %s', (kind) => {
  async function served(guarded: boolean): Promise<ServedAdmin> {
    const own =
      kind === 'service'
        ? await serveService(guarded ? { token: 'some-token' } : {})
        : await serveServer(guarded ? { BOXMAN_ADMIN_TOKEN: 'some-token' } : {})
    closing.push(() => own.close())
    return own
  }

  it.each([
    ['open', false, ''],
    ['guarded, with the token', true, TOKEN],
    ['guarded, without', true, ''],
  ])('has the headers of every answer, with any method: %s', async (_, guarded, header) => {
    const own = await served(guarded)
    for (const path of [...asked, '/nothing', '/api/v1/nothing', '/api/nothing', '//', '/%00']) {
      // The server would end.
      if (path === '/-/quit' && (header !== '' || !guarded)) continue
      // Its answer would not.
      if (path === '/api/console/stream' && (header !== '' || !guarded)) continue
      for (const method of METHODS) {
        const target = method === 'CONNECT' ? 'host:1' : path
        const text = await exchange(own.port, [
          `${method} ${target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${header}content-length: 0\r\n\r\n`,
        ])
        const [answer] = readAnswers(text, [method]) ?? []
        const where = `${method} ${path}: ${text.slice(0, 200)}`
        if (answer === undefined) throw new Error(`no answer to ${where}`)
        const policy = answer.status === 200 && path === '/' ? { 'content-security-policy': PAGE_POLICY } : {}
        expect(answer.headers, where).toMatchObject({ ...HEADERS, ...policy })
        expect(answer.body === '' || answer.headers['content-type'] !== undefined, where).toBe(true)
        const isOpen = ['probe', 'signed', 'page'].includes(needOf(method, target))
        const isRefused = guarded && header === '' && !isOpen
        expect(answer.status === 401, where).toBe(isRefused)
        expect(isRefused && method !== 'HEAD', where).toBe(answer.body === 'credentials are needed\n')
      }
    }
    expect(own.faults()).toEqual([])
  })

  it('and what is no request is answered with them, too', async () => {
    const own = await served(false)
    for (const [text, status] of [
      ['NONSENSE\r\n\r\n', 400],
      ['get / HTTP/1.1\r\nhost: localhost\r\n\r\n', 400],
      ['GET / HTTP/3.0\r\nhost: localhost\r\n\r\n', 400],
      [`GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
      [`GET /${'y'.repeat(20_000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`, 431],
      ['POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n', 400],
      ['GET /livez HTTP/1.1\r\nhost: localhost\r\nexpect: wonders\r\nconnection: close\r\n\r\n', 200],
    ] as const) {
      const [answer] = readAnswers(await exchange(own.port, [text]), ['GET']) ?? []
      expect([text.slice(0, 30), answer?.status]).toEqual([text.slice(0, 30), status])
      expect(answer?.headers).toMatchObject(HEADERS)
    }
  })
})
