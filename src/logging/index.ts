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
