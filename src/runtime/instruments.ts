import type { EventEmitter } from 'node:events'
import type { WebSocketServer } from 'ws'
import {
  Breakers,
  type BreakerReading,
  type BreakerState,
  type CacheOptions,
  endCallSpan,
  endRequestSpan,
  createRouteInstrument,
  type ExpressApp,
  type FastifyApp,
  type FetchCall,
  type HonoApp,
  type HttpOptions,
  type HttpRecorder,
  type HttpRequest,
  type HttpServer,
  type HttpServerOptions,
  type IncidentHandler,
  instrumentExpress,
  instrumentCache,
  instrumentCaches,
  instrumentDatabases,
  instrumentFastify,
  instrumentFetch,
  instrumentHono,
  instrumentHttpServer,
  instrumentKoa,
  instrumentNest,
  instrumentMongodb,
  instrumentOutgoing,
  instrumentPool,
  instrumentPrisma,
  instrumentQueue,
  instrumentQueues,
  instrumentWebSocketServer,
  type PoolCounts,
  type PrismaInstrument,
  measureRequest,
  type KoaApp,
  type NestApp,
  requestLog,
  RequestScope,
  type RequestStart,
  type RouteInstrument,
  type ScopeOptions,
  type SocketRecorder,
  type TopicOptions,
  type Topics,
  type Watched,
  WebSocketMeter,
} from '../instrument/index.ts'
import type { Logger } from '../logging/index.ts'
import type { Registry } from '../metrics/index.ts'
import {
  CacheMetrics,
  DatabaseMetrics,
  MessagingMetrics,
  PoolMetrics,
  RequestErrorMetrics,
  WebSocketMetrics,
} from '../packs/index.ts'
import type { IdSource, Propagation, Tracer } from '../tracing/index.ts'
import type { Config } from './config/config.ts'
import { libraryFinder } from './find-library.ts'
import { callMeter, httpIncidents, type HttpMeter, httpMeter, type HttpMeterOptions } from './http-meter.ts'
import { propagationOf } from './propagation.ts'

export interface InstrumentOptions {
  readonly config: Config
  readonly metrics: Registry
  readonly log: Logger
  /** Takes secrets out of what the lines of requests say. */
  readonly redact: (text: string) => string
  readonly ids: IdSource
  /** None: requests and calls are no spans. */
  readonly tracer?: Tracer | undefined
  /** Milliseconds that never go back. */
  readonly now: () => number
  /** Milliseconds since the epoch. */
  readonly wallNow: () => number
  readonly onFault: (error: unknown) => void
  /** Where the application's libraries are looked for. */
  readonly cwd: string
  /** Told of every exchange, those that were measured by hand included. Default: nobody. */
  readonly recorders?: readonly HttpRecorder[] | undefined
  /** Told of exchanges with servers alone, and of those measured by hand that failed. Default: nobody. */
  readonly failures?:
    | { readonly exchange: HttpRecorder; readonly failed: NonNullable<ScopeOptions['failed']> }
    | undefined
}

/** Measures what the application brings. A fault in measuring is counted and logged, and never reaches it. */
export class Instruments {
  readonly #options: InstrumentOptions
  readonly #record: readonly HttpRecorder[]
  readonly #opened: HttpMeter['opened']
  readonly #propagation: Propagation
  readonly #meter: HttpMeterOptions
  readonly #undo = new Set<() => void>()
  readonly #topics = new Set<Topics>()
  readonly #polled = new Set<Watched>()
  readonly #breakers: Breakers
  readonly #pools = new Map<Watched, PoolCounts>()
  #incident: IncidentHandler | undefined
  #sockets: WebSocketMeter | undefined
  #manual: ScopeOptions | undefined
  #route: RouteInstrument | undefined

  constructor(options: InstrumentOptions) {
    this.#options = options
    const { http, prefix } = options.config
    const { config, tracer } = options
    this.#meter = {
      preset: http.metrics,
      prefix,
      bucketsMs: http.bucketsMs,
      exemplars: () => tracer !== undefined && config.metrics.exemplars,
    }
    const meter = httpMeter(options.metrics, this.#meter)
    this.#opened = meter?.opened
    this.#propagation = propagationOf(options.config.tracing)
    const { wallNow, onFault } = options
    this.#breakers = new Breakers({ now: wallNow, onFault, warn: (message) => this.#warn(message) })
    const logged = requestLog(options.log.child('http'), options.redact)
    this.#record = [
      ...(options.tracer === undefined ? [] : [endRequestSpan]),
      ...(meter === undefined ? [] : [meter.record]),
      ...(options.recorders ?? []),
      (exchange) => config.http.log && logged(exchange),
    ]
  }

  /** Measures a server of `node:http`, `node:https` or `node:http2`; returns the undo. `record` is told of each exchange besides. */
  http(
    server: HttpServer,
    options: { record?: HttpRecorder; route?: (request: HttpRequest) => string | undefined } = {},
  ): () => void {
    const { record, route } = options
    const whole: HttpServerOptions = { ...this.#server(record), ...(route === undefined ? {} : { route }) }
    return this.#undone(instrumentHttpServer(server, whole))
  }

  /** Measures an application of Express 4 or 5 under the whole patterns of its routes; returns the undo. */
  express(app: ExpressApp, options: { record?: HttpRecorder } = {}): () => void {
    return this.#undone(instrumentExpress(app, this.#server(options.record)))
  }

  /**
   * Measures every HTTP request that the process sends and gives it the correlation headers; returns the undo.
   * With `http.metrics: 'media'` as `http_client_*`; `record` is told of each call besides.
   */
  outgoing(options: { record?: (call: FetchCall) => void } = {}): () => void {
    const { metrics, ids, tracer, now, onFault } = this.#options
    const propagation = this.#propagation
    const meter = callMeter(metrics, this.#meter)
    const recorders = [
      ...(tracer === undefined ? [] : [endCallSpan]),
      ...(meter === undefined ? [] : [meter]),
      ...(options.record === undefined ? [] : [options.record]),
    ]
    return this.#undone(
      instrumentOutgoing({ ids, tracer, propagation, now, onFault, record: (call) => this.#tell(recorders, call) }),
    )
  }

  /** Measures an instance of Fastify, its routes by their patterns. Before it is ready, and before its own hooks. */
  fastify(app: FastifyApp, options: { record?: HttpRecorder } = {}): void {
    instrumentFastify(app, this.#server(options.record))
  }

  /** Measures an application of Koa by the routes of `@koa/router`; returns the undo. */
  koa(app: KoaApp, options: { record?: HttpRecorder } = {}): () => void {
    return this.#undone(instrumentKoa(app, this.#server(options.record)))
  }

  /** Measures an application of Hono on `@hono/node-server`, before `serve()`; returns the undo. */
  hono(app: HonoApp, options: { record?: HttpRecorder } = {}): () => void {
    return this.#undone(instrumentHono(app, this.#server(options.record)))
  }

  /** Measures an application of Nest on its Express or Fastify adapter, before `init()`; returns the undo. */
  nest(app: NestApp, options: { record?: HttpRecorder } = {}): () => void {
    return this.#undone(instrumentNest(app, this.#server(options.record)))
  }

  /** Measures a server of `ws` and gives its sockets topics, swept by the loop. */
  webSocket(
    server: WebSocketServer,
    options: { recorder: SocketRecorder } & Partial<Pick<TopicOptions, 'graceMs' | 'maxTopics'>>,
  ): Topics {
    const { wallNow, onFault } = this.#options
    const topics = instrumentWebSocketServer(server, { ...options, wallNow, onFault })
    this.#topics.add(topics)
    server.once('close', () => this.#topics.delete(topics))
    return topics
  }

  /** Counts sockets of `ws`, also those of socket.io: `<prefix>_ws_*` is in the exposition once this was asked for. */
  get sockets(): WebSocketMeter {
    this.#sockets ??= this.#createSockets()
    return this.#sockets
  }

  /** A fetch that carries the correlation headers; by default the global one, which itself stays as it is. */
  fetch(
    fetch: typeof globalThis.fetch = globalThis.fetch,
    options: { record?: (call: FetchCall) => void } = {},
  ): typeof globalThis.fetch {
    const { ids, tracer, now, onFault } = this.#options
    const recorders = [
      ...(tracer === undefined ? [] : [endCallSpan]),
      ...(options.record === undefined ? [] : [options.record]),
    ]
    const propagation = this.#propagation
    return instrumentFetch(fetch, {
      ids,
      tracer,
      propagation,
      now,
      onFault,
      record: (call) => this.#tell(recorders, call),
    })
  }

  /**
   * Measures all caches that can be found by themselves, as `cache_*{cache_type}` with their library's name: of lru-cache 11.5,
   * ioredis, node-redis 6, memcached; returns the undo.
   */
  caches(): () => void {
    return this.#undone(instrumentCaches({ ...this.#caches(), find: libraryFinder(this.#options.cwd) }))
  }

  /**
   * Measures one cache as `cache_*{cache_type="NAME"}`: of lru-cache, ioredis, node-redis, memcached, keyv or cache-manager;
   * returns the undo. What a Redis or memcached server evicts is read in the background.
   */
  cache(cache: object, options: { name: string }): () => void {
    return this.#polling(instrumentCache(cache, { ...this.#caches(), ...options }))
  }

  /**
   * Measures every statement and connection of pg and mysql2, as `db_query_*{system,operation}` and `db_connect_*{system}`;
   * returns the undo.
   */
  databases(): () => void {
    const { metrics, now, onFault, cwd } = this.#options
    const record = new DatabaseMetrics(metrics)
    return this.#undone(instrumentDatabases({ now, record, onFault, warn: this.#warn, find: libraryFinder(cwd) }))
  }

  /** Measures the commands of one `MongoClient` made with `monitorCommands: true`, as `db_query_*`; returns the undo. */
  mongodb(client: EventEmitter): () => void {
    const { metrics, onFault } = this.#options
    const record = new DatabaseMetrics(metrics)
    return this.#undone(instrumentMongodb(client, { record, onFault, warn: this.#warn }))
  }

  /**
   * What measures the operations of Prisma's clients as `db_query_*{system="prisma"}`: `const { extension, undo } = ...`, and then
   * `new PrismaClient(...).$extends(extension)`.
   */
  prisma(): PrismaInstrument {
    const { metrics, now, onFault } = this.#options
    const { extension, undo } = instrumentPrisma({ now, record: new DatabaseMetrics(metrics), onFault })
    return { extension, undo: this.#undone(undo) }
  }

  /**
   * Reads a pool of pg, mysql2 or knex, or those of a `MongoClient`, in the background: `db_connections_active`, `db_connections_idle` and `db_connections_waiting`
   * are of all pools together; returns the undo.
   */
  pool(pool: object, options: { name: string }): () => void {
    const { metrics, onFault } = this.#options
    const gauges = new PoolMetrics(metrics)
    const publish = (): void => gauges.set(sumOf(this.#pools.values()))
    const record = (counts: PoolCounts): void => {
      this.#pools.set(watched, counts)
      publish()
    }
    const watched = instrumentPool(pool, { ...options, record, onFault, warn: this.#warn })
    const restore = this.#polling(watched)
    return this.#undone(() => {
      restore()
      if (this.#pools.delete(watched)) publish()
    })
  }

  /**
   * Measures what is sent to queues of BullMQ and Kafka (kafkajs) and what is done with it, as `messaging_*`; each message carries
   * the context of its sender, and is processed in it. Producers and consumers of Kafka are measured when made after this call;
   * returns the undo.
   */
  queues(): () => void {
    const { metrics, ids, tracer, now, wallNow, onFault, cwd } = this.#options
    const record = new MessagingMetrics(metrics)
    const options = { ids, tracer, now, wallNow, record, onFault, warn: this.#warn, find: libraryFinder(cwd) }
    return this.#undone(instrumentQueues(options))
  }

  /** Counts the jobs of a `Queue` of BullMQ in the background, as `messaging_queue_jobs{state}`; returns the undo. */
  queue(queue: object): () => void {
    const { metrics, onFault } = this.#options
    const recorder = new MessagingMetrics(metrics)
    return this.#polling(
      instrumentQueue(queue, { record: (depth) => recorder.depth(depth), onFault, warn: this.#warn }),
    )
  }

  /**
   * Shows one circuit breaker as `circuit_breaker_state{breaker="NAME"}` and at `/diagnostics/circuit-breakers`: of opossum or cockatiel,
   * or a function that says its state. Those of opossum and cockatiel are found by themselves; this gives one a name. Returns the undo.
   */
  breaker(breaker: object | (() => BreakerState), options: { name: string }): () => void {
    return this.#undone(this.#breakers.add(breaker, options))
  }

  /** Finds the circuit breakers of opossum and cockatiel; returns the undo. */
  findBreakers(): () => void {
    return this.#undone(this.#breakers.find(libraryFinder(this.#options.cwd)))
  }

  /** The circuit breakers, as they are now. */
  get breakers(): readonly BreakerReading[] {
    return this.#breakers.read()
  }

  #caches(): CacheOptions {
    const { metrics, onFault } = this.#options
    return { record: new CacheMetrics(metrics), onFault, warn: this.#warn }
  }

  readonly #warn = (message: string): void => this.#options.log.child('instrument').warn(message)

  #polling(watched: Watched): () => void {
    this.#polled.add(watched)
    return this.#undone(() => {
      this.#polled.delete(watched)
      watched.undo()
    })
  }

  /** Measures a handler at each call: as wrapper `instrumentRoute(route, handler)`, as decorator `@instrumentRoute(route)`. */
  get route(): RouteInstrument {
    this.#route ??= createRouteInstrument(this.#byHand())
    return this.#route
  }

  /** A request measured by hand: as a scope until its `end`, or as what a function does. */
  request(start: RequestStart): RequestScope
  request<T>(start: RequestStart, work: (scope: RequestScope) => T): T
  request<T>(start: RequestStart, work?: (scope: RequestScope) => T): RequestScope | T {
    return work === undefined ? new RequestScope(start, this.#byHand()) : measureRequest(start, this.#byHand(), work)
  }

  /** One round in the background: what is over is forgotten, what tells nothing by itself is asked. */
  sweep(at: number): void {
    for (const topics of this.#topics) topics.sweep(at)
    for (const { poll } of this.#polled) poll().catch(this.#options.onFault)
  }

  /** Takes the instruments off all sockets, and whatever returned an undo. */
  undo(): void {
    this.#sockets?.undo()
    for (const undo of this.#undo) undo()
  }

  #createSockets(): WebSocketMeter {
    const { config, metrics, now, onFault } = this.#options
    const { prefix } = config
    const meter = new WebSocketMeter({
      now,
      onFault,
      warn: this.#warn,
      handshake: (side, ms) => recorder.handshake(side, ms),
    })
    const recorder = new WebSocketMetrics(metrics, (side) => meter.read(side), { prefix })
    return meter
  }

  #byHand(): ScopeOptions {
    if (this.#manual !== undefined) return this.#manual
    const { config, metrics, failures } = this.#options
    const told = [
      ...(config.http.metrics === 'media' ? [new RequestErrorMetrics(metrics).record] : []),
      ...(failures === undefined ? [] : [failures.failed]),
    ]
    const failed: ScopeOptions['failed'] = (exchange, failure) => {
      this.#tell(
        told.map((tell) => () => tell(exchange, failure)),
        undefined,
      )
    }
    this.#manual = { ...this.#http([]), ...(told.length === 0 ? {} : { failed }) }
    return this.#manual
  }

  #undone(restore: () => void): () => void {
    const undo = (): void => {
      if (this.#undo.delete(undo)) restore()
    }
    this.#undo.add(undo)
    return undo
  }

  #server(own: HttpRecorder | undefined): HttpOptions {
    this.#incident ??= httpIncidents(this.#options.metrics, this.#meter)
    const { failures } = this.#options
    const more = [...(failures === undefined ? [] : [failures.exchange]), ...(own === undefined ? [] : [own])]
    return { ...this.#http(more), incident: this.#incident }
  }

  #http(more: readonly HttpRecorder[]): HttpOptions {
    const { config, ids, tracer, now, onFault } = this.#options
    const recorders = [...this.#record, ...more]
    return {
      ids,
      tracer,
      propagation: this.#propagation,
      now,
      onFault,
      correlated: config.http.correlation,
      opened: this.#opened,
      record: (exchange) => this.#tell(recorders, exchange),
    }
  }

  /** One that fails does not keep it from the others. */
  #tell<T>(recorders: readonly ((told: T) => void)[], told: T): void {
    for (const record of recorders) {
      try {
        record(told)
      } catch (error) {
        this.#options.onFault(error)
      }
    }
  }
}

function sumOf(pools: Iterable<PoolCounts>): PoolCounts {
  let [active, idle, waiting] = [0, 0, 0]
  for (const pool of pools) {
    active += pool.active
    idle += pool.idle
    waiting += pool.waiting
  }
  return { active, idle, waiting }
}
