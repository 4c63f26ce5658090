import type { Notification, Outcome } from '../../dispatch-types.ts'
import { printable } from '../../message/escaped.ts'
import { plainText } from '../../message/plain-text.ts'
import { type MessageTemplates, type Severity, Wording } from '../../message/index.ts'
import { clip, clipBytes, largestFitting } from '../../message/truncate.ts'
import type { ChannelKind, Rendered } from '../channel-kind.ts'
import { type HttpOptions, readHttpOptions } from '../http-options.ts'
import { judge } from '../judge.ts'
import type { OptionReader } from '../option-reader.ts'

export interface NtfyOptions {
  readonly http: HttpOptions
  readonly server: URL
  readonly topic: string
  readonly token: string | undefined
  readonly title: string | undefined
  readonly text: string | undefined
  readonly priority: string | undefined
  readonly tags: readonly string[]
}

const MAX_ALERTS = 60
const MAX_TITLE = 250
/** A longer message becomes an attachment. */
const MAX_MESSAGE_BYTES = 4096
const MAX_ACTIONS = 3
const MAX_URL = 2000
const MAX_TAGS = 5
const PRIORITIES: Readonly<Record<Severity, number>> = { critical: 5, error: 4, warning: 3, info: 2 }
const RESOLVED_PRIORITY = 3

export const ntfy: ChannelKind<NtfyOptions> = {
  name: 'ntfy',
  read(reader: OptionReader): NtfyOptions {
    const url = reader.needUrl('url')
    const server = new URL(url)
    const parts = url.pathname.split('/').filter((part) => part !== '')
    const topic = reader.text('topic') ?? parts.pop() ?? ''
    if (!/^[-\w]{1,64}$/.test(topic)) {
      reader.fail('topic', 'must be 1 to 64 letters, digits, - and _, here or at the end of url')
    }
    server.pathname = `/${parts.join('/')}`
    server.search = ''
    return {
      http: readHttpOptions(reader),
      server,
      topic,
      token: reader.secret('token'),
      title: reader.text('title'),
      text: reader.text('message'),
      priority: reader.text('priority'),
      tags: reader.texts('tags') ?? [],
    }
  },
  render,
  async send({ options, rendered, post, host }): Promise<Outcome> {
    const { server, token } = options
    const { body, contentType } = rendered
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const answer = await post({ url: server, headers: { 'content-type': contentType, ...authorization }, body })
    return judge(answer, { now: host.now() })
  },
}

/** What ntfy takes as JSON. */
export function render(
  notification: Notification,
  options: Pick<NtfyOptions, 'topic' | 'title' | 'text' | 'priority' | 'tags'>,
  templates: MessageTemplates,
): Rendered {
  const words = new Wording('ntfy', notification, templates)
  const title = words.text('title', options.title) ?? words.message.subject
  const text = words.text('text', options.text)
  const priority = /^\s*([1-5])\s*$/.exec(words.expand('priority', options.priority) ?? '')?.[1]
  const { message, fault, footer } = words
  const told =
    text === undefined
      ? largestFitting(
          Math.min(message.alerts.length, MAX_ALERTS),
          (count) => printable(plainText({ ...message, links: [] }, { count, footer })),
          (made) => Buffer.byteLength(made) <= MAX_MESSAGE_BYTES,
        )
      : [text, footer].filter((part) => part !== '').join('\n\n')
  const isFiring = message.status === 'firing'
  const links = message.links.filter(({ url }) => url.length <= MAX_URL)
  const console = links.find((link) => link.text === 'Console')
  const body = JSON.stringify({
    topic: options.topic,
    title: clip(printable(title).replaceAll('\n', ' '), MAX_TITLE),
    message: clipBytes(printable(told === '' ? message.subject : told), MAX_MESSAGE_BYTES),
    priority: priority === undefined ? (isFiring ? PRIORITIES[message.severity] : RESOLVED_PRIORITY) : Number(priority),
    tags: [isFiring ? 'rotating_light' : 'white_check_mark', ...options.tags].slice(0, MAX_TAGS),
    ...(console === undefined ? {} : { click: console.url }),
    actions: links.slice(0, MAX_ACTIONS).map((link) => ({ action: 'view', label: link.text, url: link.url })),
  })
  return { contentType: 'application/json', body, fault }
}
