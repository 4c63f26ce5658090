import { BoxmanError } from '../error.ts'

/** Why a server cannot listen there, and what to do. */
export function listenFault(host: string, port: number, error: unknown): BoxmanError {
  const cause = error instanceof Error ? error.cause : undefined
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  const why = {
    EADDRINUSE: "it is already in use (9090 is also Prometheus's own default); name another one, 0 takes a free one",
    EACCES: 'this user may not listen there; name a port above 1023',
    EADDRNOTAVAIL: 'it is no address of this machine',
    ENOTFOUND: 'the host name is not known',
  }[code]
  const message = error instanceof Error ? error.message : String(error)
  return new BoxmanError(`--listen ${host}:${port}: ${why ?? message}`, { cause: error })
}
