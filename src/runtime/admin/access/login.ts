import type { IncomingMessage, ServerResponse } from 'node:http'
import { TLSSocket } from 'node:tls'
import { readBody, Refused } from '../../ingest/body.ts'
import { type JsonAnswer, notAllowed, refusal, sendJson } from '../../json-answer.ts'
import type { Credentials } from './credentials.ts'
import type { Failures } from './failures.ts'
import { throttleHeaders } from './gate.ts'
import type { LoginLinks } from './login-links.ts'
import type { Refusal } from './refusals.ts'
import type { Identity } from './scope.ts'
import { SESSION_SECONDS, type Sessions } from './sessions.ts'

export interface LoginOptions {
  readonly credentials: Credentials
  readonly sessions: Sessions
  readonly failures: Failures
  readonly links: LoginLinks
  readonly onRefused: (reason: Refusal) => void
}

/** What the page sends: one of the ways, and where in the browser's eyes it is, which a proxy may hide from the server. */
interface Asked {
  readonly path: string
  readonly way:
    | { readonly kind: 'token'; readonly token: string }
    | { readonly kind: 'password'; readonly user: string; readonly password: string }
    | { readonly kind: 'link'; readonly link: string }
}

export const LOGIN_PATH = '/api/console/login'
export const LOGOUT_PATH = '/api/console/logout'
export const LOGIN_PATHS: readonly string[] = [LOGIN_PATH, LOGOUT_PATH]

const MOST_BYTES = 8192
const EXPECTED = 'expected {"token"}, {"user", "password"} or {"link"}, and {"path"} of the page, as strings'
/** Of a page, as a cookie can state it. */
const PATH = /^\/(?!\/)[\w\-.~%!$&'()*+=:@/]{0,500}$/

/** The way in for browsers: a credential for a cookie. */
export class Login {
  readonly #options: LoginOptions

  constructor(options: LoginOptions) {
    this.#options = options
  }

  /** Whether the path was one of its own. */
  async answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean> {
    if (path === LOGIN_PATH) sendJson(request, response, await this.#login(request))
    else if (path === LOGOUT_PATH) sendJson(request, response, await this.#logout(request))
    else return false
    return true
  }

  async #login(request: IncomingMessage): Promise<JsonAnswer> {
    const { credentials } = this.#options
    if (request.method === 'GET' || request.method === 'HEAD') return { status: 200, body: credentials.kinds }
    if (request.method !== 'POST') return notAllowed(request, 'GET, HEAD, POST')
    const asked = await askedIn(request)
    if ('status' in asked) return asked
    return this.#admit(request, asked)
  }

  async #admit(request: IncomingMessage, { way, path }: Asked): Promise<JsonAnswer> {
    const { credentials, sessions, failures, onRefused } = this.#options
    if (!credentials.areAsked) return refusal(400, 'nobody is asked for a token or a password here')
    const { remoteAddress } = request.socket
    const waitMs = failures.waitMs(remoteAddress)
    const identity = await this.#check(way, waitMs === 0)
    if (identity === 'wrong' || identity === 'busy') {
      if (identity === 'wrong') failures.record(remoteAddress)
      if (waitMs > 0 || identity === 'busy') {
        onRefused('throttled')
        return { ...refusal(429, 'not so often: wait a little'), headers: throttleHeaders(waitMs) }
      }
      onRefused('credentials')
      // Challenges are for what is no page: a browser would ask with a box of its own.
      const headers = { 'www-authenticate': 'Session realm="boxman"' }
      return { ...refusal(401, WRONG[way.kind]), headers }
    }
    if (!identity.scopes.has('read')) {
      onRefused('scope')
      return refusal(403, 'these credentials open other endpoints, and none of what the console shows')
    }
    const { name, scopes } = identity
    const cookie = this.#cookie(request, await sessions.issue(identity), path, SESSION_SECONDS)
    return { status: 200, body: { name, scopes: [...scopes] }, headers: { 'set-cookie': cookie } }
  }

  async #check(way: Asked['way'], mayHash: boolean): Promise<Identity | 'wrong' | 'busy'> {
    const { credentials, links } = this.#options
    switch (way.kind) {
      case 'token':
        return credentials.checkToken(way.token)
      case 'password':
        return mayHash ? credentials.checkPassword(way.user, way.password) : 'busy'
      case 'link':
        // Whoever sees the terminal has started the process, and what it was given.
        return links.redeem(way.link) ? (credentials.foremost ?? 'wrong') : 'wrong'
    }
  }

  async #logout(request: IncomingMessage): Promise<JsonAnswer> {
    if (request.method !== 'POST') return notAllowed(request, 'POST')
    const body = await bodyOf(request)
    if ('status' in body) return body
    const path = pathIn(body.fields)
    if (path === undefined) return refusal(400, 'expected {"path"} of the page')
    return { status: 200, body: { status: 'success' }, headers: { 'set-cookie': this.#cookie(request, '', path, 0) } }
  }

  #cookie(request: IncomingMessage, value: string, path: string, seconds: number): string {
    const secure = isSecure(request) ? '; Secure' : ''
    const { cookie } = this.#options.sessions
    return `${cookie}=${value}; Path=${path}; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`
  }
}

const WRONG = {
  token: 'this token is none of them',
  password: 'the user or the password is wrong',
  link: 'the link was used already, or is over: it lets one person in, for ten minutes',
} as const

/** Of a proxy that ends TLS only the browser knows, and says so in the origin that it asks from. */
function isSecure({ socket, headers }: IncomingMessage): boolean {
  return socket instanceof TLSSocket || headers.origin?.startsWith('https://') === true
}

async function askedIn(request: IncomingMessage): Promise<Asked | JsonAnswer> {
  const body = await bodyOf(request)
  if ('status' in body) return body
  const { fields } = body
  const [path, way] = [pathIn(fields), wayIn(fields)]
  return path === undefined || way === undefined ? refusal(400, EXPECTED) : { path, way }
}

function wayIn({ token, user, password, link }: Readonly<Record<string, unknown>>): Asked['way'] | undefined {
  if (typeof token === 'string') return { kind: 'token', token }
  if (typeof user === 'string' && typeof password === 'string') return { kind: 'password', user, password }
  return typeof link === 'string' ? { kind: 'link', link } : undefined
}

function pathIn({ path }: Readonly<Record<string, unknown>>): string | undefined {
  return typeof path === 'string' && PATH.test(path) ? path : undefined
}

async function bodyOf(
  request: IncomingMessage,
): Promise<{ readonly fields: Readonly<Record<string, unknown>> } | JsonAnswer> {
  try {
    const body: unknown = JSON.parse(new TextDecoder().decode(await readBody(request, MOST_BYTES)))
    return typeof body === 'object' && body !== null ? { fields: { ...body } } : refusal(400, EXPECTED)
  } catch (error) {
    return error instanceof Refused ? refusal(error.status, error.message) : refusal(400, EXPECTED)
  }
}
