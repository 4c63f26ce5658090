import type { IncomingMessage } from 'node:http'

const VISITORS = new WeakMap<IncomingMessage, string>()

export function setVisitor(request: IncomingMessage, name: string): void {
  VISITORS.set(request, name)
}

/** By whose credentials a request came in: a user, the name of a token or of a certificate; undefined: nobody asked. */
export function visitorOf(request: IncomingMessage): string | undefined {
  return VISITORS.get(request)
}

/** Who does something, when they say that they are `stated`: what is known goes before what is said. */
export function signedAs(request: IncomingMessage, stated: string): string {
  const who = visitorOf(request)
  if (who === undefined || who === stated) return stated
  // Said again, as by a client that changes what it was shown.
  if (stated === '' || stated.startsWith(`${who} (as `)) return stated === '' ? who : stated
  return `${who} (as ${JSON.stringify(stated)})`
}
