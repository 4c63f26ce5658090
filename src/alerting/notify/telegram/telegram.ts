import type { Notification, Outcome } from '../../dispatch-types.ts'
import { escapedClip, printable } from '../../message/escaped.ts'
import { type AlertWords, isLink, type Link } from '../../message/message.ts'
import { headOf, labelsText, leftOut } from '../../message/plain-text.ts'
import { type MessageTemplates, Wording } from '../../message/index.ts'
import { clip, largestFitting } from '../../message/truncate.ts'
import { escapeHtml } from '../../template/escape.ts'
import type { ChannelKind, Rendered } from '../channel-kind.ts'
import { type HttpOptions, readHttpOptions } from '../http-options.ts'
import { at, jsonOf, judge, told } from '../judge.ts'
import { isObject, type OptionReader } from '../option-reader.ts'

const PARSE_MODES = ['HTML', 'Markdown', 'MarkdownV2', ''] as const
type ParseMode = (typeof PARSE_MODES)[number]

export interface TelegramOptions {
  readonly http: HttpOptions
  readonly api: URL
  readonly token: string
  readonly chatId: string
  readonly threadId: number | undefined
  readonly text: string | undefined
  readonly parseMode: ParseMode
  readonly silent: boolean
}

const API = 'https://api.telegram.org'
const MAX_ALERTS = 40
const MAX_TEXT = 4096
const MAX_LINE = 600
const MAX_URL = 1000

export const telegram: ChannelKind<TelegramOptions> = {
  name: 'telegram',
  read(reader: OptionReader): TelegramOptions {
    const mode = reader.text('parseMode') ?? 'HTML'
    const parseMode = PARSE_MODES.find((each) => each === mode)
    const token = reader.needSecret('botToken')
    reader.remember(`/bot${token}`)
    return {
      http: readHttpOptions(reader),
      api: reader.url('apiUrl') ?? new URL(API),
      token,
      chatId: reader.needText('chatId'),
      threadId: reader.whole('messageThreadId', 0, 2 ** 53 - 1),
      text: reader.text('message'),
      parseMode: parseMode ?? reader.fail('parseMode', `must be one of ${PARSE_MODES.slice(0, -1).join(', ')}`),
      silent: reader.flag('disableNotifications', false),
    }
  },
  render,
  async send({ options, rendered, post, host }): Promise<Outcome> {
    const url = new URL(options.api)
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/bot${options.token}/sendMessage`
    const headers = { 'content-type': rendered.contentType }
    const rules = {
      now: host.now(),
      gone: [403],
      retryAfter: (said: unknown) => at(said, 'parameters', 'retry_after'),
    }
    let answer = await post({ url, headers, body: rendered.body })
    // Marks that Telegram cannot read must not cost the message.
    if (answer.status === 400 && answer.text.includes("can't parse entities")) {
      answer = await post({ url, headers, body: withoutMarks(rendered.body) })
    }
    const outcome = judge(answer, rules)
    if (outcome.kind !== 'delivered') return outcome
    const said = jsonOf(answer.text)
    if (at(said, 'ok') !== true) return { kind: 'temporary', reason: `${told(answer)} (not the answer of Telegram)` }
    const id = at(said, 'result', 'message_id')
    return { kind: 'delivered', ...(typeof id === 'number' ? { note: { messageId: String(id) } } : {}) }
  },
}

function withoutMarks(body: string): string {
  const message = jsonOf(body)
  const { text, parse_mode: _, ...rest } = isObject(message) ? message : {}
  return JSON.stringify({ ...rest, text: clip(stripped(String(text)), MAX_TEXT) })
}

function stripped(html: string): string {
  const entities = new Map(
    Object.entries({ '&lt;': '<', '&gt;': '>', '&#34;': '"', '&#39;': "'", '&#43;': '+', '&amp;': '&' }),
  )
  const bare = html.replaceAll(/<\/?[a-z][^<>]*>/gi, '')
  return bare.replaceAll(/&(?:lt|gt|amp|#34|#39|#43);/g, (entity) => entities.get(entity) ?? entity)
}

type MessageOptions = Pick<TelegramOptions, 'chatId' | 'threadId' | 'text' | 'parseMode' | 'silent'>

/** What the method sendMessage takes. */
export function render(notification: Notification, options: MessageOptions, templates: MessageTemplates): Rendered {
  const words = new Wording('telegram', notification, templates)
  const { typed } = templates
  const given = words.text('text', undefined) ?? expanded(words, options)
  const { fault, footer } = words
  const isMarked = given === undefined || typed.telegram !== undefined || options.parseMode !== ''
  const mode = given === undefined ? 'HTML' : options.parseMode
  const own = given === undefined ? defaultText(words, footer) : withFooter(given, footer, mode)
  const fits = own.length <= MAX_TEXT
  const text = fits ? own : clip(printable(mode === 'HTML' ? stripped(own) : own), MAX_TEXT)
  const body = JSON.stringify({
    chat_id: /^-?\d{1,15}$/.test(options.chatId) ? Number(options.chatId) : options.chatId,
    ...(options.threadId === undefined || options.threadId === 0 ? {} : { message_thread_id: options.threadId }),
    text: text.trim() === '' ? 'alert' : text,
    ...(fits && isMarked && mode !== '' ? { parse_mode: mode } : {}),
    ...(options.silent ? { disable_notification: true } : {}),
    link_preview_options: { is_disabled: true },
  })
  return { contentType: 'application/json', body, fault }
}

function expanded(words: Wording, { text, parseMode }: MessageOptions): string | undefined {
  const own = words.expand('message', text, parseMode === 'HTML')?.trim()
  return own === undefined || own === '' ? undefined : own
}

function withFooter(text: string, footer: string, mode: ParseMode): string {
  if (footer === '') return text
  return `${text}\n\n${mode === 'HTML' ? escapeHtml(footer) : footer}`
}

function defaultText({ message }: Wording, footer: string): string {
  const { subject, notices, common, alerts, links, total } = message
  const line = (text: string): string => escapedClip(printable(text), MAX_LINE, escapeHtml)
  return largestFitting(
    Math.min(alerts.length, MAX_ALERTS),
    (count) =>
      [
        `<b>${line(subject)}</b>`,
        ...notices.map(line),
        ...(common.length === 0 ? [] : [line(labelsText(common))]),
        ...alerts.slice(0, count).map((alert) => alertText(alert, line)),
        ...leftOut(total - count),
        linkText(links),
        footer === '' ? '' : line(footer),
      ]
        .filter((part) => part !== '')
        .join('\n\n'),
    (made) => made.length <= MAX_TEXT,
  )
}

function alertText(alert: AlertWords, line: (text: string) => string): string {
  const { status, when, value, labels, description, links } = alert
  const head = headOf(alert)
  return [
    `${status === 'firing' ? '🔥' : '✅'} <b>${line(head)}</b>`,
    line(value === '' ? when : `${when}, value ${value}`),
    ...(labels.length === 0 ? [] : [line(labelsText(labels))]),
    ...(description === '' || description === head ? [] : [line(description)]),
    linkText(links),
  ]
    .filter((part) => part !== '')
    .join('\n')
}

function linkText(links: readonly Link[]): string {
  return links
    .filter(({ url }) => url.length <= MAX_URL && isLink(url))
    .map(({ text, url }) => `<a href="${escapeHtml(url)}">${escapeHtml(text)}</a>`)
    .join(' · ')
}
