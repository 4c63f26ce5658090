import type { LookupAddress, LookupAllOptions } from 'node:dns'
import type { MessageTemplates } from '../message/index.ts'

/** What of nodemailer is used: `import * as nodemailer from 'nodemailer'` fits. */
export interface Mailer {
  createTransport(options: MailTransportOptions): MailTransport
}

export interface MailTransportOptions {
  readonly [option: string]: unknown
}

export interface MailTransport {
  sendMail(mail: Readonly<Record<string, unknown>>): Promise<unknown>
  close(): void
}

export type Lookup = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/** What channels need of the house around them. */
export interface ChannelHost {
  /** Ms since the epoch. */
  readonly now: () => number
  readonly templates: MessageTemplates
  /** Reads what an option ending in `_file` names. */
  readonly readFile: (path: string) => Promise<string>
  /** E-mail is refused without it. */
  readonly smtp?: Mailer | undefined
  /** What commands have in their environment beside their own; undefined: what this process has, if they have none. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  /** Default: that of node:dns. */
  readonly lookup?: Lookup | undefined
  /** Runs what is not to be measured as the service's own traffic. */
  readonly quietly?: (<T>(run: () => T) => T) | undefined
}
