import type { Logger, RootLogger } from '../../logging/index.ts'

/** After which debug ends when nobody ends it. */
export const DEBUG_MS = 3_600_000

/** Lets a signal turn `debug` on for all modules, and off again; returns what takes the handler off. */
export function toggleDebugAt(signal: NodeJS.Signals, root: RootLogger, log: Logger): () => void {
  const toggle = (): void => {
    const all = root.levels.list().find(({ pattern }) => pattern === '*')
    if (all?.until === undefined) {
      root.levels.set('*', 'debug', DEBUG_MS)
      log.lines('Debug lines are on', ['signal', 'for_ms'])('info', [signal, DEBUG_MS])
      return
    }
    root.levels.set('*', all.afterwards ?? 'info')
    log.lines('Debug lines are off', ['signal'])('info', [signal])
  }
  process.on(signal, toggle)
  return () => void process.off(signal, toggle)
}
