export type { Destination, LoggingStats } from './destination.ts'
export {
  createLogger,
  type Level,
  LEVELS,
  type Logger,
  type LoggerOptions,
  type LogMethod,
  type RootLogger,
} from './logger.ts'
