import type { Config, RemoteWriteTarget } from './config.ts'

/** What stands in the place of a secret. */
export const HIDDEN = '[hidden]'
const HIDDEN_IN_URL = 'hidden'

/** The values as they may be shown: secrets left out. */
export function shownConfig(config: Config): Config {
  const { token, ...admin } = config.admin
  const { backendToken, ...query } = config.query
  const { otlpToken, ...tracing } = config.tracing
  const { remoteWrite, ...shown } = {
    ...config,
    admin: token === undefined ? admin : { ...admin, token: HIDDEN },
    tracing: otlpToken === undefined ? tracing : { ...tracing, otlpToken: HIDDEN },
    query: backendToken === undefined ? query : { ...query, backendToken: HIDDEN },
  }
  return remoteWrite === undefined ? shown : { ...shown, remoteWrite: remoteWrite.map(shownTarget) }
}

function shownTarget(target: RemoteWriteTarget): RemoteWriteTarget {
  const url = new URL(target.url)
  if (url.username !== '') url.username = HIDDEN_IN_URL
  if (url.password !== '') url.password = HIDDEN_IN_URL
  // A token may be among the parameters.
  if (url.search !== '') url.search = `?${HIDDEN_IN_URL}`
  const { headers, ...rest } = target
  const hidden = headers && Object.fromEntries(Object.keys(headers).map((name) => [name, HIDDEN]))
  return { ...rest, url: url.href, ...(hidden === undefined ? {} : { headers: hidden }) }
}
