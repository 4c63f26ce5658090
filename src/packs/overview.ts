import { trafficRow } from './casino/rows.ts'
import type { Dashboard } from './dashboard.ts'
import { type HttpNames, requestsRow, requestTiles } from './http/dashboard.ts'
import { cachesRow, outgoingRow, poolsRow, statementsRow } from './media/rows.ts'
import { queuesRow } from './messaging/dashboard.ts'
import { processTiles, runtimeRow } from './node/dashboard.ts'
import { type PackOptions, resolvePrefix } from './pack.ts'
import { socketsRow } from './websocket/dashboard.ts'

export interface OverviewOptions extends PackOptions {
  /** Undefined: requests are not measured. */
  readonly http: HttpNames | undefined
}

/** Of any service: numbers at a glance in the first row, and beneath it whatever the service has of the rest. */
export function overviewDashboard({ http, ...options }: OverviewOptions): Dashboard {
  const tiles = [...(http === undefined ? [] : requestTiles(http, options)), ...processTiles(options)]
  return {
    id: 'overview',
    title: 'Overview',
    rows: [
      { title: 'Now', panels: tiles },
      ...(http === undefined ? [] : [requestsRow(http, options)]),
      runtimeRow(options),
      trafficRow(resolvePrefix(options)),
      socketsRow(options),
      cachesRow(),
      poolsRow(),
      statementsRow(),
      outgoingRow(),
      queuesRow(),
    ],
  }
}
