import path from 'node:path'
import { root } from './peer.ts'
import { ServerProcess } from './server-process.ts'

/** An example below `apps/`, as built, on free ports. */
export class ExampleService {
  readonly process: ServerProcess
  readonly url: string
  readonly #adminUrl: string

  private constructor(process: ServerProcess, url: string, adminUrl: string) {
    this.process = process
    this.url = url
    this.#adminUrl = adminUrl
  }

  static async start(name: string, env: NodeJS.ProcessEnv = {}): Promise<ExampleService> {
    const child = new ServerProcess(process.execPath, [path.join(root, 'apps', name, 'dist/main.js')], {
      env: { ...process.env, PORT: '0', BOXMAN_ADMIN_PORT: '0', ...env },
    })
    const [, url = '', adminUrl = ''] = await child.printed(/"url":"([^"]+)","adminUrl":"([^"]+)"/, 30_000)
    return new ExampleService(child, url, adminUrl)
  }

  /** The samples whose names begin so, as `name{labels}` and value; without the buckets of histograms. */
  async samples(...prefixes: readonly string[]): Promise<Record<string, number>> {
    const page = await (await fetch(`${this.#adminUrl}/metrics`)).text()
    return Object.fromEntries(
      page
        .split('\n')
        .filter((line) => prefixes.some((prefix) => line.startsWith(prefix)) && !/^\w+_bucket/.test(line))
        .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
    )
  }

  /** By SIGTERM; its exit code. */
  stop(): Promise<number | null> {
    return this.process.stop()
  }
}
