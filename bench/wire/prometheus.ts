import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))

export interface Installed {
  readonly binary: string
  readonly version: string
}

/** The newest Prometheus that is installed. */
export function installedPrometheus(): Installed | undefined {
  const folders = [path.join(root, '.peers/prometheus-3/usr/bin'), ...(process.env['PATH'] ?? '').split(path.delimiter)]
  const binary = folders.map((folder) => path.join(folder, 'prometheus')).find(isExecutable)
  if (binary === undefined) return undefined
  const { stdout, stderr } = spawnSync(binary, ['--version'], { encoding: 'utf8' })
  return { binary, version: /version (\S+)/.exec(stdout + stderr)?.[1] ?? 'of unknown version' }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Scrapes the page once a second for as long as this process lives. Returns what tells how long its last scrape took, ms. */
export async function scrape(binary: string, page: Uint8Array, contentType: string): Promise<() => Promise<number>> {
  const target = createServer((_, response) => {
    response.setHeader('content-type', contentType)
    response.end(page)
  }).listen(0, '127.0.0.1')
  await once(target, 'listening')
  const port = await freePort()
  const folder = mkdtempSync(path.join(tmpdir(), 'boxman-bench-'))
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: [{ job_name: 'page', static_configs: [{ targets: [`127.0.0.1:${portOf(target)}`] }] }],
  }
  writeFileSync(path.join(folder, 'prometheus.yml'), JSON.stringify(config)) // JSON is YAML
  const server = spawn(
    binary,
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=native-histograms',
    ],
    { stdio: 'ignore' },
  )
  process.once('exit', () => {
    server.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  let last = 0
  return async () => {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 300))
      const found = await lastScrape(port)
      if (found === undefined || found.at === last) continue
      last = found.at
      return found.tookMs
    }
  }
}

/** Undefined until there is one that went well. */
async function lastScrape(port: number): Promise<{ at: number; tookMs: number } | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/targets`)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API's shape
    const { data } = (await response.json()) as {
      data: { activeTargets: { health: string; lastScrape: string; lastScrapeDuration: number }[] }
    }
    const [target] = data.activeTargets
    if (target?.health !== 'up') return undefined
    return { at: Date.parse(target.lastScrape), tookMs: target.lastScrapeDuration * 1000 }
  } catch {
    return undefined
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  server.close()
  await once(server, 'close')
  return port
}

function portOf(server: ReturnType<typeof createServer>): number {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  return (server.address() as AddressInfo).port
}
