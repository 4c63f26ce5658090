import {
  createLogger,
  type Destination,
  type LevelChange,
  type LineTap,
  type Logger,
  LogTail,
  type Redactor,
  type RootLogger,
} from '../../logging/index.ts'
import type { Registry } from '../../metrics/index.ts'
import { currentContext } from '../../tracing/index.ts'
import type { Link } from '../admin/page.ts'
import type { PathHandler } from '../api/api.ts'
import type { Config } from '../config/config.ts'
import { lateHandler } from '../late-handler.ts'
import { Capture } from './capture.ts'
import { toggleDebugAt } from './level-signal.ts'
import { loggerOptions } from './logger-options.ts'
import { publishLogs } from './publish-logs.ts'

export interface LogsOptions {
  readonly config: Config
  /** Milliseconds since the epoch. */
  readonly wallNow: () => number
  readonly destination: Destination | undefined
  readonly sinks: readonly LineTap[]
  readonly redactor: Redactor
}

export const LOGS_PATHS: readonly string[] = ['/log/levels', '/api/logs']
const ASKED = new RegExp(`^(?:${LOGS_PATHS.join('|')})$`)

/** The lines of a service: who writes them, the last of them in memory, and what is asked and changed over HTTP and by a signal. */
export class Logs {
  readonly root: RootLogger
  readonly tail: LogTail | undefined
  readonly capture: Capture
  /** Answers /log/levels and /api/logs. */
  readonly handle: PathHandler
  readonly #config: Config['log']
  #own: Logger | undefined
  #undoSignal: (() => void) | undefined

  constructor({ config, wallNow, destination, sinks, redactor }: LogsOptions) {
    const { tail, preset } = config.log
    this.#config = config.log
    this.tail = tail.enabled ? new LogTail(tail, preset) : undefined
    this.root = createLogger({
      ...loggerOptions(config),
      context: currentContext,
      now: wallNow,
      redactor,
      sinks: this.tail === undefined ? sinks : [...sinks, this.tail],
      ...(destination === undefined ? {} : { destination }),
    })
    this.capture = new Capture(this.root)
    this.handle = lateHandler(ASKED, () => this.#loadApi())
  }

  /** `log` says what becomes of the levels. */
  start(metrics: Registry, log: Logger): void {
    this.#own = log
    publishLogs(metrics, this.root, this.tail)
    const { levelSignal } = this.#config
    if (levelSignal !== undefined) this.#undoSignal = toggleDebugAt(levelSignal, this.root, log)
  }

  stop(): void {
    this.#undoSignal?.()
    this.capture.undo()
  }

  /** What the page lists of it. */
  get links(): readonly Link[] {
    const search = ['/api/logs', 'the last log lines, by level, module, text, trace and time'] as const
    return [
      ['/log/levels', 'the levels of log lines by module; a PUT changes them'],
      ...(this.tail === undefined ? [] : [search]),
    ]
  }

  async #loadApi(): Promise<PathHandler> {
    const [{ createLevelsApi }, { createLogsApi }] = await Promise.all([
      import('./levels-api.ts'),
      import('./logs-api.ts'),
    ])
    const levels = createLevelsApi({ levels: this.root.levels, onChange: (changes) => this.#tell(changes) })
    const logs = this.tail === undefined ? undefined : createLogsApi(this.tail)
    return async (request, response, path) =>
      (await levels(request, response, path)) || (logs !== undefined && logs(request, response, path))
  }

  #tell(changes: readonly LevelChange[]): void {
    for (const { pattern, level, forMs } of changes) {
      this.#own?.info({ pattern, to: level ?? null, for_ms: forMs }, 'A log level was changed')
    }
  }
}
