import type { Notification } from '../../dispatch-types.ts'
import { escapedClip, printable } from '../../message/escaped.ts'
import { type AlertWords, isLink, type Link } from '../../message/message.ts'
import { headOf, labelsText, leftOut } from '../../message/plain-text.ts'
import { type MessageTemplates, type Severity, Wording } from '../../message/index.ts'
import { clip, largestFitting } from '../../message/truncate.ts'
import type { Rendered } from '../channel-kind.ts'
import type { SlackOptions } from './slack-options.ts'

/** Of the whole message: above about 13 200 Slack refuses it. */
const MAX_MESSAGE = 12_000
const MAX_ALERT_BLOCKS = 40
const MAX_SECTION = 3000
const MAX_ALERT = 1200
const MAX_HEAD = 500
const MAX_LINE = 800
const MAX_FIELDS = 10
const MAX_FIELD = 400
const MAX_BUTTONS = 8
const MAX_BUTTON_TEXT = 75
const MAX_URL = 2000

const COLORS: Readonly<Record<Severity, string>> = {
  critical: '#b3261e',
  error: '#d9480f',
  warning: '#e0a800',
  info: '#2f6fd0',
}
const RESOLVED_COLOR = '#1e7d34'
const NAMED_COLORS = new Set(['good', 'warning', 'danger'])

type Block = Readonly<Record<string, unknown>>

/** A message of Slack, with an attachment for its colour. */
export function render(notification: Notification, options: SlackOptions, templates: MessageTemplates): Rendered {
  const words = new Wording('slack', notification, templates)
  const head = headText(words, options)
  const text = words.text('text', options.text)
  const said = (
    name: 'footer' | 'fallback' | 'color' | 'imageUrl' | 'username' | 'iconEmoji' | 'iconUrl' | 'channel',
  ) => words.expand(name, options[name])?.trim() || undefined
  const [ownFooter, fallback, color, imageUrl] = [said('footer'), said('fallback'), said('color'), said('imageUrl')]
  const names = {
    channel: said('channel'),
    username: said('username'),
    icon_emoji: said('iconEmoji'),
    icon_url: said('iconUrl'),
    ...(options.linkNames ? { link_names: true } : {}),
  }
  const fields = options.fields
    .slice(0, MAX_FIELDS)
    .map(({ title, value }) =>
      mrkdwn(clip(`*${words.expand('fields', title) ?? ''}*\n${words.expand('fields', value) ?? ''}`, MAX_FIELD)),
    )
  const buttons = buttonsOf(words, options)
  const { message, fault, footer } = words
  const make = (count: number, lean = false): string => {
    const shown = message.alerts.slice(0, count)
    const details =
      text === undefined
        ? [...shown.map(alertBlock), ...leftOut(message.total - count).map((line) => section(line))]
        : [section(clip(printable(text), Math.min(MAX_SECTION, lean ? MAX_LINE : MAX_SECTION)))]
    const small = [
      ownFooter === undefined ? '' : clip(printable(ownFooter), MAX_LINE),
      commonText(message.common),
      footer,
    ]
    const blocks: readonly Block[] = [
      ...message.notices.map((notice) => section(`*${escapedClip(printable(notice), MAX_LINE, escape)}*`)),
      ...details,
      ...(lean || fields.length === 0 ? [] : [{ type: 'section', fields }]),
      ...(lean || imageUrl === undefined || !isShortLink(imageUrl)
        ? []
        : [{ type: 'image', image_url: imageUrl, alt_text: 'image' }]),
      ...(buttons.length === 0 ? [] : [{ type: 'actions', elements: lean ? buttons.slice(0, 1) : buttons }]),
      ...(lean ? [footer] : small).flatMap((line) =>
        line === '' ? [] : [context(escapedClip(printable(line), MAX_LINE, escape))],
      ),
    ]
    return JSON.stringify({
      ...withoutEmpty(names),
      text: head,
      attachments: [
        {
          color: color !== undefined && isColor(color) ? color : colorOf(message.status, message.severity),
          fallback:
            fallback === undefined
              ? escapedClip(printable(message.subject), MAX_HEAD, escape)
              : clip(printable(fallback), MAX_HEAD),
          blocks: blocks.length === 0 ? [section(escapedClip(message.subject, MAX_LINE, escape))] : blocks,
        },
      ],
    })
  }
  const most = Math.min(message.alerts.length, MAX_ALERT_BLOCKS)
  const body = largestFitting(
    most,
    (count) => make(count),
    (made) => made.length <= MAX_MESSAGE,
  )
  return { contentType: 'application/json', body: body.length <= MAX_MESSAGE ? body : make(0, true), fault }
}

function headText(words: Wording, options: SlackOptions): string {
  const whole = words.expand('message_text', options.messageText)?.trim() ?? ''
  if (whole !== '') return clip(printable(whole), MAX_LINE)
  const own = words.text('title', options.title)
  const link = words.expand('title_link', options.titleLink)?.trim() ?? ''
  const pretext = words.expand('pretext', options.pretext)?.trim() ?? ''
  const title =
    own === undefined ? escapedClip(printable(words.message.subject), MAX_HEAD, escape) : clip(printable(own), MAX_HEAD)
  const line = title.replaceAll(/\s*\n\s*/g, ' ')
  const linked = isShortLink(link) ? `<${link}|${line.replaceAll(/[<>|]/g, ' ')}>` : line
  return pretext === '' ? `*${linked}*` : `${clip(printable(pretext), MAX_LINE)}\n*${linked}*`
}

function buttonsOf(words: Wording, { actions }: SlackOptions): readonly Block[] {
  const own = actions.map(({ text, url, style }) => ({
    text: words.expand('actions', text) ?? '',
    url: words.expand('actions', url)?.trim() ?? '',
    style: words.expand('actions', style)?.trim() ?? '',
  }))
  const links = words.message.links.map((link: Link) => ({
    ...link,
    style: link.text === 'Acknowledge' ? 'primary' : '',
  }))
  return [...links, ...own]
    .filter(({ text, url }) => text.trim() !== '' && isShortLink(url))
    .slice(0, MAX_BUTTONS)
    .map(({ text, url, style }) => ({
      type: 'button',
      text: { type: 'plain_text', text: clip(printable(text), MAX_BUTTON_TEXT) },
      url,
      ...(style === 'primary' || style === 'danger' ? { style } : {}),
    }))
}

function alertBlock(alert: AlertWords): Block {
  const { when, value, labels, description, links, status } = alert
  const head = headOf(alert)
  const links_ = links.filter(({ url }) => isShortLink(url)).slice(0, 3)
  const tail = links_.map(({ text, url }) => `<${url.replaceAll(/[<>|]/g, encodeURIComponent)}|${text}>`).join('  ')
  const told = [
    value === '' ? when : `${when}, value ${value}`,
    ...(labels.length === 0 ? [] : [labelsText(labels)]),
    ...(description === '' || description === head ? [] : [description]),
  ].join('\n')
  const mark = status === 'firing' ? ':red_circle:' : ':large_green_circle:'
  const lines = [
    `${mark} *${escapedClip(printable(head).replaceAll('\n', ' '), MAX_LINE / 2, escape)}*`,
    escapedClip(printable(told), MAX_ALERT, escape),
    ...(tail.length > MAX_ALERT || tail === '' ? [] : [tail]),
  ]
  return section(lines.join('\n'))
}

function commonText(common: readonly (readonly [string, string])[]): string {
  return common.length === 0 ? '' : labelsText(common)
}

function section(text: string): Block {
  return { type: 'section', text: mrkdwn(text) }
}

function context(text: string): Block {
  return { type: 'context', elements: [mrkdwn(text)] }
}

function mrkdwn(text: string): Block {
  return { type: 'mrkdwn', text: text === '' ? ' ' : text }
}

/** What Slack takes as marks of its own. */
function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function isShortLink(url: string): boolean {
  return url.length <= MAX_URL && isLink(url)
}

function isColor(color: string): boolean {
  return NAMED_COLORS.has(color) || /^#[\da-f]{6}$/i.test(color)
}

function colorOf(status: 'firing' | 'resolved', severity: Severity): string {
  return status === 'resolved' ? RESOLVED_COLOR : COLORS[severity]
}

function withoutEmpty(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'string' ? clip(printable(value), MAX_FIELD) : value]],
    ),
  )
}
