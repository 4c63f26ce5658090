import type { Channel, Integration, Notification } from '../dispatch-types.ts'
import type { ChannelHost } from './channel-host.ts'
import type { ChannelKind, ChannelOptions, Rate, Rendered } from './channel-kind.ts'
import { command } from './command/command.ts'
import { discord } from './discord/discord.ts'
import { email } from './email/email.ts'
import { LiveChannel } from './live-channel.ts'
import { msteams } from './msteams/msteams.ts'
import { ntfy } from './ntfy/ntfy.ts'
import { pagerduty } from './pagerduty/pagerduty.ts'
import { slack } from './slack/slack.ts'
import { sms } from './sms/sms.ts'
import { telegram } from './telegram/telegram.ts'
import { webhook } from './webhook/webhook.ts'

/** A channel that can also show what it would send. */
export interface PreviewChannel extends Channel {
  /** With secrets hidden. Rejects when the options' files cannot be read. */
  preview(notification: Notification): Promise<Rendered>
}

type Make = (integration: Integration, host: ChannelHost) => PreviewChannel

function maker<Options extends ChannelOptions, Out extends Rendered>(kind: ChannelKind<Options, Out>): Make {
  return (integration, host) => new LiveChannel(kind, integration, host)
}

const KINDS: ReadonlyMap<string, Make> = new Map([
  ['command', maker(command)],
  ['discord', maker(discord)],
  ['email', maker(email)],
  ['msteams', maker(msteams)],
  // Alertmanager's name for Workflows.
  ['msteamsv2', maker(msteams)],
  ['ntfy', maker(ntfy)],
  ['pagerduty', maker(pagerduty)],
  ['slack', maker(slack)],
  ['sms', maker(sms)],
  ['telegram', maker(telegram)],
  ['twilio', maker(sms)],
  ['webhook', maker(webhook)],
])

export const CHANNEL_KINDS: readonly string[] = [...KINDS.keys()]

/** What each kind of receiver takes without complaint, when the integration says nothing else. */
export const DEFAULT_RATES: Readonly<Record<string, Rate>> = {
  command: { burst: 10, perMinute: 120 },
  /** 5 in 2 s. */
  discord: { burst: 2, perMinute: 90 },
  email: { burst: 10, perMinute: 60 },
  /** 4 a second. */
  msteams: { burst: 1, perMinute: 180 },
  msteamsv2: { burst: 1, perMinute: 180 },
  ntfy: { burst: 30, perMinute: 12 },
  /** 120 in any 60 s. */
  pagerduty: { burst: 20, perMinute: 100 },
  /** 1 a second and channel. */
  slack: { burst: 1, perMinute: 60 },
  /** 1 a second and number. */
  sms: { burst: 1, perMinute: 60 },
  /** 1 a second and chat. */
  telegram: { burst: 1, perMinute: 60 },
  twilio: { burst: 1, perMinute: 60 },
  webhook: { burst: 20, perMinute: 600 },
}

/**
 * The way out that an integration describes. Redirects are never followed, and no connection goes to a link-local,
 * metadata, multicast or unspecified address unless `allowAddresses` names it.
 * @throws TypeError, RangeError that name what is wrong with the options.
 */
export function createChannel(integration: Integration, host: ChannelHost): PreviewChannel {
  const make = KINDS.get(integration.kind)
  if (make === undefined) {
    throw new TypeError(
      `${integration.key}: no channel ${JSON.stringify(integration.kind)}; there are ${CHANNEL_KINDS.join(', ')}`,
    )
  }
  return make(integration, host)
}
