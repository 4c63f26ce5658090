import { alertingHandler } from '../../src/runtime/alerting/api/paths.ts'
import { type AlertingSpec, alertmanagerConfig, dispatchConfig } from './alerting-config.ts'
import { MachineDoor } from './machine-door.ts'
import { serve, type Served } from './serve.ts'

/** Receivers take nothing: what is told is not looked at. */
const NOWHERE = 'http://127.0.0.1:1'

/** Our API over alerting in memory, by the real clock. */
export async function serveAlertingApi(spec: AlertingSpec): Promise<Served & { readonly faults: readonly unknown[] }> {
  const now = (): number => Date.now()
  const configText = JSON.stringify(alertmanagerConfig(spec, NOWHERE), null, 1) // JSON is YAML
  const faults: unknown[] = []
  const door = new MachineDoor(dispatchConfig(spec), configText, now)
  const handle = alertingHandler({ door, now, version: '1.2.3', onFault: (error) => faults.push(error) })
  const served = await serve((request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? ''
    void handle(request, response, path).then((isTaken) => isTaken || response.writeHead(404).end())
  })
  return { ...served, faults }
}
