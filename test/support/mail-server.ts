import { readFileSync } from 'node:fs'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { onTestFinished } from 'vitest'
import { type Certificates, makeCertificates } from './certificates.ts'
import { portOf } from './port-of.ts'

let made: Certificates | undefined

/** What it was given, until the test is over. */
export interface MailServer {
  readonly smarthost: string
  /** Whom to trust for it: the text, and the file that has it. */
  readonly ca: string
  readonly caFile: string
  readonly mails: { readonly raw: string; readonly to: readonly string[]; readonly secure: boolean }[]
}

function pem(file: string): string {
  return readFileSync(file, 'utf8')
}

/** A server that wants STARTTLS and a password, unless the options say otherwise. */
export async function mailServer(
  skip: (reason: string) => never,
  options: SMTPServerOptions = {},
): Promise<MailServer> {
  made ??= makeCertificates(skip)
  const mails: MailServer['mails'] = []
  const server = new SMTPServer({
    cert: pem(made.cert),
    key: pem(made.key),
    authOptional: true,
    logger: false,
    onAuth: ({ username, password }, _, done) =>
      username === 'ann' && password === 'right' ? done(null, { user: 'ann' }) : done(new Error('wrong')),
    onData(stream, session, done) {
      const pieces: Buffer[] = []
      stream.on('data', (piece: Buffer) => pieces.push(piece))
      stream.on('end', () => {
        mails.push({
          raw: Buffer.concat(pieces).toString(),
          to: session.envelope.rcptTo.map(({ address }) => address),
          secure: session.secure,
        })
        done()
      })
    },
    ...options,
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => new Promise<void>((resolve) => server.close(resolve)))
  return { smarthost: `127.0.0.1:${portOf(server.server)}`, ca: pem(made.ca), caFile: made.ca, mails }
}
