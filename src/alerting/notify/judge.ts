import type { Outcome } from '../dispatch-types.ts'
import { start } from '../message/truncate.ts'
import type { HttpAnswer } from './http.ts'

/** Longer is not waited, whatever a receiver says: a page must not be put off for a day. */
const MAX_AFTER_MS = 60 * 60_000
const MAX_DETAIL = 200

export interface JudgeOptions {
  /** Ms since the epoch: a Retry-After may be a date. */
  readonly now: number
  /** Statuses by which a receiver says that it is no more. */
  readonly gone?: readonly number[]
  /** Where else a receiver says how many seconds to wait. */
  readonly retryAfter?: (body: unknown) => unknown
}

/** What an answer means where the status says it all. */
export function judge(answer: HttpAnswer, { now, gone = [], retryAfter }: JudgeOptions): Outcome {
  const { status } = answer
  const reason = told(answer)
  if (status >= 200 && status < 300) return { kind: 'delivered' }
  if (gone.includes(status)) return { kind: 'gone', reason }
  if (status === 429 || status === 408 || status === 425 || status >= 500) {
    const afterMs = askedToWait(answer, now) ?? ofSeconds(retryAfter?.(jsonOf(answer.text)))
    return { kind: 'temporary', reason, ...(afterMs === undefined ? {} : { afterMs }) }
  }
  if (status >= 300 && status < 400) return { kind: 'permanent', reason: `${reason}; redirects are not followed` }
  return { kind: 'permanent', reason }
}

/** `HTTP 400: what it says`. */
export function told({ status, text }: HttpAnswer): string {
  const said = text.replaceAll(/\s+/g, ' ').trim()
  const plain = /^[^\p{C}]*$/u.test(said) ? said : ''
  return `HTTP ${status}${plain === '' ? '' : `: ${plain}`}`
}

/** What a person is told of a fault: short, after secrets have been hidden. */
export function shortened(reason: string): string {
  return reason.length <= MAX_DETAIL ? reason : `${start(reason, MAX_DETAIL - 1)}…`
}

function askedToWait({ headers }: HttpAnswer, now: number): number | undefined {
  const text = headers['retry-after']
  if (text === undefined) return undefined
  if (/^\s*\d+(?:\.\d+)?\s*$/.test(text)) return ofSeconds(Number(text))
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.min(MAX_AFTER_MS, Math.max(0, date - now))
}

function ofSeconds(seconds: unknown): number | undefined {
  const count = typeof seconds === 'string' ? Number(seconds) : seconds
  if (typeof count !== 'number' || !(count >= 0)) return undefined
  return Math.min(MAX_AFTER_MS, Math.ceil(count * 1000))
}

/** Undefined: no JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What stands at a path in what was sent; undefined: nothing. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (own, name) => (typeof own === 'object' && own !== null ? Reflect.get(own, name) : undefined),
    value,
  )
}
