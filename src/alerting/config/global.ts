import type { HttpOptions, TlsOptions } from '../notify/options.ts'
import { DEFAULT_HTTP } from '../notify/options.ts'
import type { FieldsOf } from './field.ts'
import { keysOf, readFields } from './field.ts'
import { atMostOne } from './http-config.ts'
import type { Section } from './section.ts'

/** What integrations take where they state nothing. */
export interface Global {
  readonly resolveTimeoutMs: number
  readonly httpConfig: HttpOptions
  readonly smtpFrom?: string
  readonly smtpHello?: string
  readonly smtpSmarthost?: string
  readonly smtpAuthUsername?: string
  readonly smtpAuthPassword?: string
  readonly smtpAuthPasswordFile?: string
  readonly smtpAuthSecret?: string
  readonly smtpAuthSecretFile?: string
  readonly smtpAuthIdentity?: string
  readonly smtpRequireTls?: boolean
  readonly smtpTlsConfig?: TlsOptions
  readonly smtpForceImplicitTls?: boolean
  readonly slackApiUrl?: string
  readonly slackApiUrlFile?: string
  readonly slackAppToken?: string
  readonly slackAppTokenFile?: string
  readonly slackAppUrl?: string
  readonly pagerdutyUrl?: string
  readonly telegramApiUrl?: string
  readonly telegramBotToken?: string
  readonly telegramBotTokenFile?: string
}

const FIELDS: FieldsOf<Global> = {
  resolveTimeoutMs: 'duration',
  httpConfig: 'http',
  smtpFrom: 'text',
  smtpHello: 'text',
  smtpSmarthost: 'host-port',
  smtpAuthUsername: 'text',
  smtpAuthPassword: 'text',
  smtpAuthPasswordFile: 'file',
  smtpAuthSecret: 'text',
  smtpAuthSecretFile: 'file',
  smtpAuthIdentity: 'text',
  smtpRequireTls: 'boolean',
  smtpTlsConfig: 'tls',
  smtpForceImplicitTls: 'boolean',
  slackApiUrl: 'url',
  slackApiUrlFile: 'file',
  slackAppToken: 'text',
  slackAppTokenFile: 'file',
  slackAppUrl: 'url',
  pagerdutyUrl: 'url',
  telegramApiUrl: 'url',
  telegramBotToken: 'text',
  telegramBotTokenFile: 'file',
}

export function readGlobal(parent: Section): Global {
  const section = parent.section('global', keysOf(FIELDS))
  atMostOne(section, 'slack_api_url', 'slack_api_url_file')
  atMostOne(section, 'slack_app_token', 'slack_app_token_file')
  atMostOne(section, 'smtp_auth_password', 'smtp_auth_password_file')
  atMostOne(section, 'smtp_auth_secret', 'smtp_auth_secret_file')
  atMostOne(section, 'telegram_bot_token', 'telegram_bot_token_file')
  return { resolveTimeoutMs: 300_000, httpConfig: DEFAULT_HTTP, ...readFields(section, FIELDS) }
}
