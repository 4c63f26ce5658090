import type { Queryable } from '../../series/index.ts'
import { PrometheusServer, RemoteQueryable } from '../../wire/index.ts'
import type { Config } from '../config/config.ts'
import { ownFetch } from '../own-fetch.ts'

/** The server that answers in place of the store, if there is one. */
export function backendOf({ backend, backendToken, backendTenant, timeoutMs }: Config['query']): Queryable | undefined {
  if (backend === undefined) return undefined
  const headers = {
    ...(backendToken === undefined ? {} : { authorization: `Bearer ${backendToken}` }),
    ...(backendTenant === undefined ? {} : { 'x-scope-orgid': backendTenant }),
  }
  return new RemoteQueryable(new PrometheusServer({ url: backend, headers, timeoutMs, fetch: ownFetch }))
}
