import { readFile } from 'node:fs/promises'
import type { ChannelHost, Mailer, MessageTemplates } from '../../alerting/index.ts'
import { suppressInstrumentation } from '../../tracing/index.ts'
import { libraryFinder } from '../find-library.ts'

/** What channels need, in a process that is no service: nodemailer as the folder has it, or as Boxman's own place has. */
export async function createChannelHost(templates: MessageTemplates, cwd: string): Promise<ChannelHost> {
  const smtp = await findMailer(cwd)
  return {
    now: Date.now,
    templates,
    readFile: (path) => readFile(path, 'utf8'),
    quietly: suppressInstrumentation,
    ...(smtp === undefined ? {} : { smtp }),
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
