import { createRedactor, type Redactor, type SinkOptions } from '../../logging/index.ts'
import type { Config, RemoteWriteTarget } from './config.ts'

/** What stands in the place of a secret. */
export const HIDDEN = '[hidden]'
const HIDDEN_IN_URL = 'hidden'

/** The values as they may be shown: secrets left out, and what looks like one. */
export function shownConfig(config: Config, redactor: Redactor = createRedactor(config.redact)): Config {
  return withoutSecrets(withoutShapes(config, redactor))
}

/** A secret may have got into any text, such as a label or a header's name; names of keys are ours and say nothing. */
function withoutShapes<T>(value: T, redactor: Redactor): T
function withoutShapes(value: unknown, redactor: Redactor): unknown {
  if (typeof value === 'string') return redactor.text(value)
  if (Array.isArray(value)) return value.map((one: unknown) => withoutShapes(one, redactor))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutShapes(inner, redactor)]))
}

function withoutSecrets(config: Config): Config {
  const { token, ...admin } = config.admin
  const { backendToken, ...query } = config.query
  const { otlpToken, ...tracing } = config.tracing
  const { ship, ...log } = config.log
  const { remoteWrite, ...shown } = {
    ...config,
    log: ship === undefined ? log : { ...log, ship: ship.map(shownSink) },
    admin: token === undefined ? admin : { ...admin, token: HIDDEN },
    tracing: otlpToken === undefined ? tracing : { ...tracing, otlpToken: HIDDEN },
    query: backendToken === undefined ? query : { ...query, backendToken: HIDDEN },
  }
  return remoteWrite === undefined ? shown : { ...shown, remoteWrite: remoteWrite.map(shownTarget) }
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
  // What was put in the place of a password may be none of a URL.
  if (!URL.canParse(text)) return HIDDEN
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
