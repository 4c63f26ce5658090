import { readFile } from 'node:fs/promises'
import path from 'node:path'
import {
  type AlertingConfig,
  type Channel,
  type ChannelHost,
  createChannel,
  definitionOf,
  DEFAULT_RATES,
  explainConfigFault,
  MessageTemplates,
  readAlertingConfig,
  type TemplateFile,
} from '../../alerting/index.ts'
import { ConfigError } from '../error.ts'
import { findFiles } from '../targets/glob.ts'
import { createChannelHost } from './channel-host.ts'
import { shownConfig } from './shown-config.ts'

export interface AlertingSource {
  /** An alertmanager.yml; with `given`, what that is called in messages. */
  readonly file: string
  /** From code, in its place. */
  readonly given?: AlertingConfig | undefined
  /** What its name is relative to, and where an application's own nodemailer is looked for. */
  readonly cwd: string
  /** Ms since the epoch. */
  readonly wallNow: () => number
}

/** A configuration of which all is known to work, but for the other side. */
export interface LoadedAlerting {
  readonly config: AlertingConfig
  /** Without secrets. */
  readonly shown: string
  readonly warnings: readonly string[]
  /** By the keys of integrations. */
  readonly channels: ReadonlyMap<string, Channel>
}

/** @throws ConfigError with all that is wrong. */
export async function loadAlerting({ file, given, cwd, wallNow }: AlertingSource): Promise<LoadedAlerting> {
  const read = given === undefined ? await readFrom(file, cwd) : readGiven(given, file)
  const config = withRates(read.config)
  const problems: string[] = []
  const templates = await templatesOf(config, file, problems)
  const host = await createChannelHost(templates, cwd, { now: wallNow, mails: hasMail(config) })
  const channels = channelsOf(config, host, file, problems)
  if (problems.length > 0) throw new ConfigError(problems)
  return { config, shown: shownConfig(read.text), warnings: read.warnings, channels }
}

interface Read extends Pick<LoadedAlerting, 'config' | 'warnings'> {
  readonly text: string
}

async function readFrom(file: string, cwd: string): Promise<Read> {
  const absolute = path.resolve(cwd, file)
  const text = await textOf(absolute, file)
  const read = readAlertingConfig(text, path.dirname(absolute))
  if (!read.ok) throw new ConfigError(read.faults.map((fault) => explainConfigFault(fault, file)))
  return { config: read.config, text, warnings: read.warnings.map((fault) => explainConfigFault(fault, file)) }
}

function readGiven(config: AlertingConfig, name: string): Read {
  const definition = definitionOf(config)
  if (definition !== undefined) {
    const { text, warnings } = definition
    return { config, text, warnings: warnings.map((fault) => explainConfigFault(fault, name)) }
  }
  throw new ConfigError([
    `${name}: expected the path of an alertmanager.yml, or what defineAlerting of boxman/alerting returned, itself; ` +
      'given another object: wrap it, defineAlerting({ route, receivers })',
  ])
}

/** Integrations that state no rate have that of their channel. */
function withRates(config: AlertingConfig): AlertingConfig {
  const receivers = config.receivers.map(({ integrations, ...receiver }) => ({
    ...receiver,
    integrations: integrations.map((each) => {
      const rate = each.rate ?? DEFAULT_RATES[each.kind]
      return rate === undefined ? each : { ...each, rate }
    }),
  }))
  return { ...config, receivers }
}

function channelsOf(
  { receivers }: AlertingConfig,
  host: ChannelHost,
  file: string,
  problems: string[],
): ReadonlyMap<string, Channel> {
  const channels = new Map<string, Channel>()
  for (const { name, integrations } of receivers) {
    for (const integration of integrations) {
      if (integration.kind === 'email' && host.smtp === undefined) {
        problems.push(`${file}: receiver ${JSON.stringify(name)}: e-mail goes by nodemailer: npm install nodemailer`)
        continue
      }
      try {
        channels.set(integration.key, createChannel(integration, host))
      } catch (error) {
        if (!(error instanceof TypeError || error instanceof RangeError)) throw error
        problems.push(`${file}: receiver ${JSON.stringify(name)}: ${error.message}`)
      }
    }
  }
  return channels
}

async function templatesOf({ templates }: AlertingConfig, file: string, problems: string[]): Promise<MessageTemplates> {
  const files: TemplateFile[] = []
  for (const pattern of templates) {
    for (const name of await findFiles(pattern)) {
      try {
        files.push({ name: path.basename(name), source: await readFile(name, 'utf8') })
      } catch (error) {
        problems.push(`${file}: templates: ${messageOf(error)}`)
      }
    }
  }
  try {
    return new MessageTemplates({ files })
  } catch (error) {
    problems.push(`${file}: templates: ${messageOf(error)}`)
    return new MessageTemplates()
  }
}

function hasMail({ receivers }: AlertingConfig): boolean {
  return receivers.some(({ integrations }) => integrations.some(({ kind }) => kind === 'email'))
}

async function textOf(absolute: string, file: string): Promise<string> {
  try {
    return await readFile(absolute, 'utf8')
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    throw new ConfigError([`${file}: ${isMissing ? 'there is no such file' : messageOf(error)}`])
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
