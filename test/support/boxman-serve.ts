import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { root } from './peer.ts'
import type { PromSample } from './prometheus.ts'
import { ServerProcess } from './server-process.ts'

export interface ApiTarget {
  readonly discoveredLabels: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly scrapePool: string
  readonly scrapeUrl: string
  readonly health: string
  readonly lastError: string
  readonly scrapeInterval: string
  readonly scrapeTimeout: string
}

export interface ApiTargets {
  readonly activeTargets: readonly ApiTarget[]
  readonly droppedTargets: readonly {
    readonly discoveredLabels: Readonly<Record<string, string>>
    readonly scrapePool: string
  }[]
}

const MAIN = path.join(root, 'dist/cli/main.js')

/** Data of an endpoint of the API at `url`. */
export async function askApi<T>(url: string, endpoint: string): Promise<T> {
  const response = await fetch(`${url}/api/v1/${endpoint}`)
  const body = (await response.json()) as { status: string; error?: string; data: T }
  if (body.status !== 'success') throw new Error(`${endpoint}: ${body.error}`)
  return body.data
}

export async function askQuery(url: string, expression: string): Promise<readonly PromSample[]> {
  const { result } = await askApi<{ result: PromSample[] }>(url, `query?query=${encodeURIComponent(expression)}`)
  return result
}

/** Asks until the answer is as wanted. Time is up with the test. */
export async function eventually<T>(
  ask: () => Promise<T>,
  isWanted: (found: T) => boolean,
  signal: AbortSignal,
): Promise<T> {
  for (;;) {
    const found = await ask()
    if (isWanted(found)) return found
    if (signal.aborted) throw new Error(`still ${JSON.stringify(found)}`)
    await new Promise((resolve) => {
      setTimeout(resolve, 100)
    })
  }
}

/** A folder with these files in it. */
export async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'boxman-serve-'))
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text)
  return folder
}

/** `boxman serve`, as a process of its own. */
export class BoxmanServe {
  readonly url: string
  readonly process: ServerProcess

  private constructor(url: string, process: ServerProcess) {
    this.url = url
    this.process = process
  }

  static async start(args: readonly string[], cwd: string = tmpdir()): Promise<BoxmanServe> {
    const process = BoxmanServe.run(['--listen', '127.0.0.1:0', ...args], cwd)
    const [, url = ''] = await process.printed(/"url":"([^"]+)".*"msg":"Boxman serves"/, 30_000)
    return new BoxmanServe(url, process)
  }

  /** Without waiting for it. */
  static run(args: readonly string[], cwd: string = tmpdir()): ServerProcess {
    return new ServerProcess(globalThis.process.execPath, [MAIN, 'serve', ...args], { cwd })
  }
}
