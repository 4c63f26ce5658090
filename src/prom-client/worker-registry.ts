import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads'
import { Gathering, type Peer, type Told } from './gathering.ts'
import { globalRegistry, Registry } from './registry.ts'
import { type Source, sourcesOf, tellAll } from './sources.ts'
import { trusted } from './trusted.ts'
import type { PrometheusContentType, RegistryContentType } from './types.ts'

const CHANNEL = 'boxman/prom-client:workers'

/** Everybody hears everything: `to` says whom it concerns. */
type Message =
  | { readonly kind: 'who' }
  | { readonly kind: 'hello'; readonly from: number }
  | { readonly kind: 'ask'; readonly to: number; readonly requestId: number }
  | { readonly kind: 'answer'; readonly from: number; readonly requestId: number; readonly told: Told }
  | { readonly kind: 'failure'; readonly from: number; readonly requestId: number; readonly error: string }
  | { readonly kind: 'goodbye'; readonly from: number; readonly told: Told }
  | { readonly kind: 'farewell'; readonly to: number }

let sources: readonly Source[] = [globalRegistry]
let channel: BroadcastChannel | undefined
const gathering = new Gathering()
const workers = new Set<number>()
/** Of a worker that says goodbye: called when the primary has heard it. */
const farewells = new Set<() => void>()

/** Adds up the metrics of all worker threads. One is needed in each of them, and one in the thread that serves the page. */
export class WorkerRegistry<T extends RegistryContentType = PrometheusContentType> extends Registry<T> {
  readonly primary: boolean

  constructor(regContentType?: RegistryContentType, primary: boolean = isMainThread) {
    super(regContentType)
    this.primary = primary
    listen(primary)
  }

  /** Which registries a worker tells of. Default: the global one. */
  static setRegistries(registries: Source[] | Source): void {
    sources = sourcesOf(registries)
  }

  static workerCount(): number {
    return workers.size
  }

  /** All threads' metrics, this one's included, on one page; empty when no other thread was ever heard of. */
  async workerMetrics(): Promise<string> {
    if (workers.size === 0 && !gathering.knows) return ''
    const peers = [...workers].filter((id) => id !== threadId).sort((a, b) => a - b)
    return gathering.gather(peers.map(peerOf), await tellAll(sources), this.contentType)
  }

  /**
   * Before a worker ends: tells the primary its last numbers. In the primary: waits for what is under way.
   * @param timeout in ms.
   */
  async shutdown(timeout = 5000): Promise<void> {
    if (this.primary) return gathering.idle()
    const told = await tellAll(sources)
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        farewells.delete(done)
        resolve()
      }
      const timer = setTimeout(done, timeout)
      farewells.add(done)
      send({ kind: 'goodbye', from: threadId, told })
    })
  }
}

function peerOf(id: number): Peer {
  return { id, announced: true, ask: (requestId) => send({ kind: 'ask', to: id, requestId }) }
}

function listen(primary: boolean): void {
  if (channel !== undefined) return
  channel = new BroadcastChannel(CHANNEL)
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the types of Node 20 have no other
  channel.onmessage = (event: unknown) => {
    const { data } = trusted<{ readonly data: Message }>(event)
    if (primary) hearWorker(data)
    else hearPrimary(data)
  }
  channel.unref()
  send(primary ? { kind: 'who' } : { kind: 'hello', from: threadId })
}

function hearWorker(message: Message): void {
  switch (message.kind) {
    case 'hello':
      workers.add(message.from)
      break
    case 'answer':
      gathering.answer(message.from, message.requestId, message.told)
      break
    case 'failure':
      gathering.answer(message.from, message.requestId, new Error(message.error))
      break
    case 'goodbye':
      gathering.hear(message.from, message.told)
      gathering.bury(message.from)
      workers.delete(message.from)
      send({ kind: 'farewell', to: message.from })
      break
    case 'who':
    case 'ask':
    case 'farewell':
      break
  }
}

function hearPrimary(message: Message): void {
  switch (message.kind) {
    case 'who':
      send({ kind: 'hello', from: threadId })
      break
    case 'ask':
      if (message.to === threadId) answer(message.requestId)
      break
    case 'farewell':
      if (message.to === threadId) for (const farewell of farewells) farewell()
      break
    case 'hello':
    case 'answer':
    case 'failure':
    case 'goodbye':
      break
  }
}

function answer(requestId: number): void {
  tellAll(sources).then(
    (told) => send({ kind: 'answer', from: threadId, requestId, told }),
    (error: unknown) => send({ kind: 'failure', from: threadId, requestId, error: String(error) }),
  )
}

function send(message: Message): void {
  channel?.postMessage(message)
}
