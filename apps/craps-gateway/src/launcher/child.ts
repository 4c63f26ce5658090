import { type ChildProcess, fork } from 'node:child_process'
import { writeSync } from 'node:fs'
import { Splitter, Tail } from './tail.ts'

export type Fields = Readonly<Record<string, unknown>>

export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface ChildOptions {
  readonly name: string
  readonly module: URL
  readonly env: Readonly<Record<string, string>>
  /** A file descriptor for all that it prints; closed by its owner. */
  readonly log?: number | undefined
  readonly onMessage?: (message: Fields) => void
}

/**
 * Many times what is needed at all ceilings. Left alone, V8 takes a share of the machine's memory for its limit, and by that limit it
 * decides how much garbage may lie about: up to three times of what is in use on a large machine.
 */
const MOST_HEAP_MIB = 1024

/** One process of the demo. It is ready when it says so: in a message of type `ready`, or in a line of JSON with `ready`. */
export class Child {
  readonly name: string
  /** Undefined when it could not even be started. */
  readonly pid: number | undefined
  /** What it said with its readiness; undefined when it ended without. */
  readonly ready: Promise<Fields | undefined>
  /** After its last output and message. */
  readonly ended: Promise<Ending>
  readonly tail: Tail = new Tail()
  readonly #process: ChildProcess
  #ending: Ending | undefined
  #reason: string | undefined
  #log: number | undefined

  constructor({ name, module, env, log, onMessage }: ChildOptions) {
    this.name = name
    this.#log = log
    this.#process = fork(module, {
      execArgv: [`--max-old-space-size=${MOST_HEAP_MIB}`, ...process.execArgv],
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Out of the terminal's reach: a Ctrl-C there is for the launcher, who stops everyone in order.
      detached: true,
    })
    this.pid = this.#process.pid
    this.ended = new Promise((resolve) => {
      const end = (ending: Ending): void => {
        this.#ending ??= ending
        resolve(this.#ending)
      }
      this.#process.once('close', (code, signal) => end({ code, signal }))
      this.#process.once('error', (error) => {
        this.tail.add(error.message)
        if (this.pid === undefined) end({ code: null, signal: null })
      })
    })
    this.ready = new Promise((resolve) => {
      this.#process.on('message', (given) => {
        const message = fieldsOf(given)
        if (message['type'] === 'ready') resolve(message)
        else if (message['type'] === 'failed') this.#reason ??= String(message['reason'])
        else onMessage?.(message)
      })
      this.#listen(this.#process.stdout, (line) => {
        if (line.startsWith('{"ready":true')) resolve(jsonIn(line))
      })
      this.#listen(this.#process.stderr, () => {})
      void this.ended.then(() => resolve(undefined))
    })
  }

  get ending(): Ending | undefined {
    return this.#ending
  }

  /** Why it could not start, in its own words. */
  get reason(): string | undefined {
    return this.#reason
  }

  /** What it cannot be told at its start. */
  tell(message: Fields): void {
    // One that is gone is mourned elsewhere.
    if (this.#process.connected) this.#process.send(message, () => {})
  }

  /** Asks it to leave, and makes it leave after the deadline. */
  async stop(deadlineMs: number): Promise<'left' | 'killed'> {
    if (this.#ending !== undefined) return 'left'
    this.#process.kill('SIGTERM')
    let how: 'left' | 'killed' = 'left'
    const timer = setTimeout(() => {
      how = 'killed'
      this.kill()
    }, deadlineMs)
    await this.ended
    clearTimeout(timer)
    return how
  }

  kill(): void {
    if (this.#ending === undefined) this.#process.kill('SIGKILL')
  }

  #listen(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
    const splitter = new Splitter((line) => {
      this.tail.add(line)
      onLine(line)
    })
    stream?.setEncoding('utf8')
    stream?.on('end', () => splitter.end())
    stream?.on('data', (text: string) => {
      this.#keep(text)
      splitter.push(text)
    })
  }

  #keep(text: string): void {
    if (this.#log === undefined) return
    try {
      writeSync(this.#log, text)
    } catch (error) {
      // A full disk must not end the demo.
      this.#log = undefined
      this.tail.add(`its log file is not written any more: ${String(error)}`)
    }
  }
}

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? { ...value } : {})

function jsonIn(line: string): Fields {
  try {
    return fieldsOf(JSON.parse(line))
  } catch {
    return {}
  }
}
