import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { PathHandler } from '../../api/api.ts'
import { followLink, postAcknowledge, showLink } from './acknowledge.ts'
import { getAlerts, getGroups, postAlerts } from './alerts.ts'
import { getChannels, getEscalations, postRoute, postTest } from './channels.ts'
import { getDecisions } from './decisions.ts'
import { type AlertingApiOptions, type AlertingApiSources, type Answer, type Endpoint } from './endpoint.ts'
import { AlertingFault } from './fault.ts'
import { isAlertingPath } from './paths.ts'
import { postMaintenance } from './maintenance.ts'
import { postSilencePreview } from './silence-preview.ts'
import { deleteSilence, getSilence, getSilences, postSilence } from './silences.ts'
import { getReceivers, getStatus } from './status.ts'
import { TokenBucket } from './token-bucket.ts'

type Methods = ReadonlyMap<string, Endpoint>

function methods(endpoints: Readonly<Record<string, Endpoint>>): Methods {
  return new Map(Object.entries(endpoints))
}

const ROUTES: ReadonlyMap<string, Methods> = new Map([
  ['/api/v2/status', methods({ GET: getStatus })],
  ['/api/v2/receivers', methods({ GET: getReceivers })],
  ['/api/v2/alerts', methods({ POST: postAlerts, GET: getAlerts })],
  ['/api/v2/alerts/groups', methods({ GET: getGroups })],
  ['/api/v2/silences', methods({ POST: postSilence, GET: getSilences })],
  ['/api/alerting/acknowledge', methods({ POST: postAcknowledge })],
  ['/api/alerting/maintenance', methods({ POST: postMaintenance })],
  ['/api/alerting/decisions', methods({ GET: getDecisions })],
  ['/api/alerting/channels', methods({ GET: getChannels })],
  ['/api/alerting/escalations', methods({ GET: getEscalations })],
  ['/api/alerting/route', methods({ POST: postRoute })],
  ['/api/alerting/silence-preview', methods({ POST: postSilencePreview })],
  ['/api/alerting/test-channel', methods({ POST: postTest })],
  ['/alerting/ack', methods({ POST: followLink, GET: showLink })],
])
const SILENCE = /^\/api\/v2\/silence\/([^/]+)$/
const SILENCE_METHODS = methods({ DELETE: deleteSilence, GET: getSilence })

/** Messages to people: a page that is pressed again and again is not to send as many. */
const TESTS_AT_ONCE = 5
const TEST_EVERY_MS = 10_000

const HEADERS: OutgoingHttpHeaders = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }
/** Its form goes to itself alone. A referrer, without which a browser does not say where the form is from, tells nobody else of the link. */
const PAGE_HEADERS: OutgoingHttpHeaders = {
  ...HEADERS,
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'referrer-policy': 'same-origin',
}

/** Alertmanager's API v2, and acknowledgements and decisions. */
export function createAlertingApi(own: AlertingApiOptions): PathHandler {
  const sources = { ...own, tests: new TokenBucket(TESTS_AT_ONCE, TEST_EVERY_MS) }
  return async (request, response, path) => {
    if (!isAlertingPath(path)) return false
    try {
      send(request, response, await answerOf(sources, request, path))
    } catch (error) {
      if (!(error instanceof AlertingFault)) sources.onFault(error)
      const fault =
        error instanceof AlertingFault ? error : AlertingFault.coded(500, 'the endpoint failed; the log says why')
      if (response.headersSent || response.destroyed) response.destroy()
      else sendJson(request, response, fault.status, fault.body, fault.headers)
    }
    return true
  }
}

async function answerOf(sources: AlertingApiSources, request: IncomingMessage, path: string): Promise<Answer> {
  const name = SILENCE.exec(path)?.[1]
  const endpoints = name === undefined ? ROUTES.get(path) : SILENCE_METHODS
  if (endpoints === undefined) throw AlertingFault.coded(404, `path ${path} was not found`)
  const { method = 'GET', url = '' } = request
  const endpoint = endpoints.get(method === 'HEAD' ? 'GET' : method)
  if (endpoint === undefined) throw AlertingFault.notAllowed(method, [...endpoints.keys()])
  const mark = url.indexOf('?')
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))
  return endpoint(sources, { request, query, name: unescaped(name ?? '') })
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw AlertingFault.coded(400, 'the path is no UTF-8')
  }
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  switch (answer.kind) {
    case 'json':
      sendJson(request, response, answer.status ?? 200, answer.body)
      return
    case 'nothing':
      response.writeHead(200, { ...HEADERS, 'content-length': 0 }).end()
      return
    case 'page': {
      const body = Buffer.from(answer.html)
      response.writeHead(answer.status, { ...PAGE_HEADERS, 'content-length': body.length })
      response.end(request.method === 'HEAD' ? undefined : body)
    }
  }
}

function sendJson(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: OutgoingHttpHeaders = {},
): void {
  if (value === undefined) {
    response.writeHead(status, { ...HEADERS, ...headers, 'content-length': 0 }).end()
    return
  }
  const body = Buffer.from(`${JSON.stringify(value)}\n`)
  const own = { 'content-type': 'application/json', 'content-length': body.length }
  response.writeHead(status, { ...HEADERS, ...headers, ...own })
  response.end(request.method === 'HEAD' ? undefined : body)
}
