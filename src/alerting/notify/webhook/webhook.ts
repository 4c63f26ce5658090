import type { LabelSet } from '../../../series/index.ts'
import { common } from '../../common-labels.ts'
import type { Notification, Outcome } from '../../dispatch-types.ts'
import { messageOf } from '../../message/message.ts'
import type { ChannelKind, Rendered } from '../channel-kind.ts'
import { type HttpOptions, readHttpOptions } from '../http-options.ts'
import { judge } from '../judge.ts'
import type { OptionReader } from '../option-reader.ts'
import { signed, signingKey } from './signature.ts'

export interface WebhookOptions {
  readonly http: HttpOptions
  readonly url: URL
  /** 0: all. */
  readonly maxAlerts: number
  readonly keys: readonly Buffer[]
}

/** What says that no time is there, as Go writes it. */
const NO_TIME = '0001-01-01T00:00:00Z'
const MAX_ALERTS = 1_000_000

export const webhook: ChannelKind<WebhookOptions> = {
  name: 'webhook',
  read(reader: OptionReader): WebhookOptions {
    // Several stand in one text, with blanks between them.
    const several = (reader.secret('signingSecret') ?? '').split(/\s+/).filter((each) => each !== '')
    for (const each of several) reader.remember(each)
    const secrets = [...several, ...(reader.secretTexts('secret') ?? []), ...(reader.secretTexts('secrets') ?? [])]
    return {
      http: readHttpOptions(reader),
      url: reader.needUrl('url'),
      maxAlerts: reader.whole('maxAlerts', 0, MAX_ALERTS) ?? 0,
      keys: secrets.map(
        (secret) => signingKey(secret) ?? reader.fail('secret', 'must be whsec_ and base64 of 24 to 64 bytes'),
      ),
    }
  },
  render: (notification, { maxAlerts }) => render(notification, { maxAlerts }),
  async send({ notification, options, rendered, post, host }): Promise<Outcome> {
    const { body, contentType } = rendered
    const headers = {
      'content-type': contentType,
      ...signed({ id: notification.id, at: host.now(), body }, options.keys),
    }
    return judge(await post({ url: options.url, headers, body }), { now: host.now(), gone: [410] })
  },
}

/** Alertmanager's body of version 4; what is our own stands under `boxman`. */
export function render(notification: Notification, { maxAlerts }: Pick<WebhookOptions, 'maxAlerts'>): Rendered {
  const { alerts, reason, receiver, status, externalURL, groupKey } = notification
  const shown = maxAlerts === 0 ? alerts : alerts.slice(0, maxAlerts)
  const isWhole = shown.length === alerts.length
  const { severity, links } = messageOf(notification)
  const body = JSON.stringify({
    receiver,
    status,
    alerts: shown.map((alert) => ({
      status: alert.status,
      labels: record(alert.labels),
      annotations: record(alert.annotations),
      startsAt: timeText(alert.startsAt),
      endsAt: alert.status === 'firing' ? NO_TIME : timeText(alert.endsAt),
      generatorURL: alert.generatorURL,
      fingerprint: alert.fingerprint,
    })),
    groupLabels: record(notification.groupLabels),
    // Of those that are shown, as Alertmanager has it.
    commonLabels: record(isWhole ? notification.commonLabels : common(shown.map(({ labels }) => labels))),
    commonAnnotations: record(
      isWhole ? notification.commonAnnotations : common(shown.map(({ annotations }) => annotations)),
    ),
    externalURL,
    version: '4',
    groupKey,
    truncatedAlerts: alerts.length - shown.length,
    boxman: {
      id: notification.id,
      at: timeText(notification.at),
      reason,
      severity,
      links: Object.fromEntries(links.map(({ text, url }) => [text.toLowerCase(), url])),
      ...(notification.escalationLevel === undefined ? {} : { escalationLevel: notification.escalationLevel }),
      ...(notification.onCall === undefined ? {} : { onCall: notification.onCall }),
    },
  })
  return { contentType: 'application/json', body }
}

function record(labels: LabelSet): Readonly<Record<string, string>> {
  return Object.fromEntries(labels)
}

function timeText(at: number | undefined): string {
  const date = new Date(at ?? Number.NaN)
  return Number.isNaN(date.getTime()) ? NO_TIME : date.toISOString()
}
