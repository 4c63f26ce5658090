import type { HttpDiscovery, TargetGroup } from '../config/discovery-config.ts'
import { HttpClient } from '../http-client.ts'
import { readGroups } from './read-groups.ts'
import type { OnFault, Source } from './source.ts'

const MAX_BYTES = 64 * 2 ** 20
const JSON_TYPE = /^application\/json(;\s*charset=("utf-8"|utf-8))?$/i

/** Target groups that a server lists. While it fails, what it last listed stays. */
export class HttpSource implements Source {
  groups: readonly TargetGroup[] = []
  readonly #config: HttpDiscovery
  readonly #userAgent: string
  readonly #onFault: OnFault
  readonly #client: HttpClient
  readonly #closing = new AbortController()
  #askedAt = -Infinity

  constructor(config: HttpDiscovery, userAgent: string, onFault: OnFault) {
    this.#config = config
    this.#userAgent = userAgent
    this.#onFault = onFault
    this.#client = new HttpClient(config.client)
  }

  async step(at: number): Promise<boolean> {
    const { url, refreshMs } = this.#config
    if (at - this.#askedAt < refreshMs) return false
    this.#askedAt = at
    const answer = await this.#client.get({
      url,
      headers: {
        accept: 'application/json',
        'user-agent': this.#userAgent,
        'accept-encoding': 'gzip',
        'x-prometheus-refresh-interval-seconds': String(refreshMs / 1000),
      },
      timeoutMs: refreshMs,
      maxBytes: MAX_BYTES,
      signal: this.#closing.signal,
    })
    if (this.#closing.signal.aborted) return false
    const problem = answer.ok ? this.#take(answer.contentType ?? '', answer.body) : answer.detail
    if (problem !== undefined) this.#onFault(`${shownUrl(url)}: ${problem}`)
    return problem === undefined
  }

  close(): void {
    this.#closing.abort()
    this.#client.close()
  }

  #take(contentType: string, body: Uint8Array): string | undefined {
    if (!JSON_TYPE.test(contentType.trim())) return `unsupported content type ${JSON.stringify(contentType)}`
    try {
      const groups = readGroups('the answer', Buffer.from(body).toString(), 'json')
      this.groups = groups.map(({ targets, labels }) => ({
        targets,
        labels: labels.with('__meta_url', this.#config.url),
      }))
      return undefined
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }
}

function shownUrl(text: string): string {
  const url = new URL(text)
  url.password = ''
  return url.href
}
