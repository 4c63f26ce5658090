import { getRequestListener } from '@hono/node-server'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Credentials } from './access/credentials.ts'
import { Failures } from './access/failures.ts'
import { Gate, type Verdict } from './access/gate.ts'
import { HEADERS } from './access/headers.ts'
import { Login } from './access/login.ts'
import type { LoginLinks } from './access/login-links.ts'
import { Sessions } from './access/sessions.ts'
import { setVisitor } from './access/visitor.ts'
import { type AdminSources, createAdminApp } from './app.ts'
import type { Config } from '../config/config.ts'
import { placeOf } from './mount.ts'

/** Of what is beneath no base path: no endpoint's. */
const NOWHERE = ''

/** Where a request was received. */
export interface Reception {
  readonly basePath: string
  /** Whether by the admin server, and not by one that the endpoints are mounted in. */
  readonly isOwnServer: boolean
}

/** What answers the requests to the admin server, or to where it is mounted. */
export class Endpoints {
  readonly #sources: AdminSources
  readonly #app: ReturnType<typeof createAdminApp>
  readonly #failures: Failures
  readonly #links: LoginLinks
  #gates: Gates

  constructor(sources: AdminSources, links: LoginLinks) {
    const { now = () => performance.now() } = sources
    this.#sources = sources
    this.#links = links
    this.#app = createAdminApp(sources)
    this.#failures = new Failures(now)
    this.#gates = this.#gatesOf()
  }

  async answer(
    { basePath, isOwnServer }: Reception,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    // Of the answers that are written past the app, too.
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
    const place = placeOf(request, basePath)
    const verdict = await this.#gate(isOwnServer).judge(request, place?.path ?? NOWHERE)
    for (const [name, value] of Object.entries(verdict.headers)) response.setHeader(name, value)
    if (verdict.kind !== 'passed') {
      this.#refuse(verdict, request, response)
      return
    }
    const { visitor } = verdict
    setVisitor(request, visitor)
    if (place !== undefined && (await this.#gates.login.answer(request, response, place.path))) return
    // Who is let in for a probe alone is told no details.
    const trusted = visitor.scopes.has('read')
    const app = (web: Request): Response | Promise<Response> => {
      if (place !== undefined) return this.#app.fetch(web, { ...place, request, response, trusted })
      return new Response(`the endpoints are at ${basePath}/\n`, { status: 404 })
    }
    await getRequestListener(app, OPTIONS)(request, response)
  }

  /** Of the configuration in force. */
  #gate(isOwnServer: boolean): Gate {
    if (this.#gates.admin !== this.#sources.config.admin) this.#gates = this.#gatesOf()
    return isOwnServer ? this.#gates.own : this.#gates.mounted
  }

  #gatesOf(): Gates {
    const { config, onRefused = () => undefined, wallNow = () => Date.now() } = this.#sources
    const { admin, service } = config
    const [failures, credentials] = [this.#failures, new Credentials(admin)]
    const sessions = new Sessions({ holders: credentials.holders, service, wallNow })
    const shared = { admin, credentials, failures, sessions }
    return {
      admin,
      own: new Gate({ ...shared, isOwnServer: true }),
      mounted: new Gate({ ...shared, isOwnServer: false }),
      login: new Login({ credentials, sessions, failures, links: this.#links, onRefused }),
    }
  }

  #refuse(verdict: Exclude<Verdict, { kind: 'passed' }>, { method }: IncomingMessage, response: ServerResponse): void {
    if (verdict.kind === 'answered') {
      response.writeHead(204).end()
      return
    }
    const { reason, status, text } = verdict
    this.#sources.onRefused?.(reason)
    response.writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    })
    response.end(method === 'HEAD' ? undefined : text)
  }
}

interface Gates {
  readonly admin: Config['admin']
  readonly own: Gate
  readonly mounted: Gate
  readonly login: Login
}

const OPTIONS = {
  // The host's globals are the host's.
  overrideGlobalObjects: false,
  // For a client of HTTP/1.0, which names no host.
  hostname: 'localhost',
}
