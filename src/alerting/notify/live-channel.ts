import type { Channel, Integration, Notification, Outcome } from '../dispatch-types.ts'
import { soundNotification } from '../message/sound-notification.ts'
import { AddressGuard, AddressRefused } from './address-guard.ts'
import type { ChannelHost } from './channel-host.ts'
import type { ChannelKind, ChannelOptions, Rendered } from './channel-kind.ts'
import { HttpFault, type HttpSettings, send } from './http.ts'
import type { HttpOptions } from './http-options.ts'
import { shortened } from './judge.ts'
import { hasFiles, OptionReader, withFiles } from './option-reader.ts'
import { Secrets } from './secrets.ts'

interface Ready<Options> {
  readonly options: Options
  readonly secrets: Secrets
  readonly guard: AddressGuard
}

/** Of notifications that are tried again. */
const MAX_TOLD = 100

/** An integration of one kind, ready to send. */
export class LiveChannel<Options extends ChannelOptions, Out extends Rendered> implements Channel {
  readonly #kind: ChannelKind<Options, Out>
  readonly #integration: Integration
  readonly #host: ChannelHost
  /** Undefined: secrets are in files, which are read each time. */
  readonly #ready: Ready<Options> | undefined
  readonly #told = new Map<string, Set<string>>()

  /** @throws TypeError, RangeError for options that cannot be. */
  constructor(kind: ChannelKind<Options, Out>, integration: Integration, host: ChannelHost) {
    this.#kind = kind
    this.#integration = integration
    this.#host = host
    this.#ready = hasFiles(integration.options) ? undefined : this.#read(integration.options)
  }

  async send(notification: Notification, signal: AbortSignal): Promise<Outcome> {
    let secrets = new Secrets()
    try {
      const ready = await this.#prepared()
      if ('kind' in ready) return ready
      secrets = ready.secrets
      const outcome = await this.#send(soundNotification(notification), ready, signal)
      return outcome.kind === 'delivered' ? outcome : { ...outcome, reason: shortened(secrets.hide(outcome.reason)) }
    } catch (error) {
      return this.#fault(error, secrets)
    }
  }

  /** What would be sent, with secrets hidden. Rejects when the options cannot be read. */
  async preview(notification: Notification): Promise<Rendered> {
    const { options, secrets } =
      this.#ready ?? this.#read(await withFiles(this.#integration.options, this.#host.readFile))
    const sound = soundNotification(notification)
    const { contentType, body, fault } = this.#kind.render(sound, options, this.#host.templates)
    return { contentType, body: secrets.hide(body), fault: fault === undefined ? undefined : secrets.hide(fault) }
  }

  async #send(notification: Notification, ready: Ready<Options>, signal: AbortSignal): Promise<Outcome> {
    const { options, guard, secrets } = ready
    const rendered = this.#kind.render(notification, options, this.#host.templates)
    const settings = this.#settings(options.http, guard)
    const outcome = await this.#kind.send({
      notification,
      options,
      rendered,
      host: this.#host,
      signal,
      told: this.#toldOf(notification.id),
      post: (call) => send(call, settings, signal),
    })
    if (outcome.kind !== 'temporary') this.#told.delete(notification.id)
    if (outcome.kind !== 'delivered') return outcome
    const note = { ...outcome.note, ...(rendered.fault === undefined ? {} : { templateFault: rendered.fault }) }
    const told = Object.entries(note).map(([name, text]) => [name, secrets.hide(text)] as const)
    return told.length === 0 ? outcome : { kind: 'delivered', note: Object.fromEntries(told) }
  }

  #toldOf(id: string): Set<string> {
    const told = this.#told.get(id) ?? new Set()
    const [oldest] = this.#told.keys()
    if (oldest !== undefined && oldest !== id && this.#told.size >= MAX_TOLD) this.#told.delete(oldest)
    this.#told.set(id, told)
    return told
  }

  /** What is wrong with options that are known only now is said by an outcome. */
  async #prepared(): Promise<Ready<Options> | Outcome> {
    if (this.#ready !== undefined) return this.#ready
    const options = await withFiles(this.#integration.options, this.#host.readFile)
    try {
      return this.#read(options)
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof RangeError)) throw error
      return { kind: 'permanent', reason: shortened(error.message) }
    }
  }

  #settings(http: HttpOptions | undefined, guard: AddressGuard): HttpSettings {
    return {
      tls: http?.tls ?? { insecureSkipVerify: false },
      headers: http?.headers ?? {},
      timeoutMs: http?.timeoutMs ?? 15_000,
      guard,
      quietly: this.#host.quietly ?? ((run) => run()),
    }
  }

  #read(options: Readonly<Record<string, unknown>>): Ready<Options> {
    const secrets = new Secrets()
    const reader = new OptionReader(this.#integration.key, options, secrets)
    const read = this.#kind.read(reader)
    // Said of the integration itself.
    reader.ignore('sendResolved', 'rate', 'fallback', 'fallbackAfter', 'fallbackAfterMs')
    reader.finish()
    const { http } = read
    return { options: read, secrets, guard: new AddressGuard(http?.allowAddresses ?? [], this.#host.lookup) }
  }

  #fault(error: unknown, secrets: Secrets): Outcome {
    const reason = shortened(secrets.hide(faultText(error)))
    return { kind: error instanceof AddressRefused ? 'permanent' : 'temporary', reason }
  }
}

function faultText(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return faultText(error.errors[0])
  if (!(error instanceof Error)) return String(error)
  if (error instanceof HttpFault) return error.message
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (error.message === '') return code === '' ? error.name : code
  return error.message.includes(code) ? error.message : `${error.message} (${code})`
}
