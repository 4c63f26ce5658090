export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type Level = (typeof LEVELS)[number]
export type Severity = Exclude<Level, 'silent'>

/** Places in {@link LEVELS}. */
export const INFO = 2
export const ERROR = 4
export const FATAL = 5
export const SILENT = 6

export function isLevel(text: unknown): text is Level {
  return LEVELS.some((level) => level === text)
}

/** @throws RangeError for a text that is no level. */
export function levelOf(text: string): Level {
  if (!isLevel(text)) throw new RangeError(`log level ${JSON.stringify(text)}: one of ${LEVELS.join(', ')}`)
  return text
}

/** The place of a level in {@link LEVELS}. */
export function rankOfLevel(level: Level): number {
  return LEVELS.indexOf(level)
}
