import { write, writeSync } from 'node:fs'
import type { LoggingStats, SafeDestination } from './destination.ts'

/** Characters held while the reader is behind. */
const MAX_QUEUED = 4 * 1024 * 1024
const MAX_CHUNK = 64 * 1024
const RETRY_MS = 20

/** The lines of a descriptor; what is still queued when the process exits is written then. */
export function stdoutLines(fd: number): StdoutLines {
  const lines = new StdoutLines(fd)
  process.on('exit', () => lines.flushSync())
  return lines
}

/**
 * Writes lines to a descriptor without ever waiting for its reader: one write in flight, the rest in a bounded queue.
 *
 * Not process.stdout or a synchronous pino.destination: on a pipe both stop the event loop while the reader stalls. Not an
 * asynchronous pino.destination: its flush() does not wait, and its last flush retries a closed pipe for ever.
 */
export class StdoutLines implements SafeDestination {
  readonly stats: LoggingStats = { written: 0, failed: 0, dropped: 0 }
  readonly #fd: number
  readonly #queue: string[] = []
  #queued = 0
  #writing = false
  #idle: (() => void)[] = []

  constructor(fd: number) {
    this.#fd = fd
  }

  write(line: string): void {
    if (this.#queued + line.length > MAX_QUEUED) {
      this.stats.dropped++
      return
    }
    this.#queue.push(line)
    this.#queued += line.length
    if (this.#writing) return
    // All lines of this turn of the event loop are written together.
    this.#writing = true
    setImmediate(() => this.#next())
  }

  flush(): Promise<void> {
    if (!this.#writing) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  flushSync(): void {
    while (this.#queue.length > 0) {
      const { bytes, lines } = this.#take()
      try {
        for (let at = 0; at < bytes.length;) at += writeSync(this.#fd, bytes, at)
        this.stats.written += lines
      } catch {
        // The process is going: waiting for a reader would hold it up.
        this.stats.failed += lines
      }
    }
  }

  #next(): void {
    this.#writing = this.#queue.length > 0
    if (this.#writing) {
      this.#send(this.#take(), 0)
      return
    }
    const idle = this.#idle
    this.#idle = []
    for (const resolve of idle) resolve()
  }

  #take(): { bytes: Buffer; lines: number } {
    let length = 0
    let lines = 0
    for (const line of this.#queue) {
      if (lines > 0 && length + line.length > MAX_CHUNK) break
      length += line.length
      lines++
    }
    this.#queued -= length
    return { bytes: Buffer.from(this.#queue.splice(0, lines).join('')), lines }
  }

  #send(chunk: { bytes: Buffer; lines: number }, at: number): void {
    write(this.#fd, chunk.bytes, at, (error, count) => {
      if (error?.code === 'EAGAIN') {
        setTimeout(() => this.#send(chunk, at), RETRY_MS).unref()
        return
      }
      if (error === null && at + count < chunk.bytes.length) {
        this.#send(chunk, at + count)
        return
      }
      if (error === null) this.stats.written += chunk.lines
      else this.stats.failed += chunk.lines
      this.#next()
    })
  }
}
