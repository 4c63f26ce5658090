import { type Level, type LevelChange, type LoggerOptions, parseLevels } from '../../logging/index.ts'
import type { Config } from '../config/config.ts'

/** What the configuration says of a logger. */
export function loggerOptions(config: Pick<Config, 'service' | 'log'>): LoggerOptions {
  const { limit, preset } = config.log
  const { '*': level = 'info', ...levels } = levelsOf(config)
  return { service: config.service, preset, level, levels, ...(limit.enabled ? { limit } : {}) }
}

/** What the levels need, that were those of one configuration, to be those of another. What else has been set stays. */
export function levelChanges(config: Pick<Config, 'log'>, before: Pick<Config, 'log'>): readonly LevelChange[] {
  const [wanted, old] = [levelsOf(config), levelsOf(before)]
  return [...new Set([...Object.keys(old), ...Object.keys(wanted)])]
    .filter((pattern) => wanted[pattern] !== old[pattern])
    .map((pattern) => ({ pattern, level: wanted[pattern] }))
}

/** By pattern; that of all is there. Off is off, whatever is said of modules. */
function levelsOf({ log }: Pick<Config, 'log'>): Readonly<Record<string, Level>> {
  if (!log.enabled) return { '*': 'silent' }
  return { '*': 'info', ...log.levels, ...Object.fromEntries(parseLevels(log.level) ?? []) }
}
