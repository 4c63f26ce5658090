import { createHash } from 'node:crypto'
import type { Notification, Outcome } from '../../dispatch-types.ts'
import { isLink, type Link, messageOf } from '../../message/message.ts'
import { plainText } from '../../message/plain-text.ts'
import { type MessageTemplates, severityOf, severityOfWord, Wording } from '../../message/index.ts'
import { clip, clipBytes, largestFitting } from '../../message/truncate.ts'
import type { ChannelKind, Rendered } from '../channel-kind.ts'
import { type HttpOptions, readHttpOptions } from '../http-options.ts'
import { at, jsonOf, judge, told } from '../judge.ts'
import type { OptionReader } from '../option-reader.ts'

export interface PagerDutyOptions {
  readonly http: HttpOptions
  readonly routingKey: string
  readonly url: URL
  readonly title: string | undefined
  readonly severity: string | undefined
  readonly source: string | undefined
  readonly client: string | undefined
  readonly clientUrl: string | undefined
  readonly class: string | undefined
  readonly component: string | undefined
  readonly group: string | undefined
  readonly details: Readonly<Record<string, string>>
  readonly links: readonly { readonly href: string; readonly text: string }[]
  readonly images: readonly { readonly src: string; readonly href: string; readonly alt: string }[]
}

const URL_OF_EVENTS = 'https://events.pagerduty.com/v2/enqueue'
const MAX_SUMMARY = 1024
const MAX_DEDUP_KEY = 255
const MAX_BODY_BYTES = 512 * 1024
const MAX_DETAIL_BYTES = 8 * 1024
const MAX_DETAILS = 30
const MAX_LINKS = 20
const MAX_FIELD = 255
const MAX_LINK = 2048

export const pagerduty: ChannelKind<PagerDutyOptions> = {
  name: 'pagerduty',
  read(reader: OptionReader): PagerDutyOptions {
    if (reader.has('serviceKey')) reader.fail('service_key', 'is of an API that is no more: use routing_key')
    return {
      http: readHttpOptions(reader),
      routingKey: reader.needSecret('routingKey'),
      url: reader.url('url') ?? new URL(URL_OF_EVENTS),
      title: reader.text('description'),
      severity: reader.text('severity'),
      source: reader.text('source'),
      client: reader.text('client'),
      clientUrl: reader.text('clientUrl'),
      class: reader.text('class'),
      component: reader.text('component'),
      group: reader.text('group'),
      details: reader.record('details'),
      links: reader.sections('links').map((link) => ({ href: link.needText('href'), text: link.text('text') ?? '' })),
      images: reader.sections('images').map((image) => ({
        src: image.needText('src'),
        href: image.text('href') ?? '',
        alt: image.text('alt') ?? '',
      })),
    }
  },
  render,
  async send({ options, rendered, post, host }): Promise<Outcome> {
    const { body, contentType } = rendered
    const answer = await post({ url: options.url, headers: { 'content-type': contentType }, body })
    const outcome = judge(answer, { now: host.now() })
    if (outcome.kind !== 'delivered') return outcome
    const status = at(jsonOf(answer.text), 'status')
    if (status !== undefined && status !== 'success') return { kind: 'permanent', reason: told(answer) }
    return { kind: 'delivered', note: { dedupKey: dedupKeyOf(jsonOf(body)) } }
  },
}

function dedupKeyOf(event: unknown): string {
  const key = at(event, 'dedup_key')
  return typeof key === 'string' ? key : ''
}

/** An event of PagerDuty's Events API v2. */
export function render(notification: Notification, options: PagerDutyOptions, templates: MessageTemplates): Rendered {
  const words = new Wording('pagerduty', notification, templates)
  const { message } = words
  const expand = (name: keyof PagerDutyOptions, source: string | undefined): string | undefined => {
    const expanded = words.expand(name, source)?.trim()
    return expanded === undefined || expanded === '' ? undefined : clip(expanded, MAX_FIELD)
  }
  const summary = words.text('title', options.title) ?? summaryOf(notification)
  const severity = severityOfWord(expand('severity', options.severity) ?? '') ?? severityOf(notification)
  const source = expand('source', options.source) ?? sourceOf(notification)
  const fields = Object.fromEntries(
    (['class', 'component', 'group'] as const).flatMap((name) => {
      const value = expand(name, options[name])
      return value === undefined ? [] : [[name, value]]
    }),
  )
  const client = expand('client', options.client) ?? 'Boxman'
  const clientUrl = words.expand('client_url', options.clientUrl) ?? notification.externalURL
  const details = [
    ...Object.entries(options.details).map(([name, text]) => [name, words.expand(name, text) ?? ''] as const),
    ...Object.entries(words.details),
  ]
  const links: readonly Link[] = [
    ...options.links.map(({ href, text }) => ({
      url: words.expand('links', href) ?? '',
      text: words.expand('links', text) ?? '',
    })),
    ...message.links,
    ...message.alerts.flatMap((alert) => alert.links.filter(({ text }) => text !== 'Source')),
  ]
  const images = options.images.map(({ src, href, alt }) => ({
    src: words.expand('images', src) ?? '',
    ...optionalLink(words.expand('images', href)),
    alt: clip(words.expand('images', alt) ?? '', MAX_FIELD),
  }))
  const { fault, footer } = words
  const make = (count: number): string =>
    JSON.stringify({
      routing_key: options.routingKey,
      event_action: notification.status === 'firing' ? 'trigger' : 'resolve',
      dedup_key: createHash('sha256').update(notification.groupKey).digest('hex').slice(0, MAX_DEDUP_KEY),
      client,
      ...(isLink(clientUrl) ? { client_url: clientUrl } : {}),
      payload: {
        summary: clip(summary, MAX_SUMMARY),
        source,
        severity,
        timestamp: timestampOf(notification),
        ...fields,
        custom_details: {
          firing: String(message.firing),
          resolved: String(message.resolved),
          ...Object.fromEntries(
            details
              .slice(0, MAX_DETAILS)
              .map(([name, value]) => [clip(name, MAX_FIELD), clipBytes(value, MAX_DETAIL_BYTES)]),
          ),
          ...(footer === '' ? {} : { template_fault: footer }),
          alerts: clipBytes(plainText(message, { count }), MAX_BODY_BYTES / 8),
        },
      },
      links: distinct(links)
        .slice(0, MAX_LINKS)
        .map(({ url, text }) => ({ href: url, text: clip(text === '' ? url : text, MAX_FIELD) })),
      images: images.filter(({ src }) => src.startsWith('https://') && src.length <= MAX_LINK).slice(0, MAX_LINKS),
    })
  const fits = (body: string): boolean => Buffer.byteLength(body) <= MAX_BODY_BYTES
  return { contentType: 'application/json', body: largestFitting(message.alerts.length, make, fits), fault }
}

function summaryOf(notification: Notification): string {
  const { subject, alerts, notices } = messageOf(notification)
  const [first] = alerts
  const escalated =
    notification.reason === 'escalation' || notification.reason === 'test' ? `${notices.join(' ')} ` : ''
  const summary = first === undefined || first.summary === '' ? '' : `: ${first.summary}`
  return `${escalated}${subject}${alerts.length === 1 ? summary : ''}`
}

/** What it is that has the fault. */
function sourceOf({ commonLabels, externalURL }: Notification): string {
  const named = ['instance', 'service', 'job', 'alertname'].map((name) => commonLabels.get(name))
  return clip(named.find((value) => value !== '') ?? (externalURL === '' ? 'boxman' : externalURL), MAX_FIELD)
}

function timestampOf({ alerts, at }: Notification): string {
  const starts = alerts.filter(({ status }) => status === 'firing').map(({ startsAt }) => startsAt)
  const first = starts.length === 0 ? at : Math.min(...starts.slice(0, 1), at)
  const date = new Date(first)
  return Number.isNaN(date.getTime()) ? new Date(0).toISOString() : date.toISOString()
}

function optionalLink(href: string | undefined): { readonly href?: string } {
  return href !== undefined && isLink(href) && href.length <= MAX_LINK ? { href } : {}
}

/** Each address once, and only those that are one. */
export function distinct(links: readonly Link[]): readonly Link[] {
  const seen = new Set<string>()
  return links.filter(({ url }) => {
    if (!isLink(url) || url.length > MAX_LINK || seen.has(url)) return false
    seen.add(url)
    return true
  })
}
