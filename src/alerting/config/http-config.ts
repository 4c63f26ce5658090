import type { HeaderValues, HttpOptions, TlsOptions, TlsVersion } from '../notify/options.ts'
import type { Section } from './section.ts'

const HTTP_KEYS = [
  'basic_auth',
  'authorization',
  'bearer_token',
  'bearer_token_file',
  'tls_config',
  'follow_redirects',
  'enable_http2',
  'http_headers',
]
const TLS_KEYS = [
  'ca',
  'ca_file',
  'cert',
  'cert_file',
  'key',
  'key_file',
  'server_name',
  'insecure_skip_verify',
  'min_version',
  'max_version',
]
const TLS_VERSIONS: readonly TlsVersion[] = ['TLS10', 'TLS11', 'TLS12', 'TLS13']
/** What a client sets by itself. */
const RESERVED_HEADERS =
  /^(?:authorization|host|content-encoding|content-length|content-type|user-agent|connection|keep-alive|proxy-authenticate|proxy-authorization|www-authenticate|accept-encoding|x-prometheus-.*)$/i

/** How a server is talked to. */
export function readHttpConfig(parent: Section, key: string): HttpOptions {
  const section = parent.section(key, HTTP_KEYS)
  const basicAuth = readBasicAuth(section)
  const authorization = readAuthorization(section)
  const tlsConfig = section.states('tls_config') ? readTlsConfig(section, 'tls_config') : undefined
  const httpHeaders = readHeaders(section)
  if (section.has('enable_http2')) section.boolean('enable_http2')
  if (section.boolean('follow_redirects') === true) {
    section.warn('redirects are never followed: an address that was checked may lead to another', 'follow_redirects')
  }
  if (basicAuth !== undefined && authorization !== undefined) {
    const of = ['basic_auth', 'authorization', 'bearer_token', 'bearer_token_file'].map((each) => section.named(each))
    section.fault(`at most one of ${of.join(', ')} must be configured`)
  }
  return {
    ...(basicAuth !== undefined && { basicAuth }),
    ...(authorization !== undefined && { authorization }),
    ...(tlsConfig !== undefined && { tlsConfig }),
    ...(httpHeaders !== undefined && { httpHeaders }),
  }
}

function readBasicAuth(parent: Section): HttpOptions['basicAuth'] {
  if (!parent.has('basic_auth')) return undefined
  const section = parent.section('basic_auth', ['username', 'username_file', 'password', 'password_file'])
  atMostOne(section, 'username', 'username_file')
  atMostOne(section, 'password', 'password_file')
  return {
    username: section.text('username'),
    usernameFile: section.file('username_file'),
    password: section.text('password'),
    passwordFile: section.file('password_file'),
  }
}

function readAuthorization(parent: Section): HttpOptions['authorization'] {
  const keys = ['authorization', 'bearer_token', 'bearer_token_file'].filter((key) => parent.has(key))
  if (keys.length > 1) {
    parent.fault(`at most one of ${keys.map((key) => parent.named(key)).join(', ')} must be configured`)
  }
  if (!parent.has('authorization')) {
    const credentials = parent.text('bearer_token')
    const credentialsFile = parent.file('bearer_token_file')
    if (credentials === undefined && credentialsFile === undefined) return undefined
    return { type: 'Bearer', credentials, credentialsFile }
  }
  const section = parent.section('authorization', ['type', 'credentials', 'credentials_file'])
  atMostOne(section, 'credentials', 'credentials_file')
  const type = (section.text('type') ?? '').trim()
  if (type.toLowerCase() === 'basic') {
    section.fault(`authorization type cannot be set to "basic", use ${section.named('basic_auth')} instead`, 'type')
  }
  return {
    type: type === '' ? 'Bearer' : type,
    credentials: section.text('credentials'),
    credentialsFile: section.file('credentials_file'),
  }
}

export function readTlsConfig(parent: Section, key: string): TlsOptions {
  const section = parent.section(key, TLS_KEYS)
  for (const each of ['ca', 'cert', 'key']) atMostOne(section, each, `${each}_file`)
  const hasCert = section.has('cert') || section.has('cert_file')
  const hasKey = section.has('key') || section.has('key_file')
  if (hasCert !== hasKey) {
    const [one, other] = hasCert ? ['cert', 'key'] : ['key', 'cert']
    section.fault(`exactly one of ${other} or ${other}_file must be configured when a client ${one} is configured`)
  }
  return {
    insecureSkipVerify: section.boolean('insecure_skip_verify') ?? false,

    ca: section.text('ca'),
    caFile: section.file('ca_file'),
    cert: section.text('cert'),
    certFile: section.file('cert_file'),
    key: section.text('key'),
    keyFile: section.file('key_file'),
    serverName: section.text('server_name'),
    minVersion: tlsVersion(section, 'min_version'),
    maxVersion: tlsVersion(section, 'max_version'),
  }
}

function tlsVersion(section: Section, key: string): TlsVersion | undefined {
  const text = section.text(key)
  if (text === undefined || text === '') return undefined
  const version = TLS_VERSIONS.find((each) => each === text)
  if (version === undefined) {
    section.fault(`unknown TLS version: ${text}; there are ${TLS_VERSIONS.join(', ')}`, key)
  }
  return version
}

function readHeaders(parent: Section): HttpOptions['httpHeaders'] {
  if (!parent.has('http_headers')) return undefined
  const { yaml } = parent.source
  const entries = yaml.entries(parent.get('http_headers'), 'http_headers')
  parent.source.settle(parent.pathOf('http_headers'))
  const section = parent.section(
    'http_headers',
    entries.map(({ key }) => key),
  )
  const headers: Record<string, HeaderValues> = {}
  for (const { key } of entries) {
    if (RESERVED_HEADERS.test(key)) section.fault(`setting header ${JSON.stringify(key)} is not allowed`, key)
    const of = section.section(key, ['values', 'secrets'])
    headers[key] = { values: of.texts('values'), secrets: of.texts('secrets') }
  }
  return headers
}

/** Two ways to say the same. */
export function atMostOne(section: Section, ...keys: readonly string[]): void {
  const given = keys.filter((key) => (section.text(key) ?? '') !== '')
  if (given.length < 2) return
  section.fault(`at most one of ${keys.map((key) => section.named(key)).join(' & ')} must be configured`, given[1])
}
