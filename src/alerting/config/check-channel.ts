import type { ChannelKind } from '../notify/options.ts'
import { atMostOne } from './http-config.ts'
import type { Section } from './section.ts'

type Options = Readonly<Record<string, unknown>>

/** What a channel cannot do without, in Alertmanager's words where it has words. */
export function checkChannel(kind: ChannelKind, section: Section, options: Options): Options {
  const has = (...names: readonly string[]): boolean => names.some((name) => (options[name] ?? '') !== '')
  const file = (key: string): string => `${section.named(key)} or ${section.named(`${key}_file`)}`
  switch (kind) {
    case 'webhook':
      if (!has('url', 'urlFile')) section.fault(`missing URL in webhook config: give ${file('url')}`)
      atMostOne(section, 'url', 'url_file')
      break
    case 'slack':
      checkSlack(section, has)
      break
    case 'pagerduty':
      if (!has('routingKey', 'routingKeyFile')) {
        section.fault(`missing routing key in PagerDuty config: give ${file('routing_key')}`)
      }
      atMostOne(section, 'routing_key', 'routing_key_file')
      break
    case 'msteams':
    case 'discord':
      if (!has('webhookUrl', 'webhookUrlFile')) section.fault(`no webhook URL provided: give ${file('webhook_url')}`)
      atMostOne(section, 'webhook_url', 'webhook_url_file')
      break
    case 'email':
      return checkEmail(section, options, has)
    case 'telegram':
      if (!has('botToken', 'botTokenFile'))
        section.fault(`missing ${section.named('bot_token')}: give ${file('bot_token')}`)
      if (!has('chatId', 'chatIdFile') || options['chatId'] === '0') {
        section.fault(`missing ${section.named('chat_id')}: give ${file('chat_id')}`)
      }
      atMostOne(section, 'bot_token', 'bot_token_file')
      atMostOne(section, 'chat_id', 'chat_id_file')
      if (!['', 'Markdown', 'MarkdownV2', 'HTML'].includes(String(options['parseMode']))) {
        section.fault('unknown parse mode; there are Markdown, MarkdownV2, HTML and the empty text', 'parse_mode')
      }
      break
    case 'sms':
      checkSms(section, has)
      break
    case 'ntfy': {
      const priority = section.integer('priority') ?? 3
      if (priority < 1 || priority > 5) section.fault(`${priority}: must be from 1 to 5`, 'priority')
      atMostOne(section, 'token', 'token_file')
      break
    }
    case 'command':
      break
  }
  return options
}

function checkSlack(section: Section, has: (...names: readonly string[]) => boolean): void {
  const hasToken = has('appToken', 'appTokenFile')
  if (!has('apiUrl', 'apiUrlFile') && !hasToken) {
    section.fault(
      `no global Slack API URL set either inline or in a file: give ${section.named('api_url')}, or ${section.named('app_token')}`,
    )
  }
  if (hasToken && !has('channel')) {
    section.fault(`missing ${section.named('channel')}: an app's token does not say where to write`)
  }
  atMostOne(section, 'api_url', 'api_url_file', 'app_token', 'app_token_file')
  if (!hasToken) {
    if (section.has('app_url')) section.fault(`needs ${section.named('app_token')}`, 'app_url')
    if (section.boolean('update_message') === true) {
      section.fault(`needs ${section.named('app_token')}: what a webhook has sent cannot be changed`, 'update_message')
    }
  }
  for (const action of section.sections('actions', ['type', 'text', 'url', 'style', 'name', 'value', 'confirm'])) {
    if ((action.text('url') ?? '') === '' && (action.text('name') ?? '') === '') {
      action.fault('missing name or url in Slack action configuration')
    }
  }
}

function checkEmail(section: Section, options: Options, has: (...names: readonly string[]) => boolean): Options {
  if (!has('smarthost')) {
    section.fault(
      `no global SMTP smarthost set: give ${section.named('smarthost')}, or ${section.named('smtp_smarthost')} in global`,
    )
  }
  if (!has('from')) {
    section.fault(`no global SMTP from set: give ${section.named('from')}, or ${section.named('smtp_from')} in global`)
  }
  if (has('authUsername') && !has('authPassword', 'authPasswordFile', 'authSecret', 'authSecretFile')) {
    section.fault(`${section.named('auth_username')} has no password: give ${section.named('auth_password_file')}`)
  }
  atMostOne(section, 'auth_password', 'auth_password_file')
  atMostOne(section, 'auth_secret', 'auth_secret_file')
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(section.textMap('headers') ?? {})) {
    const canonical = name.toLowerCase().replaceAll(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
    if (Object.hasOwn(headers, canonical)) {
      section.fault(`duplicate header ${JSON.stringify(canonical)} in email config`, 'headers')
    }
    headers[canonical] = value
  }
  return { ...options, headers }
}

function checkSms(section: Section, has: (...names: readonly string[]) => boolean): void {
  if (!has('from') && !has('messagingServiceSid')) {
    section.fault(`missing sender: give ${section.named('from')} or ${section.named('messaging_service_sid')}`)
  }
  atMostOne(section, 'from', 'messaging_service_sid')
  atMostOne(section, 'auth_token', 'auth_token_file')
  atMostOne(section, 'api_secret', 'api_secret_file')
  const hasKey = has('apiKey') && has('apiSecret', 'apiSecretFile')
  if (!has('authToken', 'authTokenFile') && !hasKey) {
    section.fault(
      `missing credentials: give ${section.named('auth_token')} or ${section.named('auth_token_file')}, or ${section.named('api_key')} with ${section.named('api_secret')}`,
    )
  }
  const seconds = (section.duration('validity') ?? 1000) / 1000
  if (seconds < 1 || seconds > 36_000) section.fault('must be from 1s to 10h', 'validity')
}
