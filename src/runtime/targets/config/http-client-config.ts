import { readFileSync } from 'node:fs'
import { join, dirname, isAbsolute } from 'node:path'
import { UNSUPPORTED } from './unsupported.ts'
import type { YamlMap, YamlValue } from './yaml-value.ts'

/** A secret as it stands in the configuration, or in a file that is read anew for each request. */
export type Secret =
  | { readonly kind: 'given'; readonly text: string }
  | { readonly kind: 'file'; readonly path: string }

export type HttpAuth =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly user: Secret; readonly password: Secret }
  | { readonly kind: 'authorization'; readonly type: string; readonly credentials: Secret }

export interface TlsConfig {
  readonly ca: Secret | undefined
  readonly cert: Secret | undefined
  readonly key: Secret | undefined
  readonly serverName: string
  readonly insecureSkipVerify: boolean
  readonly minVersion: TlsVersion | undefined
  readonly maxVersion: TlsVersion | undefined
}

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'

/** How a target, or a server that lists targets, is asked. */
export interface HttpClientConfig {
  readonly auth: HttpAuth
  readonly tls: TlsConfig
  readonly followRedirects: boolean
  readonly headers: readonly (readonly [name: string, value: Secret])[]
}

const NOTHING: Secret = { kind: 'given', text: '' }
const TLS_VERSIONS = { TLS10: 'TLSv1', TLS11: 'TLSv1.1', TLS12: 'TLSv1.2', TLS13: 'TLSv1.3' } as const
/** What the client says itself. */
const RESERVED_HEADERS = new Set([
  'authorization',
  'host',
  'content-encoding',
  'content-length',
  'content-type',
  'user-agent',
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'www-authenticate',
  'accept-encoding',
  'x-prometheus-remote-write-version',
  'x-prometheus-remote-read-version',
  'x-prometheus-scrape-timeout-seconds',
  'x-amz-date',
  'x-amz-security-token',
  'x-amz-content-sha256',
])

/** Paths in a configuration are relative to the file that they stand in. */
export function pathBeside(file: string, path: string): string {
  return path === '' || isAbsolute(path) ? path : join(dirname(file), path)
}

/** Reads the keys that stand among others of `map`. */
export function readHttpClient(map: YamlMap, file: string): HttpClientConfig {
  return {
    auth: readAuth(map, file),
    tls: readTls(map.at('tls_config'), file),
    followRedirects: map.at('follow_redirects')?.flag() ?? true,
    headers: readHeaders(map.at('http_headers'), file),
  }
}

function readAuth(map: YamlMap, file: string): HttpAuth {
  const basic = map.at('basic_auth')
  const authorization = map.at('authorization')
  const token = map.at('bearer_token')?.secret() ?? ''
  const tokenFile = map.at('bearer_token_file')?.text() ?? ''
  const hasBasic = basic !== undefined && !basic.isNull
  const hasAuthorization = authorization !== undefined && !authorization.isNull
  if (token !== '' && tokenFile !== '')
    map.problem('at most one of bearer_token & bearer_token_file must be configured')
  if (hasBasic && token + tokenFile !== '') {
    map.problem('at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured')
  }
  if (hasAuthorization && token + tokenFile !== '') {
    map.problem('authorization is not compatible with bearer_token & bearer_token_file')
  }
  if (hasBasic && hasAuthorization) map.problem('at most one of basic_auth, oauth2 & authorization must be configured')
  if (hasBasic) {
    const inner = basic.map()
    const user = readSecret(inner, 'username', file, false) ?? NOTHING
    const password = readSecret(inner, 'password', file) ?? NOTHING
    inner.done(secretStore('username_ref', 'password_ref'))
    return { kind: 'basic', user, password }
  }
  if (hasAuthorization) {
    const inner = authorization.map()
    const type = inner.at('type')?.text()?.trim() ?? ''
    const credentials = readSecret(inner, 'credentials', file) ?? NOTHING
    inner.done(secretStore('credentials_ref'))
    if (type.toLowerCase() === 'basic')
      inner.problem('authorization type cannot be set to "basic", use "basic_auth" instead')
    return { kind: 'authorization', type: type === '' ? 'Bearer' : type, credentials }
  }
  if (token !== '') return { kind: 'authorization', type: 'Bearer', credentials: { kind: 'given', text: token } }
  if (tokenFile === '') return { kind: 'none' }
  return { kind: 'authorization', type: 'Bearer', credentials: { kind: 'file', path: pathBeside(file, tokenFile) } }
}

function secretStore(...names: readonly string[]): Record<string, { verdict: 'refuse'; why: string }> {
  return Object.fromEntries(
    names.map((name) => [name, { verdict: 'refuse', why: 'there is no secret store; name a file' }]),
  )
}

/** Of `name` and `name_file`. */
function readSecret(map: YamlMap, name: string, file: string, hidden = true): Secret | undefined {
  const value = map.at(name)
  const given = (hidden ? value?.secret() : value?.text()) ?? ''
  const path = map.at(`${name}_file`)?.text() ?? ''
  if (given !== '' && path !== '') map.problem(`at most one of ${name} & ${name}_file must be configured`)
  if (path !== '') return { kind: 'file', path: pathBeside(file, path) }
  return given === '' ? undefined : { kind: 'given', text: given }
}

function readTls(value: YamlValue | undefined, file: string): TlsConfig {
  const map = value?.map()
  const of = (name: string, hidden: boolean): Secret | undefined => {
    const secret = map === undefined ? undefined : readSecret(map, name, file, hidden)
    if (secret?.kind === 'file') checkReadable(map?.at(`${name}_file`), secret.path)
    return secret
  }
  const version = (name: string): TlsVersion | undefined => {
    const known = map?.at(name)?.oneOf(['TLS10', 'TLS11', 'TLS12', 'TLS13'])
    return known === undefined ? undefined : TLS_VERSIONS[known]
  }
  const tls = {
    ca: of('ca', false),
    cert: of('cert', false),
    key: of('key', true),
    serverName: map?.at('server_name')?.text() ?? '',
    insecureSkipVerify: map?.at('insecure_skip_verify')?.flag() ?? false,
    minVersion: version('min_version'),
    maxVersion: version('max_version'),
  }
  map?.done(UNSUPPORTED.tls)
  if (tls.cert !== undefined && tls.key === undefined) {
    map?.problem('exactly one of key or key_file must be configured when a client certificate is configured')
  }
  if (tls.key !== undefined && tls.cert === undefined) {
    map?.problem('exactly one of cert or cert_file must be configured when a client key is configured')
  }
  return tls
}

function checkReadable(value: YamlValue | undefined, path: string): void {
  try {
    readFileSync(path)
  } catch (error) {
    value?.problem(`cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function readHeaders(value: YamlValue | undefined, file: string): HttpClientConfig['headers'] {
  const headers: [string, Secret][] = []
  for (const [name, [, entry]] of value?.map().entries ?? []) {
    if (RESERVED_HEADERS.has(name.toLowerCase())) entry.problem(`setting header ${JSON.stringify(name)} is not allowed`)
    const map = entry.map()
    for (const text of map.at('values')?.texts() ?? []) headers.push([name, { kind: 'given', text }])
    for (const secret of map.at('secrets')?.list() ?? []) {
      headers.push([name, { kind: 'given', text: secret.secret() ?? '' }])
    }
    for (const path of map.at('files')?.texts() ?? []) {
      headers.push([name, { kind: 'file', path: pathBeside(file, path) }])
    }
    map.done()
  }
  return headers
}

/** Headers of remote write: plain texts, each of which may be a secret. */
export function readPlainHeaders(value: YamlValue | undefined): HttpClientConfig['headers'] {
  const headers: [string, Secret][] = []
  for (const [name, [, entry]] of value?.map().entries ?? []) {
    if (name.toLowerCase() === 'authorization') {
      entry.problem('authorization header must be changed via the basic_auth or authorization parameter')
    } else if (RESERVED_HEADERS.has(name.toLowerCase())) {
      entry.problem(`${name} is a reserved header. It must not be changed`)
    }
    headers.push([name, { kind: 'given', text: entry.secret() ?? '' }])
  }
  return headers
}
