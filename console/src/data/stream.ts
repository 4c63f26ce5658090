import type { Labels } from './series.ts'

export type LiveResult = { readonly series: readonly LiveSeries[] } | { readonly error: string }

export interface LiveSeries {
  readonly labels: Labels
  /** Absent of a native histogram. */
  readonly value?: number | null
  /** Of one; a bound that is null has no end. */
  readonly buckets?: readonly (readonly [from: number | null, to: number | null, count: number])[]
}

/** What the server tells every second. */
export interface Tick {
  /** ms since the epoch. */
  readonly at: number
  readonly everyMs: number
  readonly results: Readonly<Record<string, LiveResult>>
  readonly changed: Readonly<Record<string, number | string>>
}

/** `refused`: for want of credentials. */
export type StreamState = 'connecting' | 'open' | 'lost' | 'refused'

export interface StreamEvents {
  readonly onTick: (tick: Tick) => void
  readonly onState: (state: StreamState) => void
}

const RETRY_MS = 2000
/** A server ends each stream now and then, to ask anew who it is for: nothing is lost if the next one is there by then. */
const GRACE_MS = 2500
const UNAUTHORIZED = 401
const NOT_FOUND = 404
/** From here on it is the server's, or of what is before it, and may pass. */
const LEAST_FAILURE = 500
/** For the answer to what is asked for. */
const PATIENCE_MS = 10_000

/** One connection for the events of the server. Without anything to ask for it is closed. */
export class Stream {
  readonly #base: string
  readonly #events: StreamEvents
  #queries: readonly string[] = []
  #wanted = false
  #source: EventSource | undefined
  #id: string | undefined
  #isTelling = false
  #retry: ReturnType<typeof setTimeout> | undefined
  #grace: ReturnType<typeof setTimeout> | undefined

  constructor(base: string, events: StreamEvents) {
    this.#base = base
    this.#events = events
  }

  /** @param wanted whether anybody listens; @param queries what is to be told, beside what has changed */
  want(wanted: boolean, queries: readonly string[]): void {
    const isSame = queries.length === this.#queries.length && queries.every((each, i) => each === this.#queries[i])
    if (!isSame) this.#queries = queries
    this.#wanted = wanted
    if (!wanted) this.#close()
    else if (this.#source === undefined) this.#open()
    else if (!isSame) void this.#tell()
  }

  #open(): void {
    this.#close()
    this.#events.onState('connecting')
    const source = new EventSource(new URL('api/console/stream', this.#base), { withCredentials: true })
    this.#source = source
    source.addEventListener('hello', ({ data }: MessageEvent<string>) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the server and its page are of one version
      this.#id = (JSON.parse(data) as { id: string }).id
      clearTimeout(this.#grace)
      this.#grace = undefined
      this.#events.onState('open')
      void this.#tell()
    })
    source.addEventListener('tick', ({ data }: MessageEvent<string>) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the server and its page are of one version
      this.#events.onTick(JSON.parse(data) as Tick)
    })
    source.addEventListener('error', () => {
      this.#id = undefined
      this.#grace ??= setTimeout(() => this.#events.onState('lost'), GRACE_MS)
      // A server that refuses ends it for good; one that is gone is asked again by the browser.
      if (source.readyState === EventSource.CLOSED) void this.#askWhy(source)
    })
  }

  /** An event source is not told why it was refused. */
  async #askWhy(source: EventSource): Promise<void> {
    const status = await statusOf(new URL('api/console/facts', this.#base))
    if (source !== this.#source) return
    if (status !== UNAUTHORIZED) {
      this.#later()
      return
    }
    this.#close()
    this.#events.onState('refused')
  }

  #later(): void {
    this.#close()
    this.#retry = setTimeout(() => {
      if (this.#wanted) this.#open()
    }, RETRY_MS)
  }

  #close(): void {
    clearTimeout(this.#retry)
    clearTimeout(this.#grace)
    this.#grace = undefined
    this.#source?.close()
    this.#source = undefined
    this.#id = undefined
  }

  /** One after the other: of two requests under way the older one might come last, and what it asks for would stay. */
  async #tell(): Promise<void> {
    if (this.#isTelling) return
    this.#isTelling = true
    let told: readonly string[] | undefined
    let to: string | undefined
    while (this.#id !== undefined && !(told === this.#queries && to === this.#id)) {
      told = this.#queries
      to = this.#id
      await this.#put(to, told)
    }
    this.#isTelling = false
  }

  async #put(id: string, queries: readonly string[]): Promise<void> {
    try {
      const { status } = await fetch(new URL(`api/console/stream/${id}`, this.#base), {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        credentials: 'same-origin',
        body: JSON.stringify({ queries }),
        signal: AbortSignal.timeout(PATIENCE_MS),
      })
      if (id === this.#id && (status === NOT_FOUND || status >= LEAST_FAILURE)) this.#later()
    } catch {
      // Where the stream itself is lost, that tells of it; here it is not, and would bring nothing.
      if (id === this.#id) this.#later()
    }
  }
}

async function statusOf(url: URL): Promise<number | undefined> {
  try {
    return (await fetch(url, { credentials: 'same-origin', headers: { 'x-requested-with': 'boxman' } })).status
  } catch {
    return undefined
  }
}
