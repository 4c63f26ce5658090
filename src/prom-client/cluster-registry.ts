import type { Cluster, Worker } from 'node:cluster'
import { Gathering, type Peer, type Told } from './gathering.ts'
import { globalRegistry, Registry } from './registry.ts'
import { type Source, sourcesOf, tellAll } from './sources.ts'
import type { PrometheusContentType, RegistryContentType } from './types.ts'

type Message =
  | { readonly type: 'boxman/prom-client:hello' }
  | { readonly type: 'boxman/prom-client:ask'; readonly requestId: number }
  | { readonly type: 'boxman/prom-client:answer'; readonly requestId: number; readonly told: Told }
  | { readonly type: 'boxman/prom-client:failure'; readonly requestId: number; readonly error: string }
  | { readonly type: 'boxman/prom-client:goodbye'; readonly told: Told }
  | { readonly type: 'boxman/prom-client:farewell' }

let sources: readonly Source[] = [globalRegistry]
let listening = false
const gathering = new Gathering()
const announced = new Set<number>()
/** Of a worker that says goodbye: called when the primary has heard it. */
const farewells = new Set<() => void>()

/** Some application servers crash when node:cluster is loaded: not before it is asked for. */
function cluster(): Cluster {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what `require` gives, and its types do not say
  return process.getBuiltinModule('node:cluster') as unknown as Cluster
}

/** Adds up the metrics of all workers of a cluster. One is needed in each worker, and one in the primary. */
export class AggregatorRegistry<T extends RegistryContentType = PrometheusContentType> extends Registry<T> {
  constructor(regContentType?: RegistryContentType) {
    super(regContentType)
    listen()
  }

  /** Which registries a worker tells of. Default: the global one. */
  static setRegistries(registries: Source[] | Source): void {
    sources = sourcesOf(registries)
  }

  /** The workers' metrics on one page; empty when there are none. */
  async clusterMetrics(): Promise<string> {
    return this.gather([])
  }

  /**
   * Before a worker exits: tells the primary its last numbers. In the primary: waits for what is under way.
   * @param timeout in ms.
   */
  async shutdown(timeout = 5000): Promise<void> {
    if (cluster().isPrimary) return gathering.idle()
    if (!process.connected) return
    const told = await tellAll(sources)
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        farewells.delete(done)
        resolve()
      }
      const timer = setTimeout(done, timeout)
      farewells.add(done)
      send({ type: 'boxman/prom-client:goodbye', told })
    })
  }

  protected async gather(own: Told): Promise<string> {
    const peers = Object.values(cluster().workers ?? {})
      .filter((worker) => worker !== undefined)
      .filter((worker) => worker.isConnected())
      .map(peerOf)
    if (peers.length === 0 && own.length === 0 && !gathering.knows) return ''
    return gathering.gather(peers, own, this.contentType)
  }
}

/** As {@link AggregatorRegistry}, with the primary's own metrics. */
export class ClusterRegistry<T extends RegistryContentType = PrometheusContentType> extends AggregatorRegistry<T> {
  /** The workers' metrics and the primary's on one page. */
  override async clusterMetrics(): Promise<string> {
    return this.gather(await tellAll(sources))
  }
}

function peerOf(worker: Worker): Peer {
  return {
    id: worker.id,
    announced: announced.has(worker.id),
    ask: (requestId) => {
      worker.send({ type: 'boxman/prom-client:ask', requestId } satisfies Message)
    },
  }
}

function listen(): void {
  if (listening) return
  listening = true
  if (cluster().isPrimary) {
    cluster().on('message', hearWorker)
    cluster().on('exit', ({ id }) => {
      announced.delete(id)
      gathering.bury(id)
    })
    for (const worker of Object.values(cluster().workers ?? {})) {
      if (worker?.isConnected()) worker.send({ type: 'boxman/prom-client:hello' } satisfies Message)
    }
  } else {
    process.on('message', hearPrimary)
    send({ type: 'boxman/prom-client:hello' })
  }
}

function hearWorker(worker: Worker, message: unknown): void {
  if (!isOurs(message)) return
  switch (message.type) {
    case 'boxman/prom-client:hello':
      announced.add(worker.id)
      break
    case 'boxman/prom-client:answer':
      gathering.answer(worker.id, message.requestId, message.told)
      break
    case 'boxman/prom-client:failure':
      gathering.answer(worker.id, message.requestId, new Error(message.error))
      break
    case 'boxman/prom-client:goodbye':
      gathering.hear(worker.id, message.told)
      if (worker.isConnected()) worker.send({ type: 'boxman/prom-client:farewell' } satisfies Message)
      break
    case 'boxman/prom-client:ask':
    case 'boxman/prom-client:farewell':
      break
  }
}

function hearPrimary(message: unknown): void {
  if (!isOurs(message)) return
  switch (message.type) {
    case 'boxman/prom-client:hello':
      send({ type: 'boxman/prom-client:hello' })
      break
    case 'boxman/prom-client:ask': {
      const { requestId } = message
      tellAll(sources).then(
        (told) => send({ type: 'boxman/prom-client:answer', requestId, told }),
        (error: unknown) => send({ type: 'boxman/prom-client:failure', requestId, error: String(error) }),
      )
      break
    }
    case 'boxman/prom-client:farewell':
      for (const farewell of farewells) farewell()
      break
    case 'boxman/prom-client:answer':
    case 'boxman/prom-client:failure':
    case 'boxman/prom-client:goodbye':
      break
  }
}

function isOurs(message: unknown): message is Message {
  const type: unknown = typeof message === 'object' && message !== null ? Reflect.get(message, 'type') : undefined
  return typeof type === 'string' && type.startsWith('boxman/prom-client:')
}

function send(message: Message): void {
  if (process.connected) process.send?.(message)
}
