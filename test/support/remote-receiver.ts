import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { isStale } from '../../src/series/index.ts'
import { decodeWriteRequest, unsnap, type WriteRequest } from '../../src/wire/index.ts'
import { portOf } from './port-of.ts'

/** What a receiver does with a request: takes it, or something worse. */
export type Mood =
  | 'take'
  | 'take, and hang up before the answer'
  | 'hang up'
  | 'hang'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }

/** A remote-write server that writes down all that it takes, in a mood that its test decides. */
export class RemoteReceiver {
  /** By series: `t=value`, in the order of arrival. */
  readonly arrived: Map<string, string[]> = new Map()
  readonly requests: { readonly version: '1.0' | '2.0'; readonly headers: IncomingMessage['headers'] }[] = []
  readonly metadata: Map<string, string> = new Map()
  readonly exemplars: string[] = []
  mood: (request: number) => Mood = () => 'take'
  readonly #server: Server

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response))
  }

  static async start(port = 0): Promise<RemoteReceiver> {
    const receiver = new RemoteReceiver()
    receiver.#server.listen(port, '127.0.0.1')
    await once(receiver.#server, 'listening')
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${portOf(this.#server)}/api/v1/write`
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = []
    request.on('error', () => undefined)
    for await (const piece of request) pieces.push(piece as Buffer)
    const version = request.headers['content-type']?.includes('v2') === true ? '2.0' : '1.0'
    const mood = this.mood(this.requests.length)
    this.requests.push({ version, headers: request.headers })
    if (mood === 'hang') return
    if (mood === 'hang up') return void request.socket.destroy()
    if (typeof mood === 'object') return void response.writeHead(mood.status, mood.headers).end('not in the mood\n')
    const taken = decodeWriteRequest(await unsnap(Buffer.concat(pieces), 1e8), version)
    this.#write(taken)
    if (mood !== 'take') return void request.socket.destroy()
    const written = {
      'x-prometheus-remote-write-samples-written': String(taken.times.length),
      'x-prometheus-remote-write-histograms-written': String(taken.histograms.length),
      'x-prometheus-remote-write-exemplars-written': String(taken.exemplars.length),
    }
    response.writeHead(204, version === '2.0' ? written : {}).end()
  }

  #write(request: WriteRequest): void {
    for (const { name, metadata } of request.metadata) this.metadata.set(name, `${metadata.type} ${metadata.help}`)
    for (let i = 0, s = 0; i < request.series; i++) {
      const key = String(request.labels(i))
      const own = this.arrived.get(key) ?? []
      this.arrived.set(key, own)
      for (; s < (request.sampleEnds[i] ?? 0); s++) {
        const value = isStale(request.values, s) ? 'stale' : request.values[s]
        own.push(`${request.times[s]}=${value}${request.starts[s] === 0 ? '' : `<${request.starts[s]}`}`)
      }
      for (const { series, at, value } of request.histograms) if (series === i) own.push(`${at}=h${value?.count}`)
      for (const { series, value } of request.exemplars) if (series === i) this.exemplars.push(`${key} ${value}`)
    }
  }
}

/** Without what came twice, which it may. */
export function withoutRepeats(samples: readonly string[] | undefined): string[] {
  return [...new Set(samples)]
}
