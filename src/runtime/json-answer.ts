import type { IncomingMessage, ServerResponse } from 'node:http'

export interface JsonAnswer {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

const HEADERS = {
  'cache-control': 'no-store',
  'content-type': 'application/json',
  'x-content-type-options': 'nosniff',
}

export function sendJson(request: IncomingMessage, response: ServerResponse, answer: JsonAnswer): void {
  response.writeHead(answer.status, { ...HEADERS, ...answer.headers })
  response.end(request.method === 'HEAD' ? undefined : `${JSON.stringify(answer.body)}\n`)
}

export function refusal(status: number, ...errors: readonly string[]): JsonAnswer {
  return { status, body: { status: 'error', errors } }
}

export function notAllowed(request: IncomingMessage, allow: string): JsonAnswer {
  return { ...refusal(405, `${request.method} is not possible here: ${allow}`), headers: { allow } }
}
