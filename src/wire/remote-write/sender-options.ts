import type { SendSource } from './send-source.ts'
import type { RemoteWriteVersion } from './fields.ts'

export interface RemoteWriteSenderOptions {
  /** http or https; a user and password in it become an authorization header. */
  readonly url: string
  /** Of the position file; default: made of the URL's host and path. */
  readonly name?: string | undefined
  /** Beside those of the protocol, such as authorization. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** What is tried first, default 2.0; a server that does not know it gets 1.0 from then on. */
  readonly version?: RemoteWriteVersion | undefined
  readonly source: SendSource
  /** The store's folder, for the position file. None: what was not acknowledged is forgotten with the process. */
  readonly folder?: string | undefined
  /** ms since the epoch. */
  readonly now: () => number
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Default 2000. */
  readonly maxSamplesPerSend?: number | undefined
  /** A batch that is not full goes when it is as old as this, ms; default 5000. */
  readonly batchDeadlineMs?: number | undefined
  /** Samples that wait at most; what is more is read from the store later. Default 100 000. */
  readonly maxQueued?: number | undefined
  /** Of one request, ms; default 30 000. */
  readonly timeoutMs?: number | undefined
}

export interface SenderSettings {
  readonly url: string
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
  readonly version: RemoteWriteVersion
  readonly fetch: typeof globalThis.fetch
  readonly maxSamplesPerSend: number
  readonly batchDeadlineMs: number
  readonly maxQueued: number
  readonly timeoutMs: number
}

const NAME = /^[\w-][\w.-]{0,99}$/

/** @throws RangeError naming the option. */
export function settingsOf(options: RemoteWriteSenderOptions): SenderSettings {
  const { headers = {}, version = '2.0', fetch = globalThis.fetch } = options
  const url = parsed(options.url)
  const authorization = basicAuthorization(url)
  const shown = new URL(url)
  shown.username = shown.password = ''
  const name = options.name ?? `${shown.host}${shown.pathname}`.replaceAll(/[^\w.-]+/g, '-').slice(0, 100)
  if (!NAME.test(name))
    throw new RangeError(`remote write: name ${JSON.stringify(name)} must be letters, digits, _, - and .`)
  try {
    new Headers(headers).forEach(() => undefined)
  } catch {
    // Their values may be secrets.
    throw new RangeError(`remote write ${name}: a header that cannot be, among ${Object.keys(headers).join(', ')}`)
  }
  return {
    url: shown.href,
    name,
    headers: { ...(authorization === undefined ? {} : { authorization }), ...headers },
    version,
    fetch,
    maxSamplesPerSend: whole('maxSamplesPerSend', options.maxSamplesPerSend ?? 2000, 1, 100_000),
    batchDeadlineMs: whole('batchDeadlineMs', options.batchDeadlineMs ?? 5000, 1, 3_600_000),
    maxQueued: whole('maxQueued', options.maxQueued ?? 100_000, 1, 100_000_000),
    timeoutMs: whole('timeoutMs', options.timeoutMs ?? 30_000, 1, 3_600_000),
  }
}

function parsed(text: string): URL {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new RangeError('remote write: url is no URL')
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new RangeError(`remote write: url must be http or https, not ${url.protocol}`)
  }
  return url
}

function basicAuthorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return `Basic ${Buffer.from(text).toString('base64')}`
}

function whole(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw new RangeError(`remote write: ${name} of ${value} must be a whole number from ${min} to ${max}`)
}
