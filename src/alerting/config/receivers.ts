import type { Integration, Receiver } from '../dispatch-types.ts'
import { type ChannelKind, DEFAULT_OPTIONS, DEFAULT_SEND_RESOLVED } from '../notify/options.ts'
import { CHANNEL_FIELDS, CHANNEL_KEYS } from './channel-fields.ts'
import { checkChannel } from './check-channel.ts'
import { keysOf, readFields } from './field.ts'
import type { Global } from './global.ts'
import type { Section } from './section.ts'

/** What is ours and of all channels. */
type Delivery = Pick<Integration, 'rate' | 'fallback' | 'fallbackAfterMs'>
const DELIVERY_KEYS = ['rate', 'fallback', 'fallback_after']

export interface ReadReceiver {
  readonly receiver: Receiver
  readonly section: Section
  /** Where other receivers are named. */
  readonly fallbacks: readonly { readonly to: string; readonly section: Section }[]
}

export function readReceivers(parent: Section, global: Global): readonly ReadReceiver[] {
  const names = new Set<string>()
  return parent.sections('receivers', ['name', 'boxman', ...Object.keys(CHANNEL_KEYS)]).map((section) => {
    const read = readReceiver(section, global)
    const { name } = read.receiver
    if (name === '') section.fault('missing name in receiver')
    else if (names.has(name)) {
      section.fault(
        `notification config name ${JSON.stringify(name)} is not unique; put its integrations into one`,
        'name',
      )
    }
    names.add(name)
    return read
  })
}

function readReceiver(section: Section, global: Global): ReadReceiver {
  const name = section.text('name') ?? ''
  const ours = section.section('boxman', ['schedule', ...DELIVERY_KEYS])
  const common = readDelivery(ours)
  const schedule = ours.text('schedule')
  const fallbacks = common.fallback === undefined ? [] : [{ to: common.fallback, section: ours }]
  const counts = new Map<ChannelKind, number>()
  const integrations: Integration[] = []
  for (const [key, kind] of Object.entries(CHANNEL_KEYS)) {
    const fields = CHANNEL_FIELDS[kind]
    for (const each of section.sections(key, ['send_resolved', 'boxman', ...keysOf(fields)])) {
      const index = counts.get(kind) ?? 0
      counts.set(kind, index + 1)
      const block = each.section('boxman', [...DELIVERY_KEYS, ...keysOf(fields, true)])
      const own = readDelivery(block)
      if (own.fallback !== undefined) fallbacks.push({ to: own.fallback, section: block })
      const stated = { ...readFields(each, fields), ...readFields(block, fields, true) }
      integrations.push({
        kind,
        key: `${name}/${kind}[${index}]`,
        sendResolved: each.boolean('send_resolved') ?? DEFAULT_SEND_RESOLVED[kind],
        options: present(
          checkChannel(kind, each, { ...DEFAULT_OPTIONS[kind], ...inherited(kind, global, stated), ...stated }),
        ),
        ...common,
        ...own,
      })
    }
  }
  return { receiver: { name, integrations, ...(schedule !== undefined && { schedule }) }, section, fallbacks }
}

function readDelivery(section: Section): Delivery {
  const fallback = section.text('fallback')
  const fallbackAfterMs = section.duration('fallback_after')
  const rate = section.has('rate') ? readRate(section.section('rate', ['burst', 'per_minute'])) : undefined
  return {
    ...(rate !== undefined && { rate }),
    ...(fallback !== undefined && { fallback }),
    ...(fallbackAfterMs !== undefined && { fallbackAfterMs }),
  }
}

function readRate(section: Section): Delivery['rate'] {
  const perMinute = section.number('per_minute')
  const burst = section.integer('burst') ?? Math.max(1, Math.floor(perMinute ?? 1))
  if (perMinute === undefined) section.fault(`missing ${section.named('per_minute')}`)
  else if (!(perMinute > 0)) section.fault(`${perMinute}: must be above 0`, 'per_minute')
  if (!(burst >= 1)) section.fault(`${burst}: must be 1 or more`, 'burst')
  return { burst, perMinute: perMinute ?? 1 }
}

type Options = Readonly<Record<string, unknown>>

/** What `global` says for this kind of integration; of two ways to say the same only where it says neither. */
function inherited(kind: ChannelKind, global: Global, stated: Options): Options {
  const either = (names: readonly [string, string], values: readonly [unknown, unknown]): Options =>
    names.some((name) => stated[name] !== undefined) ? {} : { [names[0]]: values[0], [names[1]]: values[1] }
  return present({ ...(kind === 'email' || kind === 'command' ? {} : { httpConfig: global.httpConfig }), ...own() })

  /** By a webhook, or as an app: what is stated says which. */
  function slackOf(): Options {
    const isApp = ['appToken', 'appTokenFile'].some((name) => stated[name] !== undefined)
    const isHook = ['apiUrl', 'apiUrlFile'].some((name) => stated[name] !== undefined)
    if (isHook) return {}
    const hasApp = isApp || global.slackAppToken !== undefined || global.slackAppTokenFile !== undefined
    if (!hasApp) return { apiUrl: global.slackApiUrl, apiUrlFile: global.slackApiUrlFile }
    const token = either(['appToken', 'appTokenFile'], [global.slackAppToken, global.slackAppTokenFile])
    return { ...token, appUrl: global.slackAppUrl }
  }

  function own(): Options {
    switch (kind) {
      case 'email':
        return {
          from: global.smtpFrom,
          smarthost: global.smtpSmarthost,
          hello: global.smtpHello,
          authUsername: global.smtpAuthUsername,
          ...either(['authPassword', 'authPasswordFile'], [global.smtpAuthPassword, global.smtpAuthPasswordFile]),
          ...either(['authSecret', 'authSecretFile'], [global.smtpAuthSecret, global.smtpAuthSecretFile]),
          authIdentity: global.smtpAuthIdentity,
          requireTls: global.smtpRequireTls,
          implicitTls: global.smtpForceImplicitTls,
          tlsConfig: global.smtpTlsConfig,
        }
      case 'slack':
        return slackOf()
      case 'pagerduty':
        return { url: global.pagerdutyUrl }
      case 'telegram':
        return {
          apiUrl: global.telegramApiUrl,
          ...either(['botToken', 'botTokenFile'], [global.telegramBotToken, global.telegramBotTokenFile]),
        }
      case 'webhook':
      case 'msteams':
      case 'discord':
      case 'sms':
      case 'ntfy':
      case 'command':
        return {}
    }
  }
}

/** Without what is not stated, in sections too. */
function present(options: Options): Options {
  const stated = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(stated.map(([name, value]) => [name, isSection(value) ? present(value) : value]))
}

function isSection(value: unknown): value is Options {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
