import type { Notification, Outcome } from '../../dispatch-types.ts'
import { printable } from '../../message/escaped.ts'
import type { AlertWords, Link } from '../../message/message.ts'
import { headOf, leftOut } from '../../message/plain-text.ts'
import { type MessageTemplates, type Severity, Wording } from '../../message/index.ts'
import { clip, largestFitting } from '../../message/truncate.ts'
import type { ChannelKind, Rendered } from '../channel-kind.ts'
import { type HttpOptions, readHttpOptions } from '../http-options.ts'
import { judge } from '../judge.ts'
import type { OptionReader } from '../option-reader.ts'

export interface TeamsOptions {
  readonly http: HttpOptions
  readonly url: URL
  readonly title: string | undefined
  readonly text: string | undefined
}

/** About 28 KB are taken. */
const MAX_BYTES = 27_000
const MAX_ALERTS = 60
const MAX_TITLE = 500
const MAX_LINE = 1000
const MAX_TEXT = 6000
const MAX_FACTS = 15
const MAX_URL = 2000
const MAX_ACTIONS = 6

const COLORS: Readonly<Record<Severity, string>> = {
  critical: 'attention',
  error: 'attention',
  warning: 'warning',
  info: 'accent',
}

type Element = Readonly<Record<string, unknown>>

export const msteams: ChannelKind<TeamsOptions> = {
  name: 'msteams',
  read(reader: OptionReader): TeamsOptions {
    // Of the cards before Adaptive Cards.
    reader.ignore('summary')
    return {
      http: readHttpOptions(reader),
      url: reader.needUrl('webhookUrl'),
      title: reader.text('title'),
      text: reader.text('text'),
    }
  },
  render,
  async send({ options, rendered, post, host }): Promise<Outcome> {
    const { body, contentType } = rendered
    const answer = await post({ url: options.url, headers: { 'content-type': contentType }, body })
    return judge(answer, { now: host.now(), gone: [404, 410] })
  },
}

/** An Adaptive Card, as a flow of Power Automate takes it. */
export function render(
  notification: Notification,
  { title, text }: Pick<TeamsOptions, 'title' | 'text'>,
  templates: MessageTemplates,
): Rendered {
  const words = new Wording('msteams', notification, templates)
  const head = words.text('title', title) ?? words.message.subject
  const own = words.text('text', text)
  const { message, fault, footer } = words
  const color = message.status === 'resolved' ? 'good' : COLORS[message.severity]
  const make = (count: number, lean = false): string => {
    const shown = message.alerts.slice(0, count)
    const body: readonly Element[] = [
      { ...block(clip(head, MAX_TITLE)), size: 'large', weight: 'bolder', color },
      ...message.notices.map((notice) => ({ ...block(clip(notice, MAX_LINE)), weight: 'bolder' })),
      ...(own === undefined
        ? [...shown.flatMap(alertElements), ...leftOut(message.total - count).map(block)]
        : [{ type: 'TextBlock', text: clip(printable(own), lean ? MAX_LINE : MAX_TEXT), wrap: true }]),
      ...(lean || message.common.length === 0 ? [] : [facts(message.common)]),
      ...(footer === '' ? [] : [{ ...block(footer), isSubtle: true, size: 'small' }]),
    ]
    return JSON.stringify({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: {
            $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
            type: 'AdaptiveCard',
            version: '1.4',
            msteams: { width: 'Full' },
            body,
            actions: actionsOf([...message.links, ...shown.flatMap(({ links }) => links)], lean ? 2 : MAX_ACTIONS),
          },
        },
      ],
    })
  }
  const fits = (made: string): boolean => Buffer.byteLength(made) <= MAX_BYTES
  const made = largestFitting(Math.min(message.alerts.length, MAX_ALERTS), (count) => make(count), fits)
  return { contentType: 'application/json', body: fits(made) ? made : make(0, true), fault }
}

function alertElements(alert: AlertWords): readonly Element[] {
  const { status, when, value, labels, description } = alert
  const head = headOf(alert)
  return [
    {
      ...block(clip(head, MAX_LINE)),
      weight: 'bolder',
      color: status === 'firing' ? 'attention' : 'good',
      separator: true,
    },
    ...(description === '' || description === head ? [] : [block(clip(description, MAX_LINE))]),
    facts([[status, when], ...(value === '' ? [] : [['value', value] as const]), ...labels]),
  ]
}

function facts(pairs: readonly (readonly [name: string, value: string])[]): Element {
  const shown = pairs.slice(0, MAX_FACTS).map(([name, value]) => fact(name, value))
  const hidden = pairs.length - shown.length
  return { type: 'FactSet', facts: hidden === 0 ? shown : [...shown, fact('…', `and ${hidden} more labels`)] }
}

function fact(name: string, value: string): Element {
  return { title: plain(clip(name, 100)), value: plain(clip(value, 300)) }
}

function block(text: string): Element {
  return { type: 'TextBlock', text: plain(text).replaceAll('\n', '\n\n'), wrap: true }
}

/** No marks of the little Markdown that cards know. */
function plain(text: string): string {
  return printable(text).replaceAll(/[\\[\]*`]/g, String.raw`\$&`)
}

function actionsOf(links: readonly Link[], most: number): readonly Element[] {
  const seen = new Set<string>()
  return links
    .filter(({ url }) => url.length <= MAX_URL && !seen.has(url) && seen.add(url))
    .slice(0, most)
    .map(({ text, url }) => ({ type: 'Action.OpenUrl', title: text, url: new URL(url).href }))
}
