import { connect, type Socket } from 'node:net'
import type { Outcome } from '../../dispatch-types.ts'
import { AddressGuard } from '../address-guard.ts'
import type { Attempt, ChannelKind } from '../channel-kind.ts'
import { HttpFault, tlsOptions } from '../http.ts'
import { at } from '../judge.ts'
import { render, type RenderedMail } from './email-message.ts'
import { type EmailOptions, readEmailOptions } from './email-options.ts'

type EmailAttempt = Attempt<EmailOptions, RenderedMail>

export const email: ChannelKind<EmailOptions, RenderedMail> = {
  name: 'email',
  read: readEmailOptions,
  render,
  async send(attempt): Promise<Outcome> {
    const { host, options, signal } = attempt
    const { smtp } = host
    if (smtp === undefined) {
      return { kind: 'permanent', reason: 'e-mail needs the package nodemailer: npm install nodemailer' }
    }
    const { timeoutMs } = options.http
    let stopped: HttpFault | undefined
    const sockets: Socket[] = []
    const stop = (why: string): void => {
      stopped ??= new HttpFault(why)
      for (const socket of sockets) socket.destroy(stopped)
    }
    const abort = (): void => stop('stopped')
    signal.addEventListener('abort', abort)
    const late = setTimeout(() => stop(`no answer within ${timeoutMs} ms`), timeoutMs)
    const guard = new AddressGuard(options.http.allowAddresses, host.lookup)
    guard.check(new URL(`smtp://${options.host.includes(':') ? `[${options.host}]` : options.host}`))
    const transport = smtp.createTransport({
      ...transportOptions(options),
      getSocket(_: unknown, callback: (error: Error | null, socket?: { connection: Socket }) => void): void {
        const socket = (host.quietly ?? ((run) => run()))(() =>
          connect({ host: options.host, port: options.port, lookup: guard.lookup }),
        )
        sockets.push(socket)
        const fail = (error: Error): void => callback(stopped ?? error)
        socket.once('error', fail)
        socket.once('connect', () => {
          socket.off('error', fail)
          callback(null, { connection: socket })
        })
        if (stopped !== undefined) socket.destroy(stopped)
      },
    })
    try {
      if (signal.aborted) abort()
      const sent = await transport.sendMail(mailOptions(attempt))
      return { kind: 'delivered', note: noteOf(sent, attempt) }
    } catch (error) {
      if (stopped !== undefined) throw stopped
      return outcomeOf(error)
    } finally {
      clearTimeout(late)
      signal.removeEventListener('abort', abort)
      transport.close()
      for (const socket of sockets) socket.destroy()
    }
  },
}

function transportOptions(options: EmailOptions): Readonly<Record<string, unknown>> {
  const { host, port, implicitTls, requireTls, hello, auth, http } = options
  return {
    host,
    port,
    secure: implicitTls,
    requireTLS: requireTls && !implicitTls,
    connectionTimeout: http.timeoutMs,
    greetingTimeout: http.timeoutMs,
    socketTimeout: http.timeoutMs,
    tls: tlsOptions(http.tls),
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(hello === undefined ? {} : { name: hello }),
    ...(auth === undefined ? {} : { auth: { user: auth.user, pass: auth.pass }, authMethod: auth.method }),
  }
}

function mailOptions({ rendered, notification }: EmailAttempt): Readonly<Record<string, unknown>> {
  return { ...rendered.mail, date: new Date(notification.at) }
}

function noteOf(sent: unknown, { rendered }: EmailAttempt): Readonly<Record<string, string>> {
  const rejected = at(sent, 'rejected')
  return {
    messageId: rendered.mail.messageId,
    ...(Array.isArray(rejected) && rejected.length > 0 ? { rejected: rejected.join(', ') } : {}),
  }
}

/** Faults that the next attempt will have as well. */
const FINAL = new Set(['ETLS', 'ENOAUTH', 'ECONFIG', 'EREQUIRETLS'])

function outcomeOf(error: unknown): Outcome {
  const code = at(error, 'responseCode')
  const name = at(error, 'code')
  const message = error instanceof Error ? error.message : String(error)
  const reason = typeof name === 'string' && !message.includes(name) ? `${message} (${name})` : message
  if (typeof code === 'number') {
    return code >= 500 && code < 600 ? { kind: 'permanent', reason } : { kind: 'temporary', reason }
  }
  return typeof name === 'string' && FINAL.has(name) ? { kind: 'permanent', reason } : { kind: 'temporary', reason }
}
