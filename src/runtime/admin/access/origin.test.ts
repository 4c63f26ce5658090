import { afterEach, describe, expect, it } from 'vitest'
import { ask, bearer, statusOf } from '../../../../test/support/ask.ts'
import { remoteWriteBody, type ServedAdmin, serveServer, serveService } from '../../../../test/support/served-admin.ts'
import type { ConfigInput } from '../../index.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function service(admin: ConfigInput['admin'] & object = {}): Promise<ServedAdmin> {
  const served = await serveService(admin)
  closing.push(() => served.close())
  return served
}

const OTLP = '{"resourceMetrics":[]}'
const JSON_TYPE = { 'content-type': 'application/json' }
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
describe('pages in a browser', () => {
  const SITE = 'sec-fetch-site'
  const LINK = { [SITE]: 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
  const GRAFANA = 'https://grafana.example'

  it.each([
    ['GET', '/config', {}, 200],
    ['GET', '/config', { origin: 'SELF' }, 200],
    ['GET', '/config', { [SITE]: 'same-origin' }, 200],
    ['GET', '/config', { [SITE]: 'none' }, 200],
    ['GET', '/config', { [SITE]: 'cross-site' }, 403],
    ['GET', '/config', { [SITE]: 'same-site' }, 403],
    ['GET', '/config', { [SITE]: 'same-origin, cross-site' }, 403],
    ['GET', '/livez', { origin: 'https://evil.example' }, 403],
    ['GET', '/config', { origin: 'null' }, 403],
    ['GET', '/config', { origin: 'http://127.0.0.1:1' }, 403],
    ['GET', '/config', { origin: 'https://grafana.example.evil' }, 403],
    ['GET', '/config', { origin: GRAFANA, [SITE]: 'cross-site' }, 200],
    ['GET', '/config', LINK, 200],
    ['GET', '/config', { ...LINK, 'sec-fetch-dest': 'iframe' }, 403],
    ['POST', '/api/v1/query', LINK, 403],
    ['POST', '/api/v1/query', { ...FORM, origin: GRAFANA, [SITE]: 'cross-site' }, 400],
    ['POST', '/api/v1/query', { ...FORM, origin: 'SELF' }, 400],
    // Writes: curl and senders as they come, pages of this origin in a way that no form has.
    ['POST', '/-/reload', {}, 200],
    ['POST', '/-/reload', FORM, 200],
    ['POST', '/-/reload', { origin: 'https://evil.example', ...JSON_TYPE }, 403],
    ['POST', '/-/reload', { origin: GRAFANA, ...JSON_TYPE }, 403],
    ['POST', '/-/reload', { [SITE]: 'cross-site', ...JSON_TYPE }, 403],
    ['POST', '/-/reload', { origin: 'SELF' }, 403],
    ['POST', '/-/reload', { origin: 'SELF', ...FORM }, 403],
    ['POST', '/-/reload', { origin: 'SELF', 'content-type': 'text/plain; charset=utf-8' }, 403],
    ['POST', '/-/reload', { origin: 'SELF', 'content-type': 'multipart/form-data; boundary=x' }, 403],
    ['POST', '/-/reload', { origin: 'SELF', ...JSON_TYPE }, 200],
    ['POST', '/-/reload', { [SITE]: 'same-origin', 'x-requested-with': 'fetch' }, 200],
    ['POST', '/api/v1/write', { origin: 'https://evil.example', 'content-type': 'application/x-protobuf' }, 403],
    ['OPTIONS', '/config', { origin: GRAFANA, 'access-control-request-method': 'GET' }, 204],
    ['OPTIONS', '/config', { origin: 'https://evil.example', 'access-control-request-method': 'GET' }, 403],
  ])('%s %s with %j gets %i', async (method, path, given, status) => {
    const served = await serveServer({ BOXMAN_ADMIN_ORIGINS: GRAFANA })
    closing.push(() => served.close())
    const headers = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, value === 'SELF' ? served.url : value]),
    )
    const { status: told, headers: answered } = await ask(served.url + path, headers, method)
    expect(told).toBe(status)
    const readable = headers['origin'] === GRAFANA && told !== 403
    expect(answered['access-control-allow-origin']).toBe(readable ? GRAFANA : undefined)
  })

  it('a preflight is answered without a token, and what follows is not', async () => {
    const { url } = await service({ token: 'some-token', origins: [GRAFANA] })
    const preflight = await ask(
      `${url}/api/v1/query`,
      { origin: GRAFANA, 'access-control-request-method': 'POST' },
      'OPTIONS',
    )
    expect([preflight.status, preflight.headers['access-control-allow-headers']]).toEqual([
      204,
      'Accept, Authorization, Content-Type',
    ])
    expect(await statusOf(`${url}/api/v1/query`, { origin: GRAFANA })).toBe(401)
    expect(await statusOf(`${url}/api/v1/query?query=1`, { origin: GRAFANA, ...bearer('some-token') })).toBe(200)
  })

  it('remote write and OTLP go on', async () => {
    const { url } = await service({ tokens: [{ token: 'ingest-token', scopes: ['ingest'] }] })
    const write = await remoteWriteBody(Date.now())
    expect(
      await statusOf(`${url}/api/v1/write`, { 'content-encoding': 'snappy', ...bearer('ingest-token') }, 'POST', write),
    ).toBe(204)
    expect(
      await statusOf(`${url}/api/v1/otlp/v1/metrics`, { ...JSON_TYPE, ...bearer('ingest-token') }, 'POST', OTLP),
    ).toBe(200)
  })
})
