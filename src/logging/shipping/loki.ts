import type { Severity } from '../levels.ts'
import type { Delivery, Entry, Outlet } from './delivery.ts'
import { addressed, type Fetch, packed, post, type PostOptions } from './http-post.ts'
import { LastBatch } from './last-batch.ts'

export interface LokiOptions {
  /** Of the server: `http://loki:3100`; or whole, with its path. */
  readonly url: string
  /** Of every stream; `level` is added. */
  readonly labels: Readonly<Record<string, string>>
  readonly tenant?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly gzip: boolean
  readonly timeoutMs: number
  readonly fetch: Fetch
  readonly now: () => number
}

/** Loki's push API: one stream a level. */
export class Loki implements Outlet {
  readonly #labels: Readonly<Record<string, string>>
  readonly #post: PostOptions
  readonly #bodies = new LastBatch<Promise<Uint8Array>>()

  constructor({ url: address, labels, tenant, headers: given, ...options }: LokiOptions) {
    this.#labels = labels
    const { url, headers } = addressed(address, given)
    if (url.pathname === '/') url.pathname = '/loki/api/v1/push'
    this.#post = {
      ...options,
      url: url.href,
      headers: { ...headers, ...(tenant === undefined ? {} : { 'x-scope-orgid': tenant }) },
      contentType: 'application/json',
      patient: true,
    }
  }

  async deliver(batch: readonly Entry[], signal: AbortSignal): Promise<Delivery> {
    const body = await this.#bodies.of(batch, () => packed(this.#bodyOf(batch), this.#post.gzip))
    const { delivery } = await post(body, signal, this.#post)
    if (delivery.kind !== 'later') this.#bodies.forget()
    return delivery
  }

  #bodyOf(batch: readonly Entry[]): string {
    const streams = new Map<Severity, [time: string, line: string][]>()
    for (const { line, level, at, number } of batch) {
      const values = streams.get(level) ?? []
      streams.set(level, values)
      // Lines of one millisecond keep their order, and a line its time when it is sent again: Loki then has it once.
      values.push([`${Math.floor(at)}${String(number % 1_000_000).padStart(6, '0')}`, line])
    }
    return JSON.stringify({
      streams: Array.from(streams, ([level, values]) => ({ stream: { ...this.#labels, level }, values })),
    })
  }

  close(): void {
    // fetch keeps its own connections.
  }
}
