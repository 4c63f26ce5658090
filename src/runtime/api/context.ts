import type { Answer } from './answer.ts'
import type { Parameters } from './parameters.ts'
import type { QueryGate } from './query-gate.ts'
import type { ApiLimits, ApiSources } from './sources.ts'

/** What the endpoints share. */
export interface ApiContext {
  readonly sources: ApiSources
  readonly limits: ApiLimits
  readonly gate: QueryGate
}

export interface ApiRequest {
  readonly parameters: Parameters
  /** Of a POST, whole. */
  readonly body: Uint8Array
  /** Ends when the client goes. */
  readonly signal: AbortSignal
  readonly accept: string
}

export type Endpoint = (context: ApiContext, request: ApiRequest) => Answer | Promise<Answer>
