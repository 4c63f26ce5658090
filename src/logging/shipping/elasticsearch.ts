import { type Delivery, type Entry, type Outlet } from './delivery.ts'
import { addressed, type Fetch, packed, post, type PostOptions } from './http-post.ts'
import { LastBatch } from './last-batch.ts'

export interface ElasticsearchOptions {
  /** Of the server: `https://user:password@elastic:9200`. */
  readonly url: string
  /** An index or a data stream: documents are created in it. */
  readonly index: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly gzip: boolean
  readonly timeoutMs: number
  readonly fetch: Fetch
  readonly now: () => number
}

const MAX_FAULTS = 8

/** Elasticsearch's and OpenSearch's `_bulk`. A document's id is its line's own, so that one that is sent again is there once. */
export class Elasticsearch implements Outlet {
  readonly #post: PostOptions
  readonly #bodies = new LastBatch<Promise<Uint8Array>>()

  constructor({ url: address, index, headers: given, ...options }: ElasticsearchOptions) {
    const { url, headers } = addressed(address, given)
    url.pathname = `${url.pathname.replace(/\/$/, '')}/${encodeURIComponent(index)}/_bulk`
    url.searchParams.set('filter_path', 'errors,items.*.status,items.*.error')
    this.#post = { ...options, url: url.href, headers, contentType: 'application/x-ndjson', patient: true }
  }

  async deliver(batch: readonly Entry[], signal: AbortSignal): Promise<Delivery> {
    const body = await this.#bodies.of(batch, () => packed(bodyOf(batch), this.#post.gzip))
    const { delivery, text } = await post(body, signal, this.#post)
    if (delivery.kind !== 'later') this.#bodies.forget()
    return delivery.kind === 'taken' ? judgeItems(batch, text) : delivery
  }

  close(): void {
    // fetch keeps its own connections.
  }
}

function bodyOf(batch: readonly Entry[]): string {
  return batch.map((entry) => `${actionOf(entry)}\n${documentOf(entry)}\n`).join('')
}

function actionOf({ origin, number }: Entry): string {
  return `{"create":{"_id":"${origin}-${number}"}}`
}

const TIMESTAMP = '"@timestamp":'

/** A data stream demands `@timestamp`. */
function documentOf({ line, at }: Entry): string {
  if (line.includes(TIMESTAMP) && hasTimestamp(line)) return line
  const rest = line.startsWith('{') ? line.slice(1) : `"msg":${JSON.stringify(line)}}`
  return `{${TIMESTAMP}"${new Date(at).toISOString()}"${rest === '}' ? '' : ','}${rest}`
}

/** Of its own, and not of an object in it. */
function hasTimestamp(line: string): boolean {
  try {
    const document: unknown = JSON.parse(line)
    return typeof document === 'object' && document !== null && '@timestamp' in document
  } catch {
    return false
  }
}

interface Item {
  readonly status: number
  readonly error: string
}

function judgeItems(batch: readonly Entry[], text: string): Delivery {
  const items = itemsOf(text)
  if (items === undefined || items.length !== batch.length) {
    const detail = `an answer that is none of _bulk: ${text.slice(0, 100)}`
    return { kind: 'later', reason: 'server', detail, attempts: MAX_FAULTS }
  }
  const again: Entry[] = []
  let rejected = 0
  let detail = ''
  for (const [i, { status, error }] of items.entries()) {
    const entry = batch[i]
    // 409: it is there from a time before, whose answer was lost.
    if (entry === undefined || (status >= 200 && status < 300) || status === 409) continue
    detail ||= `HTTP ${status} for a line: ${error}`
    if (status === 429 || status >= 500) again.push(entry)
    else rejected++
  }
  if (detail === '') return { kind: 'taken' }
  return { kind: 'partly', again, reason: 'throttled', rejected, detail }
}

function itemsOf(text: string): readonly Item[] | undefined {
  try {
    const items = property(JSON.parse(text), 'items')
    if (!Array.isArray(items)) return undefined
    return items.map((item: unknown) => {
      const created = property(item, 'create')
      const error = property(created, 'error')
      const said = [property(error, 'type'), property(error, 'reason')].filter((part) => typeof part === 'string')
      return { status: Number(property(created, 'status') ?? 0), error: said.join(': ').slice(0, 300) }
    })
  } catch {
    return undefined
  }
}

function property(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null ? Reflect.get(from, name) : undefined
}
