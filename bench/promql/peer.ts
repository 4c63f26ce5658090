import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdtemp, rename, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { END, generate, SAMPLES, START, STEP_MS } from './data.ts'
import { remoteWrite } from './remote-write.ts'

const BINARY = fileURLToPath(new URL('../../../.peers/prometheus-3/usr/bin/prometheus', import.meta.url))

/** `Prometheus 3.5.3`, or whatever is there. */
export function peerVersion(): string {
  const [, version = '?'] =
    /version (\d+\.\d+\.\d+)/.exec(execFileSync(BINARY, ['--version'], { encoding: 'utf8' })) ?? []
  return `Prometheus ${version}`
}

/** Starts a real Prometheus with the data, in its folder of the day: filled by the first that asks. Ends with this process. */
export async function startPeer(): Promise<string> {
  const folder = path.join(tmpdir(), `boxman-bench-promql-${END}`)
  if (!(await exists(folder))) {
    const made = await mkdtemp(`${folder}-`)
    await writeFile(path.join(made, 'prometheus.yml'), '{}')
    const { url, child } = await start(made)
    await load(url)
    child.kill('SIGTERM')
    await once(child, 'exit')
    await rename(made, folder)
  }
  const { url } = await start(folder)
  return url
}

async function start(folder: string): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const port = await freePort()
  const child = spawn(
    BINARY,
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      '--storage.tsdb.min-block-duration=24h',
      '--storage.tsdb.max-block-duration=24h',
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-remote-write-receiver',
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  process.once('exit', () => child.kill('SIGKILL'))
  for (const end of ['SIGINT', 'SIGTERM', 'disconnect']) process.once(end, () => process.exit(1))
  const url = `http://127.0.0.1:${port}`
  for (let tries = 0; !(await isReady(url)); tries++) {
    if (tries > 300 || child.exitCode !== null) throw new Error('Prometheus does not get ready')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return { url, child }
}

async function load(url: string): Promise<void> {
  const all = generate()
  const batch = 10
  for (let from = 0; from < SAMPLES; from += batch) {
    const places = Array.from({ length: Math.min(batch, SAMPLES - from) }, (_, i) => from + i)
    const times = places.map((at) => START + at * STEP_MS)
    await remoteWrite(
      url,
      all.map(({ labels, values }) => ({ labels, times, values: places.map((at) => values[at] ?? NaN) })),
    )
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/-/ready`)
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('BUG: a TCP server without a port')
  return address.port
}
