export type { Destination, LoggingStats } from './destination.ts'
export {
  createLogger,
  type Level,
  LEVELS,
  type LineWriter,
  type Logger,
  type LoggerOptions,
  type LogMethod,
  type RootLogger,
  type Severity,
} from './logger.ts'
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
