import type { Matcher } from '../../series/index.ts'
import type { ChannelKind, OptionsByKind } from '../notify/options.ts'

/** As Prometheus writes them: `30s`, `1h30m`. */
type Duration = string

type Plain = string | number | boolean | undefined
type Timed = 'timeout' | 'validity'
/** Everything may be left out; durations are texts. */
type Stated<T> = T extends Plain
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Stated<Item>[]
    : { readonly [K in keyof T]?: K extends Timed ? Duration | undefined : Stated<T[K]> }

/** Options that stand in the block `boxman`: of some channels, or of all but one. */
type Ours<K extends ChannelKind> =
  | 'allowAddresses'
  | (K extends 'webhook' ? 'secret' | 'secretFile' | 'secrets' : never)
  | (K extends 'email' ? 'timeout' : never)
type Renamed<K extends ChannelKind> = K extends 'email' ? 'implicitTls' : never

/** Of all channels. */
export interface DeliveryInput {
  readonly rate?: { readonly perMinute: number; readonly burst?: number } | undefined
  /** A receiver for what this one cannot be told. */
  readonly fallback?: string | undefined
  readonly fallbackAfter?: Duration | undefined
}

export type IntegrationInput<K extends ChannelKind> = Omit<Stated<OptionsByKind[K]>, Ours<K> | Renamed<K>> &
  (K extends 'email' ? { readonly forceImplicitTls?: boolean | undefined } : unknown) & {
    readonly sendResolved?: boolean | undefined
    readonly boxman?:
      | (DeliveryInput & Pick<Stated<OptionsByKind[K]>, Ours<K> & keyof Stated<OptionsByKind[K]>>)
      | undefined
  }

export interface ReceiverInput {
  readonly name: string
  readonly webhookConfigs?: readonly IntegrationInput<'webhook'>[] | undefined
  readonly slackConfigs?: readonly IntegrationInput<'slack'>[] | undefined
  readonly pagerdutyConfigs?: readonly IntegrationInput<'pagerduty'>[] | undefined
  readonly msteamsv2Configs?: readonly IntegrationInput<'msteams'>[] | undefined
  readonly emailConfigs?: readonly IntegrationInput<'email'>[] | undefined
  readonly discordConfigs?: readonly IntegrationInput<'discord'>[] | undefined
  readonly telegramConfigs?: readonly IntegrationInput<'telegram'>[] | undefined
  readonly twilioConfigs?: readonly IntegrationInput<'sms'>[] | undefined
  readonly ntfyConfigs?: readonly IntegrationInput<'ntfy'>[] | undefined
  readonly commandConfigs?: readonly IntegrationInput<'command'>[] | undefined
  readonly boxman?: (DeliveryInput & { readonly schedule?: string | undefined }) | undefined
}

/** `severity="critical"`, or several in braces. */
export type MatcherInput = string | Matcher

export interface RouteInput {
  readonly receiver?: string | undefined
  /** `'...'`: every label. */
  readonly groupBy?: readonly string[] | undefined
  readonly matchers?: readonly MatcherInput[] | undefined
  readonly continue?: boolean | undefined
  readonly groupWait?: Duration | undefined
  readonly groupInterval?: Duration | undefined
  readonly repeatInterval?: Duration | undefined
  readonly muteTimeIntervals?: readonly string[] | undefined
  readonly activeTimeIntervals?: readonly string[] | undefined
  readonly routes?: readonly RouteInput[] | undefined
  readonly boxman?: { readonly escalation?: string | undefined } | undefined
}

export interface TimeSpecInput {
  readonly times?: readonly { readonly startTime: string; readonly endTime: string }[] | undefined
  readonly weekdays?: readonly string[] | undefined
  readonly daysOfMonth?: readonly (string | number)[] | undefined
  readonly months?: readonly (string | number)[] | undefined
  readonly years?: readonly (string | number)[] | undefined
  readonly location?: string | undefined
}

/** What alertmanager.yml says, in camelCase. */
export interface AlertingInput {
  readonly global?:
    | {
        readonly resolveTimeout?: Duration | undefined
        readonly httpConfig?: IntegrationInput<'webhook'>['httpConfig']
        readonly smtpFrom?: string | undefined
        readonly smtpHello?: string | undefined
        readonly smtpSmarthost?: string | undefined
        readonly smtpAuthUsername?: string | undefined
        readonly smtpAuthPassword?: string | undefined
        readonly smtpAuthPasswordFile?: string | undefined
        readonly smtpAuthSecret?: string | undefined
        readonly smtpAuthSecretFile?: string | undefined
        readonly smtpAuthIdentity?: string | undefined
        readonly smtpRequireTls?: boolean | undefined
        readonly smtpForceImplicitTls?: boolean | undefined
        readonly smtpTlsConfig?: IntegrationInput<'email'>['tlsConfig']
        readonly slackApiUrl?: string | undefined
        readonly slackApiUrlFile?: string | undefined
        readonly slackAppToken?: string | undefined
        readonly slackAppTokenFile?: string | undefined
        readonly slackAppUrl?: string | undefined
        readonly pagerdutyUrl?: string | undefined
        readonly telegramApiUrl?: string | undefined
        readonly telegramBotToken?: string | undefined
        readonly telegramBotTokenFile?: string | undefined
      }
    | undefined
  readonly route: RouteInput & { readonly receiver: string }
  readonly receivers: readonly ReceiverInput[]
  readonly inhibitRules?:
    | readonly {
        readonly sourceMatchers: readonly MatcherInput[]
        readonly targetMatchers: readonly MatcherInput[]
        readonly equal?: readonly string[] | undefined
      }[]
    | undefined
  readonly timeIntervals?:
    | readonly { readonly name: string; readonly timeIntervals: readonly TimeSpecInput[] }[]
    | undefined
  readonly templates?: readonly string[] | undefined
  readonly boxman?:
    | {
        /** After the start so long nothing is told. */
        readonly holdOff?: Duration | undefined
        /** Told as over only when it has been for so long. */
        readonly recoveryDelay?: Duration | undefined
        readonly flapping?: { readonly changes: number; readonly window: Duration } | undefined
        /** Nobody is told of what matches, by plan. */
        readonly maintenance?:
          | readonly {
              readonly name: string
              readonly matchers: readonly MatcherInput[]
              readonly during: readonly TimeSpecInput[]
              readonly owner: string
              readonly reason: string
            }[]
          | undefined
        /** While alerts fire of what a component depends on, nobody is told of its own. */
        readonly dependencies?:
          | readonly {
              /** The label that names components. */
              readonly label: string
              readonly dependsOn: Readonly<Record<string, readonly string[]>>
              /** Which alerts of what is depended on count; default all. */
              readonly sourceMatchers?: readonly MatcherInput[] | undefined
              readonly equal?: readonly string[] | undefined
            }[]
          | undefined
        readonly silenceReasonRequired?: boolean | undefined
        /** So long before a silence ends those are told that would be told of what it hides. */
        readonly silenceExpiryNotice?: Duration | undefined
        readonly escalations?:
          | readonly {
              readonly name: string
              readonly steps: readonly { readonly after: Duration; readonly receiver: string }[]
              readonly repeats?: number | undefined
              readonly acknowledgeTimeout?: Duration | undefined
            }[]
          | undefined
        readonly schedules?:
          | readonly {
              readonly name: string
              readonly location?: string | undefined
              readonly rotations: readonly {
                readonly people: readonly string[]
                /** `2026-01-05T09:00`, by the clock of `location`. */
                readonly startsAt: string
                readonly shift: Duration
                readonly during?: readonly TimeSpecInput[] | undefined
              }[]
              readonly overrides?:
                | readonly { readonly person: string; readonly from: string; readonly to: string }[]
                | undefined
            }[]
          | undefined
      }
    | undefined
}
