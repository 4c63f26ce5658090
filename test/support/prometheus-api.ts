import { createServer } from 'node:http'
import { once } from 'node:events'
import { Engine } from '../../src/promql/index.ts'
import { createPrometheusApi } from '../../src/runtime/api/api.ts'
import type { ApiSources } from '../../src/runtime/api/sources.ts'
import type { Queryable } from '../../src/series/index.ts'
import { portOf } from './port-of.ts'

export interface ServedApi {
  readonly url: string
  readonly faults: unknown[]
  close(): void
}

/** The API over a store, at its paths, on a port of its own. */
export async function serveApi(
  queryable: Queryable,
  now: () => number,
  own: Partial<ApiSources> = {},
): Promise<ServedApi> {
  const faults: unknown[] = []
  const engine = new Engine({ queryable })
  const handle = createPrometheusApi({ engine, queryable, now, onFault: (error) => faults.push(error), ...own })
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    void handle(request, response, path).then((taken) => {
      if (!taken) response.writeHead(404).end('nothing here\n')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    faults,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
