import type { Severity } from '../logger.ts'
import type { Delivery, Entry, Outlet } from './delivery.ts'
import { addressed, type Fetch, post, type PostOptions } from './http-post.ts'

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
    const streams = new Map<Severity, [time: string, line: string][]>()
    for (const { line, level, at, number } of batch) {
      const values = streams.get(level) ?? []
      streams.set(level, values)
      // Lines of one millisecond keep their order, and a line its time when it is sent again: Loki then has it once.
      values.push([`${Math.floor(at)}${String(number % 1_000_000).padStart(6, '0')}`, line])
    }
    const body = JSON.stringify({
      streams: Array.from(streams, ([level, values]) => ({ stream: { ...this.#labels, level }, values })),
    })
    const { delivery } = await post(body, signal, this.#post)
    return delivery
  }

  close(): void {
    // fetch keeps its own connections.
  }
}
