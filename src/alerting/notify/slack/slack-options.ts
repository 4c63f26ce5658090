import { isLink } from '../../message/message.ts'
import { type HttpOptions, readHttpOptions } from '../http-options.ts'
import type { OptionReader } from '../option-reader.ts'

export interface SlackOptions {
  readonly http: HttpOptions
  readonly way:
    | { readonly kind: 'webhook'; readonly url: URL }
    | { readonly kind: 'bot'; readonly api: URL; readonly token: string; readonly update: boolean }
  readonly channel: string | undefined
  readonly username: string | undefined
  readonly iconEmoji: string | undefined
  readonly iconUrl: string | undefined
  readonly linkNames: boolean
  readonly title: string | undefined
  readonly titleLink: string | undefined
  readonly pretext: string | undefined
  /** In place of pretext and title. */
  readonly messageText: string | undefined
  readonly text: string | undefined
  readonly footer: string | undefined
  readonly fallback: string | undefined
  readonly color: string | undefined
  readonly imageUrl: string | undefined
  readonly fields: readonly { readonly title: string; readonly value: string }[]
  readonly actions: readonly { readonly text: string; readonly url: string; readonly style: string }[]
}

const API = 'https://slack.com/api/'

export function readSlackOptions(reader: OptionReader): SlackOptions {
  // They say how attachments were laid out before there were blocks.
  reader.ignore('mrkdwnIn', 'shortFields', 'callbackId', 'thumbUrl')
  const channel = reader.text('channel')
  const way = wayOf(reader)
  if (way.kind === 'bot' && (channel === undefined || channel === ''))
    reader.fail('channel', 'is missing: a bot has no channel of its own')
  return {
    http: readHttpOptions(reader),
    way,
    channel,
    username: reader.text('username'),
    iconEmoji: reader.text('iconEmoji'),
    iconUrl: reader.text('iconUrl'),
    linkNames: reader.flag('linkNames', false),
    title: reader.text('title'),
    titleLink: reader.text('titleLink'),
    pretext: reader.text('pretext'),
    messageText: reader.text('messageText'),
    text: reader.text('text'),
    footer: reader.text('footer'),
    fallback: reader.text('fallback'),
    color: reader.text('color'),
    imageUrl: reader.text('imageUrl'),
    fields: reader.sections('fields').map((field) => {
      field.ignore('short')
      return { title: field.needText('title'), value: field.needText('value') }
    }),
    actions: reader.sections('actions').map((action) => {
      action.ignore('type', 'name', 'value', 'confirm')
      return { text: action.needText('text'), url: action.text('url') ?? '', style: action.text('style') ?? '' }
    }),
  }
}

function wayOf(reader: OptionReader): SlackOptions['way'] {
  const update = reader.flag('updateMessage', false)
  const token = reader.secret('botToken') ?? reader.secret('appToken')
  const webhook = reader.url('apiUrl')
  const app = reader.text('appUrl')
  if (app !== undefined && !isLink(app)) reader.fail('appUrl', 'must be an http or https address')
  if (token === undefined) {
    if (update) reader.fail('updateMessage', 'needs a botToken: what a webhook has sent cannot be changed')
    return { kind: 'webhook', url: webhook ?? reader.fail('apiUrl', 'or botToken is missing') }
  }
  const api = new URL(app ?? API)
  // Alertmanager has the whole address of a method there.
  api.pathname = `${api.pathname.replace(/\/chat\.postMessage$/, '').replace(/\/+$/, '')}/`
  return { kind: 'bot', api, token, update }
}
