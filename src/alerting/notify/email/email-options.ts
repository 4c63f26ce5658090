import type { HttpOptions } from '../http-options.ts'
import { readTlsOptions } from '../http-options.ts'
import type { OptionReader } from '../option-reader.ts'

export interface EmailOptions {
  /** Of these, e-mail has certificates, a time-out and allowed addresses. */
  readonly http: HttpOptions
  readonly host: string
  readonly port: number
  readonly implicitTls: boolean
  readonly requireTls: boolean
  readonly hello: string | undefined
  readonly auth: { readonly user: string; readonly pass: string; readonly method?: 'CRAM-MD5' } | undefined
  readonly from: string
  readonly to: string
  readonly headers: Readonly<Record<string, string>>
  readonly title: string | undefined
  readonly text: string | undefined
  readonly html: string | undefined
  readonly threaded: boolean
}

const SMTPS_PORT = 465
const SUBMISSION_PORT = 587
const TIMEOUT_MS = 30_000
const MAX_TIMEOUT_MS = 5 * 60_000

export function readEmailOptions(reader: OptionReader): EmailOptions {
  const { host, port } = placeOf(reader)
  const headers = reader.record('headers')
  const subject = Object.entries(headers).find(([name]) => name.toLowerCase() === 'subject')?.[1]
  // On this port nothing else is spoken.
  const implicit = reader.flag('implicitTls', false) || port === SMTPS_PORT
  return {
    http: {
      timeoutMs: reader.durationMs('timeout', TIMEOUT_MS, MAX_TIMEOUT_MS),
      allowAddresses: reader.texts('allowAddresses') ?? [],
      tls: readTlsOptions(reader.section('tlsConfig')),
      headers: {},
    },
    host,
    port,
    implicitTls: implicit,
    requireTls: reader.flag('requireTls', true),
    hello: reader.text('hello'),
    auth: authOf(reader),
    from: reader.needText('from'),
    to: reader.needText('to'),
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'subject')),
    title: reader.text('subject') ?? subject,
    text: reader.text('text'),
    html: reader.text('html'),
    threaded: threadedOf(reader),
  }
}

/** Alertmanager's `threading` has `enabled`. */
function threadedOf(reader: OptionReader): boolean {
  if (!reader.isObject('threading')) return reader.flag('threading', true)
  const threading = reader.section('threading')
  threading?.ignore('threadByDate')
  return threading?.flag('enabled', true) ?? true
}

function placeOf(reader: OptionReader): { readonly host: string; readonly port: number } {
  const smarthost = reader.needText('smarthost')
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(smarthost)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3] ?? SUBMISSION_PORT)
  if (host === undefined || port > 65_535)
    return reader.fail('smarthost', 'must be a host and a port, as mail.example.org:587')
  return { host, port }
}

function authOf(reader: OptionReader): EmailOptions['auth'] {
  reader.ignore('authIdentity')
  const user = reader.text('authUsername')
  const pass = reader.secret('authPassword')
  const secret = reader.secret('authSecret')
  if (user === undefined || user === '') return undefined
  if (secret !== undefined) return { user, pass: secret, method: 'CRAM-MD5' }
  if (pass === undefined) return reader.fail('authPassword', 'is missing')
  // SASL PLAIN and LOGIN send it so.
  reader.remember(`\0${user}\0${pass}`)
  return { user, pass }
}
