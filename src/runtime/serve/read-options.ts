import { parseArgs } from 'node:util'
import { parseDuration } from '../../series/index.ts'
import { isPublicUrl, isServerUrl, linkBase, PUBLIC_URL, SERVER_URL } from '../config/server-url.ts'
import { BoxmanError } from '../error.ts'
import type { HeartbeatTarget } from '../alerting/heartbeat/heartbeat.ts'
import { parseByteSize } from '../targets/config/byte-size.ts'
import type { ServeOptions } from './options.ts'

const DEFAULT_LISTEN = '127.0.0.1:9090'
/** With a folder, and in memory alone. */
const RETENTION = { folder: '15d', memory: '1d' }
const RETENTION_SIZE = '512MB'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT'] as const

/** The flags of `boxman serve`. @throws BoxmanError naming the flag and the mend. */
export function readServeOptions(args: readonly string[]): ServeOptions {
  const { values, positionals } = parsed(args)
  const { rules } = values
  const [stray] = positionals
  // `--rules rules/*.yml` is what a shell makes several arguments of.
  if (stray !== undefined && rules === undefined) throw new BoxmanError(`Unexpected argument '${stray}'`)
  const { data, 'prometheus-config': configFile, 'alertmanager-config': alertmanagerConfigFile } = values
  const retention = values.retention ?? (data === undefined ? RETENTION.memory : RETENTION.folder)
  return {
    ...readAddress(values.listen ?? DEFAULT_LISTEN),
    folder: notEmpty('data', data, 'a folder'),
    retentionMs: readRetention(retention),
    maxBytes: readSize(values['retention-size'] ?? RETENTION_SIZE),
    configFile: notEmpty('prometheus-config', configFile, 'a file'),
    alertmanagerConfigFile: notEmpty('alertmanager-config', alertmanagerConfigFile, 'a file'),
    alertmanagerUrls: (values['alertmanager-url'] ?? []).map(readAlertmanager),
    externalUrl: readExternalUrl(values['external-url'] ?? values['web.external-url']),
    heartbeat: readHeartbeat(values['heartbeat-url'], values['heartbeat-interval'], values['heartbeat-method']),
    rules: [...(rules ?? []), ...positionals],
    queryBackend: readBackend(values['query-backend']),
    receivesRemoteWrite: values['remote-write-receiver'] ?? false,
    lifecycle: values['enable-lifecycle'] ?? false,
    insecure: values.insecure ?? false,
  }
}

// oxlint-disable-next-line typescript/explicit-function-return-type -- inferred from the flags
function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        listen: { type: 'string' },
        data: { type: 'string' },
        retention: { type: 'string' },
        'retention-size': { type: 'string' },
        'prometheus-config': { type: 'string' },
        'alertmanager-config': { type: 'string' },
        'alertmanager-url': { type: 'string', multiple: true },
        'external-url': { type: 'string' },
        'web.external-url': { type: 'string' },
        'heartbeat-url': { type: 'string' },
        'heartbeat-interval': { type: 'string' },
        'heartbeat-method': { type: 'string' },
        rules: { type: 'string', multiple: true },
        'query-backend': { type: 'string' },
        'remote-write-receiver': { type: 'boolean' },
        'enable-lifecycle': { type: 'boolean' },
        insecure: { type: 'boolean' },
      },
      allowPositionals: true,
    })
  } catch (error) {
    throw new BoxmanError(error instanceof Error ? error.message : String(error))
  }
}

function readAddress(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, bare, digits = ''] = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? []
  const port = digits === '' ? Number.NaN : Number(digits)
  if (!(port <= 65_535))
    throw new BoxmanError(`--listen ${text}: write HOST:PORT, such as ${DEFAULT_LISTEN}, [::1]:9090 or 0.0.0.0:9090`)
  const host = bracketed ?? bare ?? ''
  // As in Prometheus, a port alone means every address.
  return { host: host === '' ? '0.0.0.0' : host, port }
}

function readRetention(text: string): number {
  try {
    const ms = parseDuration(text)
    if (ms >= 60_000) return ms
  } catch {
    // Said below.
  }
  throw new BoxmanError(`--retention ${text}: write a duration of a minute at least, such as 15d or 12h`)
}

function readSize(text: string): number {
  const bytes = parseByteSize(text) ?? Number.NaN
  if (bytes >= 2 ** 20) return bytes
  throw new BoxmanError(`--retention-size ${text}: write a size of 1MB at least, such as 512MB or 2GB`)
}

function readBackend(text: string | undefined): string | undefined {
  if (text === undefined || isServerUrl(text)) return text
  throw new BoxmanError(`--query-backend ${text}: write ${SERVER_URL}`)
}

function readAlertmanager(text: string): string {
  if (isPublicUrl(text)) return linkBase(text)
  throw new BoxmanError(
    `--alertmanager-url ${text}: write the address of an Alertmanager such as http://alertmanager:9093; how to log in is said in --prometheus-config, below alerting`,
  )
}

function readExternalUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  if (isPublicUrl(text)) return linkBase(text)
  throw new BoxmanError(`--external-url ${text}: write ${PUBLIC_URL}`)
}

function readHeartbeat(
  url: string | undefined,
  interval: string | undefined,
  stated: string | undefined,
): HeartbeatTarget | undefined {
  if (url === undefined) {
    if (interval ?? stated) throw new BoxmanError('--heartbeat-interval and --heartbeat-method need --heartbeat-url')
    return undefined
  }
  if (!isServerUrl(url)) {
    throw new BoxmanError(
      '--heartbeat-url: write an address such as https://hc-ping.com/..., without a name and password in it',
    )
  }
  const method = METHODS.find((each) => each === (stated ?? 'POST').toUpperCase())
  if (method === undefined) throw new BoxmanError(`--heartbeat-method ${stated}: write one of ${METHODS.join(', ')}`)
  return { url, method, ...(interval === undefined ? {} : { intervalMs: readInterval(interval) }) }
}

function readInterval(text: string): number {
  try {
    const ms = parseDuration(text)
    if (ms >= 1000 && ms <= 86_400_000) return ms
  } catch {
    // Said below.
  }
  throw new BoxmanError(`--heartbeat-interval ${text}: write a duration from 1s to 1d, such as 1m`)
}

function notEmpty(flag: string, text: string | undefined, what: string): string | undefined {
  if (text === '') throw new BoxmanError(`--${flag} needs ${what}`)
  return text
}
