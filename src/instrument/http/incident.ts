import { type FaultHandler, guarded } from '../guard.ts'

/**
 * What came was no request: `bad_request` (Node answers 400), `timeout` (408), `chunk_extensions_overflow` (413), `header_overflow`
 * (431), `tls` (no handshake), `protocol` (no HTTP/2 where only that is spoken).
 */
export const MALFORMED_REASONS = [
  'bad_request',
  'timeout',
  'chunk_extensions_overflow',
  'header_overflow',
  'tls',
  'protocol',
] as const
/** What a connection is to go over to; `connect` is the method, `_OTHER` whatever else a client names. */
export const UPGRADE_PROTOCOLS = ['websocket', 'h2c', 'connect', '_OTHER'] as const

export type MalformedReason = (typeof MALFORMED_REASONS)[number]
export type UpgradeProtocol = (typeof UPGRADE_PROTOCOLS)[number]

/** What comes to a server and is no exchange. */
export type HttpIncident =
  | { readonly kind: 'malformed'; readonly reason: MalformedReason }
  | { readonly kind: 'upgrade'; readonly protocol: UpgradeProtocol }

export type IncidentHandler = (incident: HttpIncident) => void

export interface IncidentOptions {
  /** Told of what is no exchange: malformed requests, once a connection, and upgrades. */
  readonly incident?: IncidentHandler | undefined
  readonly onFault: FaultHandler
}

const EVENTS: ReadonlySet<unknown> = new Set(['clientError', 'upgrade', 'connect', 'sessionError', 'unknownProtocol'])

/** Whether an event of a server may be one: asked of all of them, requests included. */
export const mayBeIncident = (event: unknown): boolean => EVENTS.has(event)

/** Each is told of once: a connection goes on failing until somebody closes it, and an application may emit the same again. */
const told = new WeakSet<object>()

/** Looks at an event that {@link mayBeIncident}; what it is about comes first, but for an error, which comes before it. */
export function seeEvent(options: IncidentOptions, [event, first, second]: readonly unknown[]): void {
  const subject = event === 'clientError' || event === 'sessionError' ? second : first
  if (typeof subject !== 'object' || subject === null) return
  const incident = incidentOf(event, first, subject)
  if (incident !== undefined) tellOnce(options, subject, incident)
}

export function tellOnce({ incident: tell, onFault }: IncidentOptions, subject: object, incident: HttpIncident): void {
  if (tell === undefined || told.has(subject)) return
  told.add(subject)
  guarded(onFault, () => tell(incident))
}

function incidentOf(event: unknown, first: unknown, subject: object): HttpIncident | undefined {
  if (event === 'upgrade') return { kind: 'upgrade', protocol: protocolOf(subject) }
  if (event === 'connect') return { kind: 'upgrade', protocol: 'connect' }
  const reason = event === 'unknownProtocol' ? 'protocol' : reasonOf(codeOf(first), subject)
  return reason === undefined ? undefined : { kind: 'malformed', reason }
}

/** Undefined: nothing is wrong with the request, such as where the connection broke. */
function reasonOf(code: string, connection: object): MalformedReason | undefined {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return 'header_overflow'
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return 'chunk_extensions_overflow'
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 'timeout'
    case 'ERR_HTTP2_ERROR':
    case 'ERR_HTTP2_TOO_MANY_INVALID_FRAMES':
      return 'protocol'
    case 'HPE_INVALID_EOF_STATE':
      // The client is gone in the midst of a body: that is an exchange, and aborted.
      return isAnswering(connection) ? undefined : 'bad_request'
  }
  if (code.startsWith('HPE_')) return 'bad_request'
  return /^(ERR_SSL_|ERR_TLS_|EPROTO$)/.test(code) ? 'tls' : undefined
}

function isAnswering(connection: object): boolean {
  const response: unknown = Reflect.get(connection, '_httpMessage')
  return response !== undefined && response !== null
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}

/** The first that the client asks for, of those that are known. */
function protocolOf(request: object): UpgradeProtocol {
  const headers: unknown = Reflect.get(request, 'headers')
  const asked: unknown = typeof headers === 'object' && headers !== null ? Reflect.get(headers, 'upgrade') : ''
  const words = String(asked)
    .toLowerCase()
    .split(/[\s,]+/)
  return words.includes('websocket') ? 'websocket' : words.includes('h2c') ? 'h2c' : '_OTHER'
}
