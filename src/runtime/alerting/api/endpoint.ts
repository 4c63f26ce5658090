import type { IncomingMessage } from 'node:http'
import type { RuleGroupStatus } from '../../../alerting/index.ts'
import type { AlertingDoor } from '../door.ts'
import type { ReadAckToken } from './ack-token.ts'
import type { TokenBucket } from './token-bucket.ts'

export interface AlertingApiOptions {
  readonly door: AlertingDoor
  /** Ms since the epoch. */
  readonly now: () => number
  /** Of boxman. */
  readonly version: string
  /** Reads the token of a signed link; without it there are no such links. */
  readonly readToken?: ((token: string, now: number) => ReadAckToken) | undefined
  /** The rules as they stand; without them a silence is previewed against alerts alone. */
  readonly ruleGroups?: (() => readonly RuleGroupStatus[]) | undefined
  /** Told of what went wrong in an endpoint; the client gets a 500. */
  readonly onFault: (error: unknown) => void
}

/** Those and what the API keeps itself. */
export interface AlertingApiSources extends AlertingApiOptions {
  /** Of messages that are tests. */
  readonly tests: TokenBucket
}

export type Answer =
  | { readonly kind: 'json'; readonly status?: number; readonly body: unknown }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'page'; readonly status: number; readonly html: string }

export interface Asked {
  readonly request: IncomingMessage
  readonly query: URLSearchParams
  /** What stands at the end of the path where there is a name. */
  readonly name: string
}

export type Endpoint = (sources: AlertingApiSources, asked: Asked) => Answer | Promise<Answer>

export function json(body: unknown): Answer {
  return { kind: 'json', body }
}

export const NOTHING: Answer = { kind: 'nothing' }
