export type { ChannelHost, Lookup, Mailer, MailTransport } from './channel-host.ts'
export type { Rate, Rendered } from './channel-kind.ts'
export { CHANNEL_KINDS, createChannel, DEFAULT_RATES, type PreviewChannel } from './create-channel.ts'
export { signed, signingKey } from './webhook/signature.ts'
