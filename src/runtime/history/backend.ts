import type { Queryable } from '../../series/index.ts'
import { PrometheusServer, RemoteQueryable } from '../../wire/index.ts'
import type { Config } from '../config/config.ts'
import { tokenFetch } from '../own-fetch.ts'

/** The server that answers in place of the store, if there is one; its token is asked of the configuration each time. */
export function backendOf(config: Pick<Config, 'query'>): Queryable | undefined {
  const { backend, backendTenant } = config.query
  if (backend === undefined) return undefined
  const headers = backendTenant === undefined ? {} : { 'x-scope-orgid': backendTenant }
  const fetch = tokenFetch(() => config.query.backendToken)
  return new RemoteQueryable(
    new PrometheusServer({ url: backend, headers, timeoutMs: () => config.query.timeoutMs, fetch }),
  )
}
