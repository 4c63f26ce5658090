import type { IncomingMessage } from 'node:http'
import { AddressRanges } from '../../address-ranges.ts'
import type { Config } from '../../config/config.ts'
import { Certificates } from './certificate.ts'
import type { Answer, Credentials } from './credentials.ts'
import type { Failures } from './failures.ts'
import { HostNames, nameOf } from './host-name.ts'
import { judgeOrigin } from './origin.ts'
import type { Refusal } from './refusals.ts'
import { needOf } from './roles.ts'
import type { Identity, Need } from './scope.ts'
import type { Sessions } from './sessions.ts'
import { ANYBODY, NOBODY, type Visitor } from './visitor.ts'

type Headers = Readonly<Record<string, string | readonly string[]>>

export type Verdict =
  | {
      readonly kind: 'passed'
      readonly visitor: Visitor
      readonly headers: Headers
    }
  /** There is nothing more to say, and nothing wrong. */
  | { readonly kind: 'answered'; readonly headers: Headers }
  | {
      readonly kind: 'refused'
      readonly reason: Refusal
      readonly status: 400 | 401 | 403 | 421 | 429
      readonly text: string
      readonly headers: Headers
    }

export interface GateOptions {
  readonly admin: Config['admin']
  /** Whether it is the own server that is asked, and not one that the endpoints are mounted in. */
  readonly isOwnServer: boolean
  /** Shared by the gates of a process: an address is the same at each. */
  readonly failures: Failures
  readonly credentials: Credentials
  readonly sessions: Sessions
}

const NO_HEADERS: Headers = {}
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD'])
/** Of an answer that pages of `admin.origins` may see. */
const PREFLIGHT: Headers = {
  'access-control-allow-headers': 'Accept, Authorization, Content-Type',
  'access-control-allow-methods': 'GET, HEAD, POST',
  'access-control-max-age': '600',
}
const NO_HOST = 'the Host header is missing, or no host\n'
/** While others' passwords are looked at. */
const BUSY_SECONDS = 1

/** Who may come in, and what for: the host's name, the page that asks, the address, who it is, what that one may do. */
export class Gate {
  readonly #hosts: HostNames
  readonly #origins: ReadonlySet<string>
  readonly #ranges: AddressRanges | undefined
  readonly #credentials: Credentials
  readonly #sessions: Sessions
  readonly #certificates: Certificates
  readonly #failures: Failures
  readonly #guardProbes: boolean
  readonly #asksWho: boolean

  constructor({ admin, isOwnServer, failures, credentials, sessions }: GateOptions) {
    const { host, hosts, origins = [], allow, tls, guardProbes } = admin
    this.#credentials = credentials
    this.#sessions = sessions
    // Of another server's clients it is not known who vouches for them.
    this.#certificates = new Certificates(isOwnServer ? tls : undefined)
    this.#asksWho = credentials.areAsked || this.#certificates.areAsked
    this.#hosts = new HostNames({ bound: isOwnServer ? host : undefined, hosts, asksWho: this.#asksWho })
    this.#origins = new Set(origins)
    this.#ranges = allow === undefined ? undefined : new AddressRanges(allow)
    this.#failures = failures
    this.#guardProbes = guardProbes
  }

  /** @param path beneath the base path; of what is not beneath it, any other */
  async judge(request: IncomingMessage, path: string): Promise<Verdict> {
    const { method = 'GET', headers } = request
    const host = hostOf(request)
    if (host === null) return refused('malformed', 400, NO_HOST)
    const name = host === undefined ? undefined : nameOf(host)
    if (host !== undefined && name === undefined) return refused('malformed', 400, NO_HOST)
    if (name !== undefined && !this.#hosts.has(name)) return refused('host', 421, 'this is no host of that name\n')

    const need = needOf(method, path)
    const page = judgeOrigin({ method, need, headers, host }, this.#origins)
    if (page.kind === 'refused') return refused('origin', 403, page.text)
    if (page.kind === 'preflight') return { kind: 'answered', headers: { ...PREFLIGHT, ...readableBy(page.origin) } }
    // The page is shown to whoever has a cookie of old, too, and says what to do about it.
    const takesSession = need !== 'page' && page.kind === 'same' && (READS.has(method) || isBrowser(request))
    const verdict = await this.#judgeVisitor(request, need, takesSession)
    return page.kind === 'listed'
      ? { ...verdict, headers: { ...verdict.headers, ...readableBy(page.origin) } }
      : verdict
  }

  async #judgeVisitor(request: IncomingMessage, need: Need, takesSession: boolean): Promise<Verdict> {
    const visitor = await this.#visitorOf(request, takesSession)
    const known = 'scopes' in visitor ? visitor : NOBODY
    const { scopes } = known
    const passed: Verdict = { kind: 'passed', visitor: known, headers: NO_HEADERS }
    if (need === 'probe' && !this.#guardProbes) return passed
    // The ranges of addresses hold for everybody.
    if (need === 'signed' || need === 'page')
      return 'reason' in visitor && visitor.reason === 'address' ? visitor : passed
    if (!('scopes' in visitor)) return visitor
    return need === 'probe' || scopes.has(need) ? passed : refused('scope', 403, 'not with these credentials\n')
  }

  /** What the visitor may do, or why it may do nothing. */
  async #visitorOf(request: IncomingMessage, takesSession: boolean): Promise<Visitor | Verdict> {
    const { remoteAddress } = request.socket
    if (this.#ranges?.has(remoteAddress) === false) return refused('address', 403, 'not from this address\n')
    if (!this.#asksWho) return ANYBODY
    const certified = this.#certificates.identityOf(request)
    const waitMs = this.#failures.waitMs(remoteAddress)
    const said = await this.#said(request, waitMs === 0, takesSession)
    switch (said) {
      case 'none':
        return certified ?? this.#unknown('no-credentials', request)
      case 'wrong':
        this.#failures.record(remoteAddress)
        return waitMs > 0 ? throttled(waitMs) : this.#unknown('credentials', request)
      case 'busy':
        return throttled(waitMs)
      default:
        return certified === undefined ? said : { ...said, scopes: new Set([...certified.scopes, ...said.scopes]) }
    }
  }

  /** What a request says of its visitor: a header goes before a cookie. */
  async #said(
    { headers }: IncomingMessage,
    mayHash: boolean,
    takesSession: boolean,
  ): Promise<Exclude<Answer, Identity> | Visitor> {
    const said = await this.#credentials.check(headers.authorization, mayHash)
    if (said !== 'none' || !takesSession) return said
    const session = await this.#sessions.check(headers)
    return typeof session === 'string' ? session : { ...session, bySession: true }
  }

  /** The same, whatever is missing. */
  #unknown(reason: Refusal, request: IncomingMessage): Verdict {
    const challenges = this.#credentials.challenges(isScript(request))
    if (challenges.length === 0) return refused(reason, 403, 'a certificate is needed\n')
    return refused(reason, 401, 'credentials are needed\n', { 'www-authenticate': challenges })
  }
}

function refused(
  reason: Refusal,
  status: Extract<Verdict, { kind: 'refused' }>['status'],
  text: string,
  headers: Headers = NO_HEADERS,
): Extract<Verdict, { kind: 'refused' }> {
  return { kind: 'refused', reason, status, text, headers }
}

function throttled(waitMs: number): Verdict {
  return refused('throttled', 429, 'not so often\n', throttleHeaders(waitMs))
}

/** @param waitMs 0: others' passwords are looked at. */
export function throttleHeaders(waitMs: number): Readonly<Record<string, string>> {
  return { 'retry-after': String(Math.max(BUSY_SECONDS, Math.ceil(waitMs / 1000))) }
}

/** Browsers say where what changes something comes from: what has a cookie and does not say so may be any page's. */
function isBrowser({ headers }: IncomingMessage): boolean {
  return headers.origin !== undefined || headers['sec-fetch-site'] !== undefined
}

/** Without TLS, browsers leave `Sec-Fetch-Dest` out; an event source can state no header of its own. */
function isScript({ headers }: IncomingMessage): boolean {
  const { accept, 'sec-fetch-dest': goal, 'x-requested-with': by } = headers
  return goal === 'empty' || by !== undefined || accept === 'text/event-stream'
}

function readableBy(origin: string): Headers {
  return { 'access-control-allow-origin': origin, vary: 'Origin' }
}

/** Undefined: a client of HTTP/1.0 need not say it. Null: it is missing, or said twice. */
function hostOf({ headers, rawHeaders, httpVersion }: IncomingMessage): string | undefined | null {
  const said = headers.host ?? headers[':authority']
  if (said === undefined) return httpVersion === '1.0' ? undefined : null
  const times = rawHeaders.filter((name, i) => i % 2 === 0 && name.length === 4 && name.toLowerCase() === 'host').length
  return times > 1 || typeof said !== 'string' ? null : said
}
