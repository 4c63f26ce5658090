// What an integration's `options` hold, by its kind: the keys of Alertmanager's file in camelCase. Texts are Go
// templates where Alertmanager's are; a text that is not stated is the channel's own. Of `x` and `xFile` at most one is
// stated; a file is read when it is needed, so that a secret can change.

type Texts = Readonly<Record<string, string>>

export interface TlsOptions {
  readonly ca?: string | undefined
  readonly caFile?: string | undefined
  readonly cert?: string | undefined
  readonly certFile?: string | undefined
  readonly key?: string | undefined
  readonly keyFile?: string | undefined
  readonly serverName?: string | undefined
  readonly insecureSkipVerify: boolean
  readonly minVersion?: TlsVersion | undefined
  readonly maxVersion?: TlsVersion | undefined
}
export type TlsVersion = 'TLS10' | 'TLS11' | 'TLS12' | 'TLS13'

export interface HttpOptions {
  readonly basicAuth?:
    | {
        readonly username?: string | undefined
        readonly usernameFile?: string | undefined
        readonly password?: string | undefined
        readonly passwordFile?: string | undefined
      }
    | undefined
  /** `type` is `Bearer` unless stated. */
  readonly authorization?:
    | {
        readonly type: string
        readonly credentials?: string | undefined
        readonly credentialsFile?: string | undefined
      }
    | undefined
  readonly tlsConfig?: TlsOptions | undefined
  /** Values of both together. */
  readonly httpHeaders?: Readonly<Record<string, HeaderValues>> | undefined
}
export interface HeaderValues {
  readonly values?: readonly string[] | undefined
  readonly secrets?: readonly string[] | undefined
}

/** What every channel over HTTP has. */
export interface CommonHttpOptions {
  readonly httpConfig: HttpOptions
  /** Of one attempt, in ms; undefined: the channel's own. */
  readonly timeout?: number | undefined
  /** Link-local and like addresses that may be reached all the same. */
  readonly allowAddresses?: readonly string[] | undefined
}

export interface WebhookOptions extends CommonHttpOptions {
  readonly url?: string | undefined
  readonly urlFile?: string | undefined
  /** 0: any number. */
  readonly maxAlerts: number
  /** Of Standard Webhooks: `whsec_` and base64. */
  readonly secret?: string | undefined
  readonly secretFile?: string | undefined
  /** Several, while one is exchanged. */
  readonly secrets?: readonly string[] | undefined
}

export interface SlackField {
  readonly title: string
  readonly value: string
  /** Default: `shortFields`. */
  readonly short?: boolean | undefined
}
export interface SlackAction {
  readonly type: string
  readonly text: string
  readonly url?: string | undefined
  readonly style?: string | undefined
  readonly name?: string | undefined
  readonly value?: string | undefined
  readonly confirm?:
    | {
        readonly text: string
        readonly title?: string | undefined
        readonly okText?: string | undefined
        readonly dismissText?: string | undefined
      }
    | undefined
}
export interface SlackOptions extends CommonHttpOptions {
  /** Of an incoming webhook; or, with an app's token, of its API. */
  readonly apiUrl?: string | undefined
  readonly apiUrlFile?: string | undefined
  readonly appToken?: string | undefined
  readonly appTokenFile?: string | undefined
  /** Default https://slack.com/api/chat.postMessage */
  readonly appUrl?: string | undefined
  /** With an app's token: one message for a group, changed in place. */
  readonly updateMessage: boolean
  readonly channel?: string | undefined
  readonly username?: string | undefined
  readonly color?: string | undefined
  readonly title?: string | undefined
  readonly titleLink?: string | undefined
  readonly pretext?: string | undefined
  readonly text?: string | undefined
  readonly fields: readonly SlackField[]
  readonly shortFields: boolean
  readonly footer?: string | undefined
  readonly fallback?: string | undefined
  readonly callbackId?: string | undefined
  readonly iconEmoji?: string | undefined
  readonly iconUrl?: string | undefined
  readonly imageUrl?: string | undefined
  readonly thumbUrl?: string | undefined
  readonly linkNames: boolean
  readonly mrkdwnIn: readonly string[]
  readonly actions: readonly SlackAction[]
}

/** Events API v2. */
export interface PagerdutyOptions extends CommonHttpOptions {
  readonly url: string
  readonly routingKey?: string | undefined
  readonly routingKeyFile?: string | undefined
  readonly client?: string | undefined
  readonly clientUrl?: string | undefined
  readonly description?: string | undefined
  /** Default: by the label `severity`. */
  readonly severity?: string | undefined
  readonly source?: string | undefined
  readonly class?: string | undefined
  readonly component?: string | undefined
  readonly group?: string | undefined
  readonly details: Texts
  readonly images: readonly {
    readonly src: string
    readonly alt?: string | undefined
    readonly href?: string | undefined
  }[]
  readonly links: readonly { readonly href: string; readonly text?: string | undefined }[]
}

/** Of Workflows: `msteams_configs` and `msteamsv2_configs` alike. */
export interface MsteamsOptions extends CommonHttpOptions {
  readonly webhookUrl?: string | undefined
  readonly webhookUrlFile?: string | undefined
  readonly title?: string | undefined
  readonly summary?: string | undefined
  readonly text?: string | undefined
}

export interface EmailOptions {
  readonly to: string
  readonly from: string
  /** `host:port` */
  readonly smarthost: string
  readonly hello: string
  readonly authUsername?: string | undefined
  readonly authPassword?: string | undefined
  readonly authPasswordFile?: string | undefined
  /** Of CRAM-MD5. */
  readonly authSecret?: string | undefined
  readonly authSecretFile?: string | undefined
  readonly authIdentity?: string | undefined
  readonly requireTls: boolean
  /** TLS from the first byte. Default: on port 465. */
  readonly implicitTls?: boolean | undefined
  readonly tlsConfig?: TlsOptions | undefined
  /** Names as in a mail: `Subject`. */
  readonly headers: Texts
  readonly html?: string | undefined
  readonly text?: string | undefined
  /** Messages of a group are one thread, unless `enabled` is false. */
  readonly threading?:
    | { readonly enabled?: boolean | undefined; readonly threadByDate?: string | undefined }
    | undefined
  /** Of one attempt, in ms. */
  readonly timeout?: number | undefined
  readonly allowAddresses?: readonly string[] | undefined
}

export interface DiscordOptions extends CommonHttpOptions {
  readonly webhookUrl?: string | undefined
  readonly webhookUrlFile?: string | undefined
  readonly title?: string | undefined
  readonly message?: string | undefined
  readonly content?: string | undefined
  readonly username?: string | undefined
  readonly avatarUrl?: string | undefined
}

export interface TelegramOptions extends CommonHttpOptions {
  readonly apiUrl: string
  readonly botToken?: string | undefined
  readonly botTokenFile?: string | undefined
  /** A number, or the name of a channel: `@ops`. */
  readonly chatId?: string | undefined
  readonly chatIdFile?: string | undefined
  readonly messageThreadId?: number | undefined
  readonly message?: string | undefined
  readonly disableNotifications: boolean
  readonly parseMode: '' | 'Markdown' | 'MarkdownV2' | 'HTML'
}

/** By Twilio: `twilio_configs` and `sms_configs` alike. */
export interface SmsOptions extends CommonHttpOptions {
  readonly apiUrl?: string | undefined
  readonly accountSid: string
  readonly authToken?: string | undefined
  readonly authTokenFile?: string | undefined
  /** With its secret in place of the account's token. */
  readonly apiKey?: string | undefined
  readonly apiSecret?: string | undefined
  readonly apiSecretFile?: string | undefined
  readonly from?: string | undefined
  readonly messagingServiceSid?: string | undefined
  readonly to: string
  readonly text?: string | undefined
  readonly statusCallback?: string | undefined
  /** After so long, in ms, a message is no longer worth to be delivered. */
  readonly validity?: number | undefined
}

export interface NtfyOptions extends CommonHttpOptions {
  /** Of the server. */
  readonly url: string
  readonly topic: string
  readonly token?: string | undefined
  readonly tokenFile?: string | undefined
  readonly title?: string | undefined
  readonly message?: string | undefined
  /** 1 to 5; default by severity. */
  readonly priority?: number | undefined
  readonly tags: readonly string[]
}

export interface CommandOptions {
  /** Program and arguments, for no shell. The message is its input, as a webhook's body. */
  readonly command: readonly string[]
  /** Default: that of the service. */
  readonly env?: Texts | undefined
  readonly cwd?: string | undefined
  /** In ms. */
  readonly timeout?: number | undefined
}

/** Options by the kind of an integration. */
export interface OptionsByKind {
  readonly webhook: WebhookOptions
  readonly slack: SlackOptions
  readonly pagerduty: PagerdutyOptions
  readonly msteams: MsteamsOptions
  readonly email: EmailOptions
  readonly discord: DiscordOptions
  readonly telegram: TelegramOptions
  readonly sms: SmsOptions
  readonly ntfy: NtfyOptions
  readonly command: CommandOptions
}
export type ChannelKind = keyof OptionsByKind

export const DEFAULT_HTTP: HttpOptions = {}

/** What is not stated in a file, and not taken from its `global`. */
export const DEFAULT_OPTIONS: { readonly [K in ChannelKind]: Partial<OptionsByKind[K]> } = {
  webhook: { httpConfig: DEFAULT_HTTP, maxAlerts: 0 },
  slack: {
    httpConfig: DEFAULT_HTTP,
    updateMessage: false,
    fields: [],
    shortFields: false,
    linkNames: false,
    mrkdwnIn: ['fallback', 'pretext', 'text'],
    actions: [],
  },
  pagerduty: {
    httpConfig: DEFAULT_HTTP,
    url: 'https://events.pagerduty.com/v2/enqueue',
    details: {},
    images: [],
    links: [],
  },
  msteams: { httpConfig: DEFAULT_HTTP },
  email: { hello: 'localhost', requireTls: true, headers: {} },
  discord: { httpConfig: DEFAULT_HTTP },
  telegram: {
    httpConfig: DEFAULT_HTTP,
    apiUrl: 'https://api.telegram.org',
    disableNotifications: false,
    parseMode: 'HTML',
  },
  sms: { httpConfig: DEFAULT_HTTP },
  ntfy: { httpConfig: DEFAULT_HTTP, url: 'https://ntfy.sh', tags: [] },
  command: {},
}

/** Whether the end of an alert is told, where nothing is stated: Alertmanager's answer for its own channels. */
export const DEFAULT_SEND_RESOLVED: Readonly<Record<ChannelKind, boolean>> = {
  webhook: true,
  slack: false,
  pagerduty: true,
  msteams: true,
  email: false,
  discord: true,
  telegram: true,
  sms: true,
  ntfy: true,
  command: true,
}
