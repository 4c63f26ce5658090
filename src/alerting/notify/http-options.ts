import type { TlsOptions } from './http.ts'
import { isObject, type OptionReader } from './option-reader.ts'

export interface HttpOptions {
  readonly tls: TlsOptions
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly timeoutMs: number
  readonly allowAddresses: readonly string[]
}

const TIMEOUT_MS = 15_000
const MAX_TIMEOUT_MS = 5 * 60_000
const VERSIONS = new Map([
  ['TLS10', 'TLSv1'],
  ['TLS11', 'TLSv1.1'],
  ['TLS12', 'TLSv1.2'],
  ['TLS13', 'TLSv1.3'],
] as const)
const REFUSED: readonly (readonly [name: string, why: string])[] = [
  ['proxyUrl', 'is not supported: messages go to their receiver directly'],
  ['proxyFromEnvironment', 'is not supported: messages go to their receiver directly'],
  ['proxyConnectHeader', 'is not supported: messages go to their receiver directly'],
  ['oauth2', 'is not supported: use authorization or basic_auth'],
]

/** What all channels over HTTP have: `timeout`, `allowAddresses` and Alertmanager's `http_config`. */
export function readHttpOptions(reader: OptionReader): HttpOptions {
  const timeoutMs = reader.durationMs('timeout', TIMEOUT_MS, MAX_TIMEOUT_MS)
  const allowAddresses = reader.texts('allowAddresses') ?? []
  const http = reader.section('httpConfig')
  if (http === undefined) return { timeoutMs, allowAddresses, headers: {}, tls: { insecureSkipVerify: false } }
  for (const [name, why] of REFUSED) {
    const off = name === 'proxyFromEnvironment' && !http.flag(name, false)
    if (!off && http.has(name)) http.fail(name, why)
  }
  // Redirects are never followed, and HTTP/1.1 is spoken.
  http.ignore('followRedirects', 'enableHttp2', 'noProxy')
  const tls = readTlsOptions(http.section('tlsConfig'))
  return { timeoutMs, allowAddresses, tls, headers: { ...headersOf(http), ...authorizationOf(http) } }
}

export function readTlsOptions(tls: OptionReader | undefined): TlsOptions {
  if (tls === undefined) return { insecureSkipVerify: false }
  return {
    ca: tls.text('ca'),
    cert: tls.text('cert'),
    key: tls.secret('key'),
    serverName: tls.text('serverName'),
    minVersion: versionOf(tls, 'minVersion'),
    maxVersion: versionOf(tls, 'maxVersion'),
    insecureSkipVerify: tls.flag('insecureSkipVerify', false),
  }
}

function versionOf(tls: OptionReader, name: 'minVersion' | 'maxVersion'): TlsOptions['minVersion'] {
  const given = tls.text(name)
  if (given === undefined || given === '') return undefined
  const known = [...VERSIONS].find((names) => names.some((each) => each === given))?.[1]
  return known ?? tls.fail(name, `must be one of ${[...VERSIONS.keys()].join(', ')}`)
}

function authorizationOf(http: OptionReader): Readonly<Record<string, string>> {
  const basic = http.section('basicAuth')
  const own = http.section('authorization')
  const bearer = http.secret('bearerToken')
  if ([basic, own, bearer].filter((each) => each !== undefined).length > 1) {
    http.fail('authorization', 'is there beside another way: one of basic_auth, authorization, bearer_token')
  }
  if (basic !== undefined) {
    const header = basicHeader(basic.text('username') ?? '', basic.secret('password') ?? '')
    http.remember(header.authorization.slice('Basic '.length))
    return header
  }
  if (own !== undefined) return { authorization: `${own.text('type') ?? 'Bearer'} ${own.needSecret('credentials')}` }
  return bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }
}

export function basicHeader(user: string, password: string): { readonly authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
}

function headersOf(http: OptionReader): Readonly<Record<string, readonly string[]>> {
  const headers = http.entries('httpHeaders').map(([name, of]): [string, readonly string[]] => {
    if (!isObject(of)) return http.fail('httpHeaders', `${name} must have values or secrets`)
    const secrets = textsOf(of['secrets'])
    for (const secret of secrets) http.remember(secret)
    return [name, [...textsOf(of['values']), ...secrets]]
  })
  return Object.fromEntries(headers)
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}
