import { readFile } from 'node:fs/promises'
import type { ChannelHost, Mailer, MessageTemplates } from '../../alerting/index.ts'
import { suppressInstrumentation } from '../../tracing/index.ts'
import { libraryFinder } from '../find-library.ts'

/** What channels need: nodemailer as the application has it, or as it lies beside Boxman. `now` is ms since the epoch. */
export async function createChannelHost(
  templates: MessageTemplates,
  cwd: string,
  { now = Date.now, mails = true }: { readonly now?: () => number; readonly mails?: boolean } = {},
): Promise<ChannelHost> {
  return {
    now,
    templates,
    readFile: (path) => readFile(path, 'utf8'),
    quietly: suppressInstrumentation,
    smtp: mails ? await findMailer(cwd) : undefined,
  }
}

async function findMailer(cwd: string): Promise<Mailer | undefined> {
  const loaded: unknown = libraryFinder(cwd)('nodemailer')?.load() ?? (await imported('nodemailer'))
  return isMailer(loaded) ? loaded : undefined
}

async function imported(name: string): Promise<unknown> {
  try {
    return await import(name)
  } catch {
    return undefined
  }
}

function isMailer(value: unknown): value is Mailer {
  return (
    typeof value === 'object' &&
    value !== null &&
    'createTransport' in value &&
    typeof value.createTransport === 'function'
  )
}
