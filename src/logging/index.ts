export type { Destination, LoggingStats } from './destination.ts'
export { captureBunyan, type BunyanLogger } from './capture/bunyan.ts'
export { captureConsole, type ConsoleOptions } from './capture/console.ts'
export { type CaptureOptions, captureWinston, type WinstonLogger } from './capture/winston.ts'
export type { LineContext } from './ids.ts'
export type { BusinessEvent, EventStats, PerformanceEvent, SecurityEvent, SecuritySeverity } from './kinds.ts'
export { type LevelChange, LevelRegistry, type LevelRule, MAX_FOR_MS, parseLevels } from './level-registry.ts'
export { type Level, LEVELS, isLevel, type Severity } from './levels.ts'
export type { LimitOptions, SuppressedStats } from './limiter.ts'
export type { TailSize } from './line-ring.ts'
export {
  createLogger,
  type LineWriter,
  type Logger,
  type LoggerOptions,
  type LogMethod,
  type RootLogger,
} from './logger.ts'
export { isModulePattern, MODULE_PATTERN } from './module-pattern.ts'
export { type Preset, PRESETS } from './presets.ts'
export { type FoundEntry, type LogEntry, type LogSearch, LogTail, type TailPlace, type TailStats } from './tail.ts'
export type { LineTap } from './tapped-destination.ts'
export type { LineValue } from './line.ts'
export { type RedactionOptions, type Redactor, REDACTED, type Shape, SHAPES } from './redaction/options.ts'
export { createRedactor } from './redaction/redactor.ts'
export type { DropReason, LineSink, SinkStats } from './shipping/shipper.ts'
export type { RetryReason } from './shipping/delivery.ts'
export { createSink } from './shipping/create-sink.ts'
export type { SinkSurroundings } from './shipping/sink.ts'
export type {
  ElasticsearchSink,
  FileSink,
  FluentdSink,
  LokiSink,
  OtlpSink,
  SinkCommon,
  SinkOptions,
  SyslogSink,
} from './shipping/sink-options.ts'
