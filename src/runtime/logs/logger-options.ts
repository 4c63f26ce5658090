import { type LoggerOptions, parseLevels } from '../../logging/index.ts'
import type { Config } from '../config/config.ts'

/** What the configuration says of a logger. */
export function loggerOptions({ service, log }: Config): LoggerOptions {
  const { enabled, limit, levels, preset } = log
  const { '*': level = 'info', ...modules } = Object.fromEntries(parseLevels(log.level) ?? [])
  return {
    service,
    preset,
    // Off is off, whatever is said of modules.
    ...(enabled ? { level, levels: { ...levels, ...modules } } : { level: 'silent' }),
    ...(limit.enabled ? { limit } : {}),
  }
}
