import { type AlertingApiSources, type Answer, type Asked, json } from './endpoint.ts'
import { receiverFilter } from './filter.ts'

export function getStatus({ door, version }: AlertingApiSources): Answer {
  return json({
    cluster: { peers: [], status: 'disabled' },
    config: { original: door.configText },
    uptime: new Date(door.startedAt).toISOString(),
    versionInfo: {
      branch: '',
      buildDate: '',
      buildUser: '',
      goVersion: '',
      revision: `boxman ${version}`,
      version: API_VERSION,
    },
  })
}

/** The Alertmanager whose API this is: clients go by it. */
const API_VERSION = '0.32.0'

export function getReceivers({ door }: AlertingApiSources, { query }: Asked): Answer {
  const isWanted = receiverFilter(query)
  return json(door.config.receivers.filter(({ name }) => isWanted(name)).map(({ name }) => ({ name })))
}
