import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort, ServerProcess } from './server-process.ts'

/** A real VictoriaMetrics with a folder of its own. */
export class VictoriaMetrics {
  readonly url: string
  readonly #process: ServerProcess
  readonly #folder: string

  private constructor(url: string, process: ServerProcess, folder: string) {
    this.url = url
    this.#process = process
    this.#folder = folder
  }

  static async start(binary: string): Promise<VictoriaMetrics> {
    const folder = await mkdtemp(path.join(tmpdir(), 'boxman-victoria-'))
    const url = `127.0.0.1:${await freePort()}`
    const server = new ServerProcess(binary, [
      `-storageDataPath=${folder}/data`,
      `-httpListenAddr=${url}`,
      '-search.latencyOffset=0s',
      '-memory.allowedBytes=128MiB',
    ])
    await server.printed(/started VictoriaMetrics|pprof handlers are exposed/, 30_000)
    return new VictoriaMetrics(`http://${url}`, server, folder)
  }

  /** Makes what was written visible to queries. */
  async flush(): Promise<void> {
    await fetch(`${this.url}/internal/force_flush`)
  }

  async stop(): Promise<void> {
    await this.#process.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
