import type { IncomingMessage, ServerResponse } from 'node:http'
import { Server as NetServer } from 'node:net'
import type { HttpServer } from '../../instrument/index.ts'

const LINGER_MS = 100

/** What an answer of `node:http` and one of `node:http2` have in common. */
type Answer = Pick<ServerResponse, 'headersSent' | 'setHeader' | 'once'>

/** A session of `node:http2`. */
interface Session {
  close(): void
  destroy(): void
  once(event: 'close', listener: () => void): unknown
}

/** The requests of one server, and how it gets rid of its clients without cutting any. */
export class Traffic {
  readonly #server: HttpServer
  /** With the version of HTTP each came in. */
  readonly #answers = new Map<Answer, number>()
  readonly #sessions = new Set<Session>()
  #leaving = false
  /** Whether idle connections are closed. */
  #stopped = false

  constructor(server: HttpServer) {
    this.#server = server
    server.prependListener('request', this.#opened)
    server.prependListener('session', this.#joined)
  }

  /** Requests without a whole answer, and sessions of HTTP/2: once told to go, those last as long as their streams. */
  get open(): number {
    return this.#answers.size + this.#sessions.size
  }

  /** From now on each answer asks its client to connect anew, which leads it elsewhere. */
  leave(): void {
    this.#leaving = true
    for (const [answer, version] of this.#answers) askToLeave(answer, version)
  }

  /** Takes no connection any more. Those that are idle are closed in a moment, the others as soon as they are. */
  stop(): void {
    this.leave()
    // The method of HTTP servers would close at once what has only just connected, and is about to send its request.
    if (this.#server.listening) NetServer.prototype.close.call(this.#server)
    for (const session of this.#sessions) session.close()
    setTimeout(() => {
      this.#stopped = true
      this.#closeIdle()
    }, LINGER_MS)
  }

  /** Ends all that is left. */
  cut(): void {
    if ('closeAllConnections' in this.#server) this.#server.closeAllConnections()
    for (const session of this.#sessions) session.destroy()
  }

  undo(): void {
    this.#server.off('request', this.#opened)
    this.#server.off('session', this.#joined)
  }

  readonly #opened = (request: Pick<IncomingMessage, 'httpVersionMajor'>, answer: Answer): void => {
    const version = request.httpVersionMajor
    this.#answers.set(answer, version)
    answer.once('close', () => {
      this.#answers.delete(answer)
      // Its connection is idle only after this turn.
      if (this.#stopped) setImmediate(() => this.#closeIdle())
    })
    if (this.#leaving) askToLeave(answer, version)
  }

  readonly #joined = (session: Session): void => {
    this.#sessions.add(session)
    session.once('close', () => this.#sessions.delete(session))
    if (this.#leaving && !this.#server.listening) session.close()
  }

  #closeIdle(): void {
    if ('closeIdleConnections' in this.#server) this.#server.closeIdleConnections()
  }
}

/** HTTP/2 has no such header: its sessions are told. */
function askToLeave(answer: Answer, version: number): void {
  if (version < 2 && !answer.headersSent) answer.setHeader('connection', 'close')
}
