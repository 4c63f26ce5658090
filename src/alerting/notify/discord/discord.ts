import type { Notification, Outcome } from '../../dispatch-types.ts'
import { printable } from '../../message/escaped.ts'
import { plainText } from '../../message/plain-text.ts'
import { type MessageTemplates, type Severity, Wording } from '../../message/index.ts'
import { clip, largestFitting } from '../../message/truncate.ts'
import type { ChannelKind, Rendered } from '../channel-kind.ts'
import { type HttpOptions, readHttpOptions } from '../http-options.ts'
import { at, judge } from '../judge.ts'
import type { OptionReader } from '../option-reader.ts'

export interface DiscordOptions {
  readonly http: HttpOptions
  readonly url: URL
  readonly title: string | undefined
  readonly text: string | undefined
  readonly content: string | undefined
  readonly username: string | undefined
  readonly avatarUrl: string | undefined
}

const MAX_ALERTS = 60
const MAX_TITLE = 256
const MAX_DESCRIPTION = 4096
const MAX_CONTENT = 2000
const MAX_FOOTER = 1000
const MAX_USERNAME = 80
const COLORS: Readonly<Record<Severity, number>> = {
  critical: 0xb3261e,
  error: 0xd9480f,
  warning: 0xe0a800,
  info: 0x2f6fd0,
}
const RESOLVED_COLOR = 0x1e7d34

export const discord: ChannelKind<DiscordOptions> = {
  name: 'discord',
  read: (reader: OptionReader): DiscordOptions => ({
    http: readHttpOptions(reader),
    url: reader.needUrl('webhookUrl'),
    title: reader.text('title'),
    text: reader.text('message'),
    content: reader.text('content'),
    username: reader.text('username'),
    avatarUrl: reader.text('avatarUrl'),
  }),
  render,
  async send({ options, rendered, post, host }): Promise<Outcome> {
    const { body, contentType } = rendered
    const answer = await post({ url: options.url, headers: { 'content-type': contentType }, body })
    return judge(answer, { now: host.now(), gone: [404], retryAfter: (said) => at(said, 'retry_after') })
  },
}

/** No marks of Markdown that could show another address than the one they lead to. */
function plain(text: string): string {
  return printable(text).replaceAll(/[\\*`|[\]]/g, String.raw`\$&`)
}

/** An embed; it mentions nobody, whatever stands in labels. */
export function render(
  notification: Notification,
  options: Pick<DiscordOptions, 'title' | 'text' | 'content' | 'username' | 'avatarUrl'>,
  templates: MessageTemplates,
): Rendered {
  const words = new Wording('discord', notification, templates)
  const title = words.text('title', options.title) ?? words.message.subject
  const text = words.text('text', options.text)
  const content = words.expand('content', options.content)?.trim() ?? ''
  const username = words.expand('username', options.username)?.trim() ?? ''
  const avatar = words.expand('avatar_url', options.avatarUrl)?.trim() ?? ''
  const { message, fault, footer } = words
  const description =
    text ??
    largestFitting(
      Math.min(message.alerts.length, MAX_ALERTS),
      (count) => plain(plainText(message, { count })),
      (made) => made.length <= MAX_DESCRIPTION,
    )
  const body = JSON.stringify({
    ...(content === '' ? {} : { content: clip(printable(content), MAX_CONTENT) }),
    ...(username === '' ? {} : { username: clip(printable(username), MAX_USERNAME) }),
    ...(URL.canParse(avatar) ? { avatar_url: avatar } : {}),
    embeds: [
      {
        title: clip(printable(title), MAX_TITLE),
        description: clip(printable(description === '' ? message.subject : description), MAX_DESCRIPTION),
        color: message.status === 'resolved' ? RESOLVED_COLOR : COLORS[message.severity],
        ...(footer === '' ? {} : { footer: { text: clip(printable(footer), MAX_FOOTER) } }),
      },
    ],
    allowed_mentions: { parse: content === '' ? [] : ['users', 'roles', 'everyone'] },
  })
  return { contentType: 'application/json', body, fault }
}
