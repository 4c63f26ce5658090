export type FailureKind = 'client' | 'server' | 'timeout' | 'aborted' | 'exception'

/** Why a request failed, by the status that it was answered with, or what was thrown. */
export interface Failure {
  readonly kind: FailureKind
  readonly status: number
  /** The error's name, as `TypeError`; of an answer its status. */
  readonly error: string
  /** What was thrown; absent of an answer. */
  readonly thrown?: unknown
}

const CLIENT_CLOSED_REQUEST = 499
const GATEWAY_TIMEOUT = 504
const INTERNAL_ERROR = 500
const NAME = /^[\w$.]{1,64}$/

/** Errors with a `status` or `statusCode`, as those of http-errors, Fastify and Hono, are answers with that status. */
export function failureOf(thrown: unknown): Failure {
  const error = nameOf(thrown)
  const status = statusOf(thrown)
  if (status !== undefined && status >= 400) return { ...byStatus(status), error, thrown }
  if (error === 'AbortError') return { kind: 'aborted', status: CLIENT_CLOSED_REQUEST, error, thrown }
  if (error === 'TimeoutError') return { kind: 'timeout', status: GATEWAY_TIMEOUT, error, thrown }
  return { kind: 'exception', status: INTERNAL_ERROR, error, thrown }
}

/** Undefined: it did not fail. */
export function failureOfStatus(status: number): Failure | undefined {
  return status < 400 ? undefined : byStatus(status)
}

/** What stands as status in a thrown error, or in what a handler returned, such as a `Response`. */
export function statusOf(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  for (const name of ['status', 'statusCode'] as const) {
    const status: unknown = Reflect.get(value, name)
    if (typeof status === 'number' && isStatus(status)) return status
  }
  return undefined
}

export function isStatus(status: number): boolean {
  return Number.isInteger(status) && status >= 100 && status <= 599
}

function byStatus(status: number): Failure {
  const error = String(status)
  if (status === CLIENT_CLOSED_REQUEST) return { kind: 'aborted', status, error }
  if (status === 408 || status === GATEWAY_TIMEOUT) return { kind: 'timeout', status, error }
  return { kind: status < 500 ? 'client' : 'server', status, error }
}

function nameOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown
  return NAME.test(thrown.name) ? thrown.name : 'Error'
}
