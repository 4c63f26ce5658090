import { once } from 'node:events'
import { createServer } from 'node:http'
import { Engine } from '../../src/promql/index.ts'
import { createPrometheusApi } from '../../src/runtime/api/api.ts'
import { createIngestion, type Ingestion, type IngestionOptions } from '../../src/runtime/ingest/ingestion.ts'
import type { Tsdb } from '../../src/tsdb/index.ts'
import { portOf } from './port-of.ts'

export interface ServedStore {
  readonly url: string
  readonly ingestion: Ingestion
  readonly faults: readonly unknown[]
  close(): void
}

/** A store that takes what is written to it, and answers questions, on a port of its own. */
export async function serveStore(
  db: Tsdb,
  { at = Date.now, port = 0, ...own }: Partial<IngestionOptions> & { at?: () => number; port?: number } = {},
): Promise<ServedStore> {
  const faults: unknown[] = []
  const onFault = (error: unknown): void => {
    faults.push(error)
  }
  const ingestion = createIngestion({ store: db, now: () => performance.now(), onFault, ...own })
  const api = createPrometheusApi({ engine: new Engine({ queryable: db }), queryable: db, now: at, onFault })
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    void ingestion
      .handle(request, response, path)
      .then((taken) => taken || api(request, response, path))
      .then((taken) => {
        if (!taken) response.writeHead(404).end('nothing here\n')
      })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    ingestion,
    faults,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
