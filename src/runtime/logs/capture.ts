import {
  type BunyanLogger,
  captureBunyan,
  type CaptureOptions,
  captureConsole,
  captureWinston,
  type ConsoleOptions,
  type Logger,
  type WinstonLogger,
} from '../../logging/index.ts'

/** Takes what others print and log for lines of ours, until it is undone or `boxman.stop()`. */
export class Capture {
  readonly #log: Logger
  readonly #undo = new Set<() => void>()

  constructor(log: Logger) {
    this.#log = log
  }

  /** What is printed on the console, as lines of the module `console`; returns the undo. */
  console(options: ConsoleOptions = {}): () => void {
    return this.#undone(captureConsole(this.#log, options))
  }

  /** What a logger of winston 3 logs, in place of its transports or (`keep`) besides; returns the undo. */
  winston(logger: WinstonLogger, options: CaptureOptions = {}): () => void {
    return this.#undone(captureWinston(logger, this.#log, options))
  }

  /** What a logger of bunyan logs, in place of its streams or (`keep`) besides; returns the undo. */
  bunyan(logger: BunyanLogger, options: CaptureOptions = {}): () => void {
    return this.#undone(captureBunyan(logger, this.#log, options))
  }

  undo(): void {
    for (const step of this.#undo) step()
  }

  #undone(undo: () => void): () => void {
    const once = (): void => {
      if (this.#undo.delete(once)) undo()
    }
    this.#undo.add(once)
    return once
  }
}
