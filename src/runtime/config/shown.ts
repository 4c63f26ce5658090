import type { SinkOptions } from '../../logging/index.ts'
import type { Config, RemoteWriteTarget } from './config.ts'

/** What stands in the place of a secret. */
export const HIDDEN = '[hidden]'
const HIDDEN_IN_URL = 'hidden'

/** The values as they may be shown: secrets left out. */
export function shownConfig(config: Config): Config {
  const { backendToken, ...query } = config.query
  const { otlpToken, ...tracing } = config.tracing
  const { ship, ...log } = config.log
  const { remoteWrite, ...shown } = {
    ...config,
    log: ship === undefined ? log : { ...log, ship: ship.map(shownSink) },
    admin: shownAdmin(config.admin),
    tracing: otlpToken === undefined ? tracing : { ...tracing, otlpToken: HIDDEN },
    query: backendToken === undefined ? query : { ...query, backendToken: HIDDEN },
  }
  return remoteWrite === undefined ? shown : { ...shown, remoteWrite: remoteWrite.map(shownTarget) }
}

function shownAdmin({ token, tokens, basic, ...admin }: Config['admin']): Config['admin'] {
  return {
    ...admin,
    ...(token === undefined ? {} : { token: HIDDEN }),
    ...(tokens === undefined ? {} : { tokens: tokens.map((each) => ({ ...each, token: HIDDEN })) }),
    ...(basic === undefined ? {} : { basic: basic.map((each) => ({ ...each, password: HIDDEN })) }),
  }
}

function shownTarget(target: RemoteWriteTarget): RemoteWriteTarget {
  const { headers, url, ...rest } = target
  return { ...rest, url: shownUrl(url), ...(headers === undefined ? {} : { headers: shownHeaders(headers) }) }
}

function shownSink(sink: SinkOptions): SinkOptions {
  switch (sink.kind) {
    case 'elasticsearch':
    case 'loki':
    case 'otlp': {
      const { headers, url } = sink
      return { ...sink, url: shownUrl(url), ...(headers === undefined ? {} : { headers: shownHeaders(headers) }) }
    }
    case 'fluentd': {
      const { sharedKey, password, ...rest } = sink
      return {
        ...rest,
        ...(sharedKey === undefined ? {} : { sharedKey: HIDDEN }),
        ...(password === undefined ? {} : { password: HIDDEN }),
      }
    }
    case 'syslog':
    case 'file':
      return sink
  }
}

function shownUrl(text: string): string {
  const url = new URL(text)
  if (url.username !== '') url.username = HIDDEN_IN_URL
  if (url.password !== '') url.password = HIDDEN_IN_URL
  // A token may be among the parameters.
  if (url.search !== '') url.search = `?${HIDDEN_IN_URL}`
  return url.href
}

function shownHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(headers).map((name) => [name, HIDDEN]))
}
