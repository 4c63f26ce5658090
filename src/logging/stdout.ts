import { write, writeSync } from 'node:fs'
import type { LoggingStats, SafeDestination } from './destination.ts'

/** Bytes held while the reader is behind. */
const MAX_QUEUED = 4 * 1024 * 1024
const CHUNK_BYTES = 64 * 1024
/** The most that a character of a string takes in UTF-8. */
const BYTES_A_CHARACTER = 3
const RETRY_MS = 20
const GATHER_MS = 10
/** At the end of the process: how long, and how often, it waits for a reader. */
const WAIT_MS = 5
const MAX_WAITS = 20
const SLEEP = new Int32Array(new SharedArrayBuffer(4))

/** The lines of a descriptor; what is still queued when the process exits is written then. */
export function stdoutLines(fd: number): StdoutLines {
  const lines = new StdoutLines(fd)
  process.on('exit', () => lines.flushSync())
  return lines
}

interface Chunk {
  readonly bytes: Buffer
  used: number
  lines: number
}

/**
 * Writes lines to a descriptor without ever waiting for its reader: one write in flight, the rest in a bounded queue.
 * Lines become bytes at once: as texts that wait they would cost the garbage collector more than all else of a line costs.
 *
 * Not process.stdout or a synchronous pino.destination: on a pipe both stop the event loop while the reader stalls. Not an
 * asynchronous pino.destination: its flush() does not wait, and its last flush retries a closed pipe for ever.
 */
export class StdoutLines implements SafeDestination {
  readonly stats: LoggingStats = { written: 0, failed: 0, dropped: 0 }
  readonly #fd: number
  #queue: Chunk[] = []
  #queued = 0
  #writing = false
  /** Lines wait for others to be written with. */
  #gathering: NodeJS.Timeout | undefined
  #idle: (() => void)[] = []
  #waits = 0
  /** One that is done with, for the next lines. */
  #spare: Buffer | undefined

  constructor(fd: number) {
    this.#fd = fd
  }

  write(line: string): void {
    if (this.#queued + line.length > MAX_QUEUED) {
      this.stats.dropped++
      return
    }
    const chunk = this.#chunkFor(line.length * BYTES_A_CHARACTER)
    const bytes = chunk.bytes.write(line, chunk.used)
    chunk.used += bytes
    chunk.lines++
    this.#queued += bytes
    if (this.#writing || this.#gathering !== undefined) return
    this.#gathering = setTimeout(() => this.#next(), GATHER_MS).unref()
  }

  flush(): Promise<void> {
    if (!this.#writing) this.#next()
    if (!this.#writing) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  flushSync(): void {
    this.#waits = MAX_WAITS
    for (const { bytes, used, lines } of this.#queue) {
      try {
        for (let at = 0; at < used;) at += this.#writeSync(bytes, at, used)
        this.stats.written += lines
      } catch {
        // The process is going: waiting for a reader would hold it up.
        this.stats.failed += lines
      }
    }
    this.#queue = []
    this.#queued = 0
  }

  /** A pipe that is full may be read in a moment; a reader who does not is not waited for. */
  #writeSync(bytes: Buffer, at: number, end: number): number {
    for (;;) {
      try {
        return writeSync(this.#fd, bytes, at, end - at)
      } catch (error) {
        const full = error instanceof Error && 'code' in error && error.code === 'EAGAIN'
        if (!full || this.#waits === 0) throw error
        this.#waits--
        Atomics.wait(SLEEP, 0, 0, WAIT_MS)
      }
    }
  }

  #chunkFor(bytes: number): Chunk {
    const last = this.#queue.at(-1)
    if (last !== undefined && last.used + bytes <= last.bytes.length) return last
    const fits = bytes <= CHUNK_BYTES
    const chunk = {
      bytes: (fits ? this.#spare : undefined) ?? Buffer.allocUnsafeSlow(Math.max(bytes, CHUNK_BYTES)),
      used: 0,
      lines: 0,
    }
    if (fits) this.#spare = undefined
    this.#queue.push(chunk)
    return chunk
  }

  #next(): void {
    clearTimeout(this.#gathering)
    this.#gathering = undefined
    const chunk = this.#queue.shift()
    this.#writing = chunk !== undefined
    if (chunk !== undefined) {
      this.#queued -= chunk.used
      this.#send(chunk, 0)
      return
    }
    const idle = this.#idle
    this.#idle = []
    for (const resolve of idle) resolve()
  }

  #send(chunk: Chunk, at: number): void {
    write(this.#fd, chunk.bytes, at, chunk.used - at, null, (error, count) => {
      if (error?.code === 'EAGAIN') {
        setTimeout(() => this.#send(chunk, at), RETRY_MS).unref()
        return
      }
      if (error === null && at + count < chunk.used) {
        this.#send(chunk, at + count)
        return
      }
      if (error === null) this.stats.written += chunk.lines
      else this.stats.failed += chunk.lines
      if (chunk.bytes.length === CHUNK_BYTES) this.#spare = chunk.bytes
      this.#next()
    })
  }
}
