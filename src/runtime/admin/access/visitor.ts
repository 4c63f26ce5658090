import type { IncomingMessage } from 'node:http'
import { EVERYTHING, NOTHING, type Scope } from './scope.ts'

/** Who a request is of. */
export interface Visitor {
  /** A user, the name of a token or of a certificate; undefined where nobody asks, or who is let in without. */
  readonly name?: string
  readonly scopes: ReadonlySet<Scope>
  /** Whether by a cookie, which a log-out takes away. */
  readonly bySession?: boolean
}

/** Where nobody is asked who it is. */
export const ANYBODY: Visitor = { scopes: EVERYTHING }
/** Who is let in for a probe, or by a signed link. */
export const NOBODY: Visitor = { scopes: NOTHING }

const VISITORS = new WeakMap<IncomingMessage, Visitor>()

export function setVisitor(request: IncomingMessage, visitor: Visitor): void {
  VISITORS.set(request, visitor)
}

/** By whose credentials a request came in. */
export function visitorOf(request: IncomingMessage): Visitor {
  return VISITORS.get(request) ?? NOBODY
}

/** Who does something, when they say that they are `stated`: what is known goes before what is said. */
export function signedAs(request: IncomingMessage, stated: string): string {
  const { name: who } = visitorOf(request)
  if (who === undefined || who === stated) return stated
  // Said again, as by a client that changes what it was shown.
  if (stated === '' || stated.startsWith(`${who} (as `)) return stated === '' ? who : stated
  return `${who} (as ${JSON.stringify(stated)})`
}
