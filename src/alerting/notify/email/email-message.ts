import { createHash } from 'node:crypto'
import type { Notification } from '../../dispatch-types.ts'
import { printable } from '../../message/escaped.ts'
import type { AlertWords, Message } from '../../message/message.ts'
import { headOf, leftOut, plainText } from '../../message/plain-text.ts'
import { type MessageTemplates, type Severity, Wording } from '../../message/index.ts'
import { clip, largestFitting } from '../../message/truncate.ts'
import { escapeHtml } from '../../template/escape.ts'
import type { Rendered } from '../channel-kind.ts'
import type { EmailOptions } from './email-options.ts'

export interface Mail {
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly messageId: string
  readonly headers: Readonly<Record<string, string>>
}

export interface RenderedMail extends Rendered {
  readonly mail: Mail
}

/** Above about 100 KB readers of mail show only a part. */
const MAX_HTML = 90_000
const MAX_TEXT = 256 * 1024
const MAX_SUBJECT = 250
const MAX_ADDRESSES = 2000
const MAX_HEADER = 500
const MAX_LINE = 2000

const COLORS: Readonly<Record<Severity, string>> = {
  critical: '#b3261e',
  error: '#c2410c',
  warning: '#8a6100',
  info: '#2459a8',
}
const RESOLVED_COLOR = '#1e7d34'
/** What a header's name may be. */
const HEADER = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/
/** What a message says of itself. */
const OWN_HEADERS = new Set([
  'from',
  'to',
  'subject',
  'message-id',
  'references',
  'in-reply-to',
  'auto-submitted',
  'content-type',
  'content-transfer-encoding',
  'mime-version',
  'bcc',
  'cc',
])

/** A mail with a text and a page; mails of one group are one thread. */
export function render(
  notification: Notification,
  options: Pick<EmailOptions, 'from' | 'to' | 'headers' | 'title' | 'text' | 'html' | 'threaded' | 'host'>,
  templates: MessageTemplates,
): RenderedMail {
  const words = new Wording('email', notification, templates)
  const subject = words.text('title', options.title) ?? words.message.subject
  const ownText = words.text('text', options.text)
  const ownHtml = words.html(options.html)
  const from = words.expand('from', options.from) ?? options.from
  const to = words.expand('to', options.to) ?? options.to
  const headers = Object.entries(options.headers).flatMap(([name, value]) => {
    if (!HEADER.test(name) || OWN_HEADERS.has(name.toLowerCase())) return []
    return [[name, oneLine(words.expand(name, value) ?? '', MAX_HEADER)] as const]
  })
  const { message, fault, footer } = words
  const text = [ownText ?? plainText(message), footer].filter((part) => part !== '').join('\n\n')
  const html = ownHtml === undefined ? defaultHtml(message, ownText, footer) : withFooter(ownHtml, footer)
  const home = domainOf(from) ?? options.host
  const thread = `<${hash(notification.groupKey)}@${home}>`
  const mail: Mail = {
    from: oneLine(from, MAX_ADDRESSES),
    to: oneLine(to, MAX_ADDRESSES),
    subject: oneLine(subject, MAX_SUBJECT),
    text: clip(printable(text), MAX_TEXT),
    html,
    // The same over all attempts, so that a mail that comes twice can be told.
    messageId: `<${hash(notification.id)}@${home}>`,
    headers: {
      ...Object.fromEntries(headers),
      'Auto-Submitted': 'auto-generated',
      ...(options.threaded ? { References: thread, 'In-Reply-To': thread } : {}),
      ...(message.status === 'firing' && message.severity === 'critical' ? { 'X-Priority': '1' } : {}),
    },
  }
  return { contentType: 'application/json', body: JSON.stringify(mail), fault, mail }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

function domainOf(address: string): string | undefined {
  return /@([\w.-]+)>?\s*$/.exec(address)?.[1]
}

/** No line breaks: nobody writes a header by a label. */
function oneLine(text: string, max: number): string {
  return clip(
    printable(text)
      .replaceAll(/\s*\n\s*/g, ' ')
      .trim(),
    max,
  )
}

function withFooter(html: string, footer: string): string {
  if (footer === '') return html
  const note = `<p style="color: #666666; font-size: 12px">${escapeHtml(footer)}</p>`
  const end = html.lastIndexOf('</body>')
  return end < 0 ? html + note : html.slice(0, end) + note + html.slice(end)
}

function defaultHtml(message: Message, ownText: string | undefined, footer: string): string {
  const color = message.status === 'resolved' ? RESOLVED_COLOR : COLORS[message.severity]
  return largestFitting(
    message.alerts.length,
    (count) => {
      const shown = ownText === undefined ? message.alerts.slice(0, count) : []
      const rows = [
        row(`padding: 16px; font-size: 18px; color: #ffffff; background: ${color}`, html(message.subject)),
        ...message.notices.map((notice) => row('padding: 12px 16px; font-weight: bold', html(notice))),
        ...(ownText === undefined
          ? []
          : [row('padding: 12px 16px; white-space: pre-wrap', html(ownText, MAX_HTML / 8))]),
        ...shown.map(alertRow),
        ...(ownText === undefined ? leftOut(message.total - count) : []).map((line) => row('padding: 12px 16px', line)),
        ...(message.common.length === 0
          ? []
          : [row('padding: 12px 16px; border-top: 1px solid #dddddd', chips(message.common))]),
        ...(message.links.length === 0
          ? []
          : [row('padding: 16px; border-top: 1px solid #dddddd', message.links.map(link).join(' &nbsp; '))]),
        ...(footer === '' ? [] : [row('padding: 12px 16px; color: #666666; font-size: 12px', html(footer))]),
      ]
      return page(message.subject, rows.join('\n'))
    },
    (made) => made.length <= MAX_HTML,
  )
}

function page(title: string, rows: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${html(title)}</title></head>
<body style="margin: 0; padding: 16px; font-family: Helvetica, Arial, sans-serif; font-size: 15px; color: #222222; background: #f4f4f4">
<table role="presentation" cellpadding="0" cellspacing="0" style="width: 100%; max-width: 640px; margin: 0 auto; border-collapse: collapse; background: #ffffff">
${rows}
</table>
</body>
</html>
`
}

function row(style: string, inside: string): string {
  return `<tr><td style="${style}">${inside}</td></tr>`
}

function alertRow(alert: AlertWords): string {
  const { status, when, value, labels, description, links } = alert
  const head = headOf(alert)
  const color = status === 'firing' ? COLORS.critical : RESOLVED_COLOR
  const parts = [
    `<strong style="color: ${color}">${html(head)}</strong>`,
    html(value === '' ? when : `${when}, value ${value}`),
    ...(description === '' || description === head
      ? []
      : [`<span style="white-space: pre-line">${html(description)}</span>`]),
    ...(labels.length === 0 ? [] : [chips(labels)]),
    ...(links.length === 0 ? [] : [links.map(link).join(' &nbsp; ')]),
  ]
  return row('padding: 12px 16px; border-top: 1px solid #dddddd', parts.join('<br>\n'))
}

const MAX_CHIPS = 40

function chips(labels: readonly (readonly [string, string])[]): string {
  const shown = labels.slice(0, MAX_CHIPS).map(([name, value]) => `<code>${html(`${name}=${value}`, 300)}</code>`)
  const hidden = labels.length - shown.length
  return shown.join(' ') + (hidden === 0 ? '' : ` and ${hidden} more`)
}

function link({ text, url }: { readonly text: string; readonly url: string }): string {
  return `<a href="${html(url)}" style="color: #2459a8">${html(text)}</a>`
}

function html(text: string, max = MAX_LINE): string {
  return escapeHtml(clip(printable(text), max))
}
