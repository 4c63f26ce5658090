import type { IncomingMessage, ServerResponse } from 'node:http'
import { Refused } from './body.ts'
import { receiveOtlp } from './otlp-receiver.ts'
import type { Outcome } from './outcome.ts'
import { isBadInput, receiveWrite } from './remote-write-receiver.ts'
import { type Store, StoreWriter } from './store-writer.ts'

export interface IngestLimits {
  /** As it comes, compressed; default 16 MiB. */
  readonly maxBodyBytes: number
  /** As it is read; default 64 MiB. */
  readonly maxDecodedBytes: number
  /** Requests under way; further ones are told to come again. Default 20. */
  readonly maxConcurrent: number
}

export interface IngestionOptions extends Partial<IngestLimits> {
  readonly store: Store
  /** Milliseconds that never go back. */
  readonly now: () => number
  readonly onFault: (error: unknown) => void
  /** Which doors are open; both by default. */
  readonly accept?: readonly ('remote-write' | 'otlp')[]
  /** Samples that are logged together; default 128. With `fsync: 'always'` take many. */
  readonly commitSamples?: number
}

export interface IngestStats {
  readonly requests: number
  readonly samples: number
  readonly histograms: number
  readonly exemplars: number
  /** Samples and histograms that were sent and are not in the store. */
  readonly lost: number
  /** Requests that were answered with an error, all or in part. */
  readonly refused: number
  /** Requests told to come again, there being too many. */
  readonly busy: number
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text?: string
  readonly body?: Uint8Array
}

export interface Ingestion {
  /** Answers what comes to its paths; false, and nothing is done, for another path. */
  readonly handle: (request: IncomingMessage, response: ServerResponse, path: string) => Promise<boolean>
  readonly stats: IngestStats
}

type Receive = (
  request: IncomingMessage,
  writer: StoreWriter,
  limits: IngestLimits,
) => Promise<{ answer: Answer; outcome: Outcome }>

const DEFAULTS: IngestLimits = { maxBodyBytes: 16 * 2 ** 20, maxDecodedBytes: 64 * 2 ** 20, maxConcurrent: 20 }
const DOORS: readonly { readonly path: string; readonly kind: 'remote-write' | 'otlp'; readonly receive: Receive }[] = [
  { path: '/api/v1/write', kind: 'remote-write', receive: receiveWrite },
  { path: '/api/v1/otlp/v1/metrics', kind: 'otlp', receive: receiveOtlp },
]

export const INGESTION_PATHS: readonly string[] = DOORS.map(({ path }) => path)

/** Receivers of remote write (1.0 and 2.0) and OTLP metrics, for whoever mounts them. */
export function createIngestion(options: IngestionOptions): Ingestion {
  const { store, now, onFault, accept = ['remote-write', 'otlp'], commitSamples = 128 } = options
  const limits = limitsOf(options)
  const writer = new StoreWriter({ store, now, commitSamples })
  const stats = { requests: 0, samples: 0, histograms: 0, exemplars: 0, lost: 0, refused: 0, busy: 0 }
  let underWay = 0

  async function answer(request: IncomingMessage, receive: Receive): Promise<Answer> {
    if (request.method !== 'POST') throw new Refused(405, 'only POST is possible here')
    if (underWay >= limits.maxConcurrent) {
      stats.busy++
      throw new Refused(503, `${underWay} requests are under way, as many as may be`, 1)
    }
    underWay++
    try {
      const { answer: told, outcome } = await receive(request, writer, limits)
      stats.samples += outcome.samples
      stats.histograms += outcome.histograms
      stats.exemplars += outcome.exemplars
      stats.lost += outcome.lost
      return told
    } catch (error) {
      if (isBadInput(error)) throw new Refused(400, error.message)
      throw error
    } finally {
      underWay--
    }
  }

  return {
    stats,
    handle: async (request, response, path) => {
      const door = DOORS.find((each) => each.path === path && accept.includes(each.kind))
      if (door === undefined) return false
      stats.requests++
      try {
        const told = await answer(request, door.receive)
        if (told.status >= 400) stats.refused++
        send(response, told)
      } catch (error) {
        stats.refused++
        if (!(error instanceof Refused)) onFault(error)
        send(response, answerOf(error))
      }
      return true
    },
  }
}

function answerOf(error: unknown): Answer {
  if (!(error instanceof Refused)) return { status: 500, headers: {}, text: 'the endpoint failed; the log says why' }
  const { status, message, retryAfterSeconds } = error
  const headers: Record<string, string> = {}
  if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds)
  if (status === 405) headers['allow'] = 'POST'
  if (status === 413 || status === 408) headers['connection'] = 'close'
  return { status, headers, text: message }
}

function send(response: ServerResponse, { status, headers, text, body }: Answer): void {
  if (response.destroyed || response.headersSent) return
  const type: Readonly<Record<string, string>> =
    text === undefined ? {} : { 'content-type': 'text/plain; charset=utf-8' }
  response.writeHead(status, { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...type, ...headers })
  response.end(body ?? (text === undefined ? undefined : `${text}\n`))
}

/** @throws RangeError naming the option. */
function limitsOf(options: Partial<IngestLimits>): IngestLimits {
  const limits = {
    maxBodyBytes: options.maxBodyBytes ?? DEFAULTS.maxBodyBytes,
    maxDecodedBytes: options.maxDecodedBytes ?? DEFAULTS.maxDecodedBytes,
    maxConcurrent: options.maxConcurrent ?? DEFAULTS.maxConcurrent,
  }
  for (const [name, value] of Object.entries(limits)) {
    if (!(Number.isSafeInteger(value) && value > 0))
      throw new RangeError(`ingest: ${name} of ${value} must be a whole number above 0`)
  }
  return limits
}
