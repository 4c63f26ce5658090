import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const TICK_NS = 1e7
const MAIN = fileURLToPath(import.meta.resolve('boxman/cli')).replace(/index\.js$/, 'main.js')

/** `boxman serve` with a folder for its data, which tells a server of this process. */
export class ServedBoxman {
  told = 0
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'boxman-bench-serve-'))
  readonly #hook: Server
  readonly #looksAtSlices: boolean
  #child: ChildProcess | undefined
  #output = ''
  #url = ''

  constructor({ looksAtSlices = false }: { readonly looksAtSlices?: boolean } = {}) {
    this.#looksAtSlices = looksAtSlices
    this.#hook = createServer((request, response) => {
      this.told++
      request.resume()
      response.end()
    })
  }

  async open(intervalMs: number): Promise<void> {
    this.#hook.listen(0, '127.0.0.1')
    await once(this.#hook, 'listening')
    const address = this.#hook.address()
    const interval = `${intervalMs}ms`
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`
    const config = {
      route: {
        receiver: 'hook',
        group_by: ['alertname', 'service'],
        group_wait: interval,
        group_interval: interval,
        repeat_interval: '4h',
      },
      // As the peer, which has no limit.
      receivers: [
        { name: 'hook', webhook_configs: [{ url, boxman: { rate: { per_minute: 60_000, burst: 10_000 } } }] },
      ],
      inhibit_rules: [
        {
          source_matchers: ['alertname="RegionDown"'],
          target_matchers: ['severity=~"page|ticket"'],
          equal: ['region'],
        },
      ],
    }
    writeFileSync(path.join(this.#folder, 'alertmanager.yml'), JSON.stringify(config)) // JSON is YAML
    await this.start()
  }

  async start(): Promise<void> {
    const preload = this.#looksAtSlices ? ['--import', new URL('slices.js', import.meta.url).href] : []
    const args = ['serve', '--listen', '127.0.0.1:0', '--data', 'data', '--alertmanager-config', 'alertmanager.yml']
    this.#output = ''
    const child = spawn(process.execPath, [...preload, MAIN, ...args], { cwd: this.#folder })
    this.#child = child
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (this.#output += text))
    const [, url = ''] = await this.#printed(/"url":"([^"]+)".*"msg":"Boxman serves"/)
    this.#url = url
  }

  async post(body: string): Promise<void> {
    const headers = { 'content-type': 'application/json' }
    const { ok, status } = await fetch(`${this.#url}/api/v2/alerts`, { method: 'POST', headers, body })
    if (!ok) throw new Error(`boxman serve answers ${status}`)
  }

  /** CPU time of its process so far. */
  cpuNs(): number {
    const stat = readFileSync(`/proc/${this.#child?.pid}/stat`, 'latin1')
      .replace(/^.*\) /, '')
      .split(' ')
    return (Number(stat[11]) + Number(stat[12])) * TICK_NS
  }

  /** Memory of its process, without the files that are mapped. */
  bytes(): number {
    const status = readFileSync(`/proc/${this.#child?.pid}/status`, 'latin1')
    return Number(/RssAnon:\s+(\d+)/.exec(status)?.[1]) * 1024
  }

  /** CPU time of the longest since the last time, ms. */
  async longestSliceMs(): Promise<number> {
    this.#output = ''
    this.#child?.kill('SIGUSR2')
    return Number((await this.#printed(/longest slice: (\S+)\n/))[1])
  }

  /** As a power cut does, but for the disk. */
  async kill(): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  async close(): Promise<void> {
    await this.kill()
    this.#hook.close()
    this.#hook.closeAllConnections()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#output)
      if (match !== null) return match
      if (this.#child?.exitCode !== null) throw new Error(`boxman serve ended: ${this.#output}`)
      await new Promise((done) => setTimeout(done, 20))
    }
  }
}
