import type { PathHandler } from '../api/api.ts'
import { lateHandler } from '../late-handler.ts'
import type { Step } from '../loop.ts'
import type { Console, ConsoleOptions } from './console.ts'

/** Every path, a name in it as `*`. */
export const CONSOLE_PATHS: readonly string[] = [
  '/api/console/facts',
  '/api/console/dashboards',
  '/api/console/snapshot',
  '/api/console/listings/*',
  '/api/console/stream',
  '/api/console/stream/*',
]
const NOTHING: Console['stats'] = { ticks: 0, queries: 0, errors: 0, busySeconds: 0, opened: 0, skipped: 0 }
const PATHS = /^\/api\/console\//
const STEP_MS = 1000
/** A round of queries may take long on a busy machine; the loop goes on without it. */
const STEP_TIMEOUT_MS = 5000

/** The console's endpoints, loaded for the first page that is opened. */
export class LateConsole {
  readonly handle: PathHandler
  #console: Console | undefined

  constructor(options: () => ConsoleOptions) {
    this.handle = lateHandler(PATHS, async () => {
      const { Console } = await import('./console.ts')
      this.#console = new Console(options())
      return this.#console.handle
    })
  }

  static readonly stepMs: number = STEP_MS

  get watchers(): number {
    return this.#console?.watchers ?? 0
  }

  get stats(): Console['stats'] {
    return this.#console?.stats ?? NOTHING
  }

  step(rounds: number): Step {
    return { name: 'console', rounds, timeoutMs: STEP_TIMEOUT_MS, run: (at) => this.#console?.step(at) }
  }

  end(): void {
    this.#console?.end()
  }
}
