import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** A process of ours or a peer's, with what it printed; ended by its handle. */
export class ServerProcess {
  readonly child: ChildProcess
  readonly exited: Promise<number | null>
  #output = ''
  #wake: () => void = () => undefined

  constructor(
    command: string,
    args: readonly string[],
    options: { cwd?: string; env?: NodeJS.ProcessEnv; uid?: number; gid?: number; input?: boolean } = {},
  ) {
    const { input = false, ...rest } = options
    this.child = spawn(command, args, { stdio: [input ? 'pipe' : 'ignore', 'pipe', 'pipe'], ...rest })
    this.exited = new Promise((resolve, reject) => {
      this.child.once('error', reject)
      this.child.once('close', (code) => {
        resolve(code)
        this.#wake()
      })
    })
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-1_000_000)
        this.#wake()
      })
    }
  }

  get output(): string {
    return this.#output
  }

  /** What `pattern` first finds in the output. Rejects, with the output, when the process ends without it or time is up. */
  async printed(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray> {
    let late = false
    const timer = setTimeout(() => {
      late = true
      this.#wake()
    }, timeoutMs)
    try {
      for (;;) {
        const match = pattern.exec(this.#output)
        if (match !== null) return match
        const over = this.child.exitCode !== null || this.child.signalCode !== null
        if (over || late) {
          throw new Error(`${over ? 'the process ended' : 'time is up'} without ${String(pattern)}:\n${this.#output}`)
        }
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    } finally {
      clearTimeout(timer)
    }
  }

  /** Asks it to end, and makes it end after 10 s. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal)
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 10_000)
    return this.exited.finally(() => clearTimeout(timer))
  }
}

/** For servers that cannot be told "any free port". */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('BUG: a TCP server without a port')
  return address.port
}
