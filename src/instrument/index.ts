export { BREAKER_STATES, type BreakerLibrary, type BreakerReading, type BreakerState } from './breaker/breaker.ts'
export { type BreakerOptions, Breakers } from './breaker/breakers.ts'
export { type FindLibrary, instrumentCache, instrumentCaches } from './cache/cache.ts'
export type { CacheOptions, CacheRecorder } from './cache/options.ts'
export { instrumentDatabases } from './database/database.ts'
export { instrumentMongodb } from './database/mongodb.ts'
export type {
  DatabaseCall,
  DatabaseConnect,
  DatabaseOptions,
  DatabaseRecorder,
  PoolCounts,
} from './database/options.ts'
export { instrumentPool, type PoolOptions } from './database/pool.ts'
export { instrumentPrisma, type PrismaExtension, type PrismaInstrument } from './database/prisma.ts'
export { operationOf, statementShape } from './database/statement.ts'
export { instrumentFetch } from './fetch.ts'
export { type DelayMonitor, EventLoop, type EventLoopOptions, type EventLoopReading } from './event-loop/event-loop.ts'
export { type GcKind, observeGarbage } from './event-loop/garbage.ts'
export { type HeapReading, readActiveResources, readHeap } from './event-loop/heap.ts'
export type { FaultHandler } from './guard.ts'
export { instrumentQueue, type QueueDepth, type QueueDepthOptions } from './queue/depth.ts'
export { instrumentQueues } from './queue/queue.ts'
export type {
  Partition,
  ProcessedBatch,
  ProcessedMessages,
  QueueOptions,
  QueueRecorder,
  QueueSystem,
  SentMessages,
} from './queue/options.ts'
export { setError, setRoute } from './http/exchange.ts'
export type { HttpExchange, HttpOpening, HttpOptions, HttpRecorder, HttpServerOptions } from './http/exchange.ts'
export { type ExpressApp, instrumentExpress } from './http/express.ts'
export { type FastifyApp, instrumentFastify } from './http/fastify.ts'
export { type HonoApp, instrumentHono } from './http/hono.ts'
export {
  type HttpIncident,
  type IncidentHandler,
  type IncidentOptions,
  MALFORMED_REASONS,
  type MalformedReason,
  UPGRADE_PROTOCOLS,
  type UpgradeProtocol,
} from './http/incident.ts'
export { instrumentKoa, type KoaApp } from './http/koa.ts'
export type { HttpRequest } from './http/message.ts'
export { instrumentNest, type NestApp } from './http/nest.ts'
export { requestLog, type RequestLogger } from './http/request-log.ts'
export { type HttpServer, instrumentHttpServer } from './http/server.ts'
export type {
  OutgoingCall,
  OutgoingCall as FetchCall,
  OutgoingOptions,
  OutgoingOptions as FetchOptions,
} from './outgoing/call.ts'
export { instrumentOutgoing } from './outgoing/outgoing.ts'
export { type Failure, type FailureKind, failureOf } from './manual/failure.ts'
export { createRouteInstrument, type Handler, measureRequest, type RouteInstrument } from './manual/instrument-route.ts'
export { RequestScope, type RequestStart, type ScopeOptions } from './manual/request-scope.ts'
export { instrumentWebSocketServer } from './websocket/server.ts'
export type { SocketRecorder, TopicEvent, TopicOptions, Topics } from './websocket/server.ts'
export { instrumentedWebSocket, type WebSocketClass } from './websocket/instrumented.ts'
export { type WebSocketLibrary, WebSocketMeter } from './websocket/meter.ts'
export type { WebSocketMeterOptions, WebSocketReading } from './websocket/meter.ts'
export type { Side as WebSocketSide, WebSocketTotals } from './websocket/totals.ts'
export { createSystemReader, type MachineReading, type SystemReader, type SystemReading } from './system/reader.ts'
export type { Battery } from './system/sensors.ts'
export type { Watched } from './watched.ts'
export { endCallSpan, endRequestSpan } from './spans.ts'
