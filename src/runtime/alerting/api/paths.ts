import type { PathHandler } from '../../api/api.ts'
import { lateHandler } from '../../late-handler.ts'
import type { AlertingApiOptions } from './endpoint.ts'

/** Every path of alerting, a name in it as `*`. */
export const ALERTING_PATHS: readonly string[] = [
  '/api/v2/status',
  '/api/v2/receivers',
  '/api/v2/alerts',
  '/api/v2/alerts/groups',
  '/api/v2/silences',
  '/api/v2/silence/*',
  '/api/alerting/acknowledge',
  '/api/alerting/maintenance',
  '/api/alerting/decisions',
  '/api/alerting/channels',
  '/api/alerting/escalations',
  '/api/alerting/route',
  '/api/alerting/silence-preview',
  '/api/alerting/test-channel',
  '/alerting/ack',
]
/** All below these are alerting's own: what is not found there is not looked for elsewhere. */
const ASKED = /^\/(?:api\/v2\/|api\/alerting\/|alerting\/ack$)/

export function isAlertingPath(path: string): boolean {
  return ASKED.test(path)
}

export async function loadAlertingApi(): Promise<void> {
  await import('./api.ts')
}

/** Loaded for the first request. */
export function alertingHandler(sources: AlertingApiOptions): PathHandler {
  return lateHandler(ASKED, async () => {
    const { createAlertingApi } = await import('./api.ts')
    return createAlertingApi(sources)
  })
}
