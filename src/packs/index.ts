export {
  apiService,
  ApiServiceMetrics,
  type ApiServiceOptions,
  type AuthenticationFailure,
  type InvalidSignature,
  type Origin,
  type RateLimitHit,
} from './api-service/api-service.ts'
export {
  type SecuritySignal,
  SourceBook,
  type SourceBookCounts,
  type SourceBookOptions,
  type SourceStats,
} from './api-service/source-book.ts'
export type { PlacedBet, SettledBet } from './casino/bet.ts'
export { casino, type CasinoMetrics, type CasinoOptions } from './casino/casino.ts'
export type { ChiSquareTest } from './casino/chi-square.ts'
export { ConsensusMetrics } from './casino/consensus.ts'
export { FairnessMetrics, MIN_ROLLS } from './casino/fairness.ts'
export { type BetObserver, GamingMetrics, type GamingOptions } from './casino/gaming.ts'
export { GatewayMetrics } from './casino/gateway.ts'
export { type GatewayRequest, GatewayRequests } from './casino/gateway-requests.ts'
export { NetworkMetrics } from './casino/network.ts'
export { PlayerBook, type PlayerBookCounts, type PlayerBookOptions, type PlayerStats } from './casino/player-book.ts'
export { SocketMetrics, type SocketOptions, type Traffic } from './casino/sockets.ts'
export type { Suspicion, SuspicionPart } from './casino/suspicion.ts'
export type {
  BarsPanel,
  Dashboard,
  DashboardVariable,
  HeatmapPanel,
  ListPanel,
  Panel,
  PanelLink,
  PanelQuery,
  PanelRow,
  StatPanel,
  TablePanel,
  ThresholdStep,
  TimeSeriesPanel,
  Unit,
} from './dashboard.ts'
export type { Listing, ListingColumn, ListingRow } from './listing.ts'
export type { HttpNames } from './http/dashboard.ts'
export { type HttpIncident, HttpIncidentMetrics, type HttpIncidentOptions } from './http/incidents.ts'
export { type OpenedRequest, OtelHttpMetrics, type OtelRequest } from './http/otel.ts'
export { PromBundleMetrics } from './http/prom-bundle.ts'
export {
  MessagingMetrics,
  type PartitionOfTopic,
  type ProcessedMessages,
  type QueueDepth,
  type SentMessages,
} from './messaging/messaging.ts'
export { CacheMetrics } from './media/caches.ts'
export { DatabaseMetrics, type DatabaseStatement } from './media/databases.ts'
export { DiscoveryMetrics, type SearchQuery } from './media/discovery.ts'
export { IngestionMetrics, type IngestionStep, type TimedIngestionStep, type Upload } from './media/ingestion.ts'
export { ConnectionMetrics, media, type MediaMetrics, PoolMetrics } from './media/media.ts'
export { OutgoingMetrics, type OutgoingRequest } from './media/outgoing.ts'
export { PlaybackMetrics } from './media/playback.ts'
export { RequestErrorMetrics } from './media/request-errors.ts'
export { type MediaRequest, RequestMetrics } from './media/requests.ts'
export {
  ErrorMetrics,
  type ErrorFacts,
  type ErrorOptions,
  type ErrorReport,
  type RecordedError,
} from './node/errors.ts'
export type { Classifier } from './node/errors/category.ts'
export type { ErrorContext, ErrorGroup } from './node/errors/groups.ts'
export {
  DEFAULT_SEVERITIES,
  type ErrorCategory,
  type ErrorSeverity,
  isErrorCategory,
  isErrorSeverity,
} from './node/errors/kinds.ts'
export type { Cause } from './node/errors/thrown.ts'
export { runtimeRow } from './node/dashboard.ts'
export { node, type NodeMetrics } from './node/node.ts'
export { RuntimeMetrics, type RuntimeReading } from './node/runtime.ts'
export { type MachineReading, SystemMetrics, type SystemReading } from './node/system.ts'
export { overviewDashboard, type OverviewOptions } from './overview.ts'
export type { Pack, PackOptions } from './pack.ts'
export { type SocketReading, type SocketSide, WebSocketMetrics } from './websocket/websocket.ts'
export { casinoRules } from './rules/casino-rules.ts'
export { nodeRules } from './rules/node-rules.ts'
export type { RuleSetOptions } from './rules/ready-alert.ts'
export { reliabilityRules } from './rules/reliability-rules.ts'
