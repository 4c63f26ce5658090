export { type FindLibrary, instrumentCache, instrumentCaches } from './cache/cache.ts'
export type { CacheOptions, CacheRecorder } from './cache/options.ts'
export { instrumentDatabases, instrumentPool, type PoolCounts, type PoolOptions } from './database/database.ts'
export { instrumentMongodb } from './database/mongodb.ts'
export type { DatabaseCall, DatabaseConnect, DatabaseOptions, DatabaseRecorder } from './database/options.ts'
export { operationOf, statementShape } from './database/statement.ts'
export { instrumentFetch } from './fetch.ts'
export type { FaultHandler } from './guard.ts'
export { setRoute } from './http/exchange.ts'
export type { HttpExchange, HttpOptions, HttpRecorder, HttpServerOptions } from './http/exchange.ts'
export { instrumentFastify } from './http/fastify.ts'
export { requestLog, type RequestLogger } from './http/request-log.ts'
export { instrumentHttpServer } from './http/server.ts'
export type {
  OutgoingCall,
  OutgoingCall as FetchCall,
  OutgoingOptions,
  OutgoingOptions as FetchOptions,
} from './outgoing/call.ts'
export { instrumentOutgoing } from './outgoing/outgoing.ts'
export { instrumentWebSocketServer } from './websocket/server.ts'
export type { SocketRecorder, TopicEvent, TopicOptions, Topics } from './websocket/server.ts'
export { createSystemReader, type MachineReading, type SystemReader, type SystemReading } from './system/reader.ts'
export type { Battery } from './system/sensors.ts'
export type { Watched } from './watched.ts'
