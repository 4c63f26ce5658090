import type { Notification, Outcome } from '../dispatch-types.ts'
import type { MessageTemplates } from '../message/index.ts'
import type { ChannelHost } from './channel-host.ts'
import type { HttpAnswer, HttpCall } from './http.ts'
import type { HttpOptions } from './http-options.ts'
import type { OptionReader } from './option-reader.ts'

/** A message as it will be sent, but for what is secret or differs between attempts. */
export interface Rendered {
  readonly contentType: string
  readonly body: string
  /** What went wrong with templates. */
  readonly fault?: string | undefined
}

export interface Attempt<Options, Out extends Rendered> {
  readonly notification: Notification
  readonly options: Options
  readonly rendered: Out
  readonly host: ChannelHost
  readonly signal: AbortSignal
  /** Who has been told by attempts before this one of the same notification, as far as this process knows. */
  readonly told: Set<string>
  /** Over HTTP, with the options' certificates and credentials. */
  readonly post: (call: HttpCall) => Promise<HttpAnswer>
}

/** Options of those that go over HTTP have `http`. */
export interface ChannelOptions {
  readonly http: HttpOptions | undefined
}

/** A way to tell somebody: what its options are, how it words a message, and how it sends it. */
export interface ChannelKind<Options extends ChannelOptions, Out extends Rendered = Rendered> {
  readonly name: string
  /** @throws TypeError that names what is wrong. */
  readonly read: (reader: OptionReader) => Options
  /** Pure, and never throws. */
  readonly render: (notification: Notification, options: Options, templates: MessageTemplates) => Out
  /** May throw: that is a temporary outcome. */
  readonly send: (attempt: Attempt<Options, Out>) => Promise<Outcome>
}

/** Messages that may go at once, and how many a minute after. */
export interface Rate {
  readonly burst: number
  readonly perMinute: number
}
