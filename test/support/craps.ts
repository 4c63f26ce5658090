import path from 'node:path'
import { root } from './peer.ts'
import { ServerProcess } from './server-process.ts'

interface Addresses {
  readonly gateway: string
  readonly admin: string
  /** Of v1, v2 and so on. */
  readonly validators: readonly string[]
  /** By process, the gateway's too. */
  readonly admins: Readonly<Record<string, string>>
  readonly pids: Readonly<Record<string, number>>
}

/** The main job, on free ports. */
export class Craps {
  readonly launcher: ServerProcess
  readonly addresses: Addresses

  private constructor(launcher: ServerProcess, addresses: Addresses) {
    this.launcher = launcher
    this.addresses = addresses
  }

  static async start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Craps> {
    const launcher = new ServerProcess(
      process.execPath,
      [path.join(root, 'apps/craps-gateway/start.js'), '--port', '0', ...args],
      { env: { ...process.env, ...env } },
    )
    const [line] = await launcher.printed(/^\{"gateway".*\}$/m, 30_000)
    return new Craps(launcher, JSON.parse(line) as Addresses)
  }

  /** The gateway's page: every line as `name{labels} value`. */
  async page(): Promise<string> {
    const response = await fetch(`${this.addresses.admin}/metrics`)
    if (!response.ok) throw new Error(`/metrics: HTTP ${response.status}`)
    return response.text()
  }

  stop(): Promise<number | null> {
    return this.launcher.stop('SIGINT')
  }
}

/** The sum of a metric's lines on a page, over all its labels. */
export function total(page: string, name: string): number {
  return page
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}
