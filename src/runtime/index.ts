export { bindingProblem } from './admin/access/binding.ts'
export { hashPassword } from './admin/access/password.ts'
export type { Admin, AdminHandler } from './admin/admin.ts'
export { type Boxman, createBoxman, type Host } from './boxman.ts'
export {
  type Config,
  type ConfigChange,
  type ConfigInput,
  defineConfig,
  type Provenance,
  type ResolvedConfig,
  type SecretReference,
} from './config/config.ts'
export { type Changeable, CONFIG_FIELDS, type ConfigField } from './config/fields/index.ts'
export type { Change } from './config/settings.ts'
export type {
  CacheFigures,
  ConsensusGroup,
  ErrorsGroup,
  GamingGroup,
  NetworkGroup,
  PerformanceGroup,
  ResourcesGroup,
  Snapshot,
  SnapshotGroup,
  WebSocketFigures,
} from './diagnostics/snapshot.ts'
export { METRICS_SCHEMA, type MetricsAnswer } from './diagnostics/metrics-answer.ts'
export { RequestFigures, type RequestReading, type RouteReading } from './diagnostics/request-figures.ts'
export { type ConfigSources, type Environment, resolveConfig } from './config/resolve.ts'
export { configJsonSchema, type JsonSchema } from './config/json-schema.ts'
export { type ConfigRow, explainConfig } from './config/explain.ts'
export { shownConfig } from './config/shown.ts'
export type { ConsoleFacts } from './console/console.ts'
export type { ListingAnswer } from './console/listings.ts'
export type { ExitOptions } from './health/exit.ts'
export type { Checks } from './health/ready-made.ts'
export type { Question } from './ask/ask.ts'
export { BoxmanError, ConfigError } from './error.ts'
export type { QueryTime } from './history/history.ts'
export { type LastScrape, OwnScrape, type OwnScrapeOptions } from './scrape/own/own-scrape.ts'
export type { Reply } from '../wire/index.ts'
export type { Instruments } from './instruments.ts'
export type { ServeOptions } from './serve/options.ts'
export { readServeOptions } from './serve/read-options.ts'
export { backtestedJson, firedText } from './backtest/tell-backtested.ts'
export type { BacktestedRule, Backtested, BacktestQuestion } from './backtest/backtested.ts'
export { askServer, backtest, createChannelHost, createServer } from './late.ts'
export type { Server } from './serve/serve.ts'
export type { AlertObserver, Rules } from './rules/rules.ts'
export type { AlertingDoor } from './alerting/door.ts'
export type { BoxmanInput } from './alerting/given-alerting.ts'
export type { FoundTraces } from './traces/trace-search.ts'
export type { TraceSummary } from './traces/trace-summary.ts'
