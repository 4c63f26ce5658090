import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { LabelSet } from 'boxman/series'
import { encodeWriteRequest, type RemoteWriteVersion, snap } from 'boxman/wire'
import type { Case, Reading } from '../case.ts'

const SERIES = 6000
const STEP_MS = 15_000
/** Requests to a reading. */
const REQUESTS = 10

const HEADERS: Readonly<Record<RemoteWriteVersion, Readonly<Record<string, string>>>> = {
  '1.0': { 'content-type': 'application/x-protobuf', 'x-prometheus-remote-write-version': '0.1.0' },
  '2.0': {
    'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
    'x-prometheus-remote-write-version': '2.0.0',
  },
}

const sets = Array.from({ length: SERIES }, (_, i) =>
  LabelSet.of({
    __name__: `http_request_duration_seconds_${i % 20}`,
    job: 'gateway',
    instance: `127.0.0.1:${i % 50}`,
    path: `/tables/T${i}`,
    method: 'POST',
    status: '200',
  }),
)

function body(version: RemoteWriteVersion, at: number, round: number): Promise<Uint8Array> {
  const series = sets.map((labels, i) => ({
    labels,
    times: Float64Array.of(at),
    // Two counters to a gauge.
    values: Float64Array.of(i % 3 === 0 ? Math.random() : round * 7 + i),
  }))
  return snap(encodeWriteRequest(series, version))
}

/** Wall-clock ms of one request, the requests one after another; the bodies are made before. */
function receiving(version: RemoteWriteVersion, start: () => Promise<string>): Reading {
  return () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    let url: string | undefined
    let round = 0
    // The rounds of all readings end before now.
    const since = Date.now() - 400 * STEP_MS
    return async () => {
      const at = (url ??= await start())
      const bodies: Uint8Array[] = []
      for (let i = 0; i < REQUESTS; i++) bodies.push(await body(version, since + STEP_MS * ++round, round))
      const began = performance.now()
      for (const each of bodies) await post(`${at}/api/v1/write`, each, version, agent)
      return (performance.now() - began) / REQUESTS
    }
  }
}

function post(url: string, bytes: Uint8Array, version: RemoteWriteVersion, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { ...HEADERS[version], 'content-encoding': 'snappy', 'content-length': bytes.length }
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', () => {
        if (response.statusCode === 204) resolve()
        else reject(new Error(`${url} answered ${response.statusCode}`))
      })
    })
    sent.once('error', reject).end(bytes)
  })
}

async function startOurs(): Promise<string> {
  const child = fork(fileURLToPath(new URL('receiver.js', import.meta.url)), { execArgv: [] })
  endWithUs(child)
  const [url] = (await once(child, 'message')) as [string] // oxlint-disable-line typescript/no-unsafe-type-assertion -- our own child's message
  return url
}

async function startPrometheus(binary: string): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'boxman-bench-'))
  writeFileSync(path.join(folder, 'prometheus.yml'), '{}')
  const free = createServer().listen(0, '127.0.0.1')
  await once(free, 'listening')
  const address = free.address()
  const port = typeof address === 'object' ? address?.port : undefined
  free.close()
  await once(free, 'close')
  const child = spawn(binary, [
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--web.enable-remote-write-receiver',
  ])
  endWithUs(child, folder)
  child.stdout.resume()
  await new Promise<void>((resolve) => {
    let text = ''
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      text = (text + piece).slice(-100_000)
      if (text.includes('Server is ready to receive web requests')) resolve()
    })
  })
  return `http://127.0.0.1:${port}`
}

function endWithUs(child: ChildProcess, folder?: string): void {
  process.once('exit', () => {
    child.kill(folder === undefined ? 'SIGTERM' : 'SIGKILL')
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  })
}

function findPrometheus(): string | undefined {
  const unpacked = fileURLToPath(new URL('../../../.peers/prometheus-3/usr/bin', import.meta.url))
  const folders = [unpacked, ...(process.env['PATH'] ?? '').split(path.delimiter)]
  return folders
    .map((folder) => path.join(folder, 'prometheus'))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

const binary = findPrometheus()

/** None without a Prometheus. */
export const cases: readonly Case[] =
  binary === undefined
    ? []
    : (['1.0', '2.0'] as const).map((version) => ({
        name: `remote-write receive ${version} with log, a request of ${SERIES} samples`,
        peerName: 'Prometheus',
        unit: 'ms',
        ours: receiving(version, startOurs),
        peer: receiving(version, () => startPrometheus(binary)),
      }))
