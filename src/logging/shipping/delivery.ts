import type { Severity } from '../logger.ts'

/** A line that waits to be shipped. */
export interface Entry {
  /** Without a newline. */
  readonly line: string
  readonly level: Severity
  /** When it was written, ms since the epoch. */
  readonly at: number
  /** Together they are the line's own for all time, also when it is sent twice. */
  readonly origin: string
  readonly number: number
  readonly bytes: number
}

/** Why lines that failed are sent again. */
export type RetryReason = 'throttled' | 'server' | 'network' | 'io'

/** What became of a batch. */
export type Delivery =
  | { readonly kind: 'taken' }
  /** Each entry that is in neither list has been taken. */
  | {
      readonly kind: 'partly'
      readonly again: readonly Entry[]
      /** Why again. */
      readonly reason: RetryReason
      readonly rejected: number
      readonly tooLong?: number
      readonly detail: string
      readonly afterMs?: number
    }
  /** Never to be sent again. */
  | { readonly kind: 'refused'; readonly detail: string }
  /** Less of it may do. */
  | { readonly kind: 'too_large'; readonly detail: string }
  | {
      readonly kind: 'later'
      readonly reason: RetryReason
      readonly detail: string
      /** What the other side asks for. */
      readonly afterMs?: number
      /** How often one batch is tried when it may be at fault itself; default: for ever. */
      readonly attempts?: number
    }

/** A way out of the process. One batch at a time. */
export interface Outlet {
  /** Never rejects. Settles soon after the signal, or the time-out of its own. */
  deliver(batch: readonly Entry[], signal: AbortSignal): Promise<Delivery>
  /** Takes a batch before it returns, for a process that is about to end, and what it had not written of the last one. */
  deliverSync?(batch: readonly Entry[]): boolean
  /** Opens anew what it writes to. */
  reopen?(): void
  /** Lets go of sockets and files. */
  close(): Promise<void> | void
}

export const TAKEN: Delivery = Object.freeze({ kind: 'taken' })

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message
}
