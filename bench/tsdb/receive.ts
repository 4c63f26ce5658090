import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent } from 'node:http'
import { fileURLToPath } from 'node:url'
import { LabelSet } from 'boxman/series'
import { encodeWriteRequest, type RemoteWriteVersion, snap } from 'boxman/wire'
import type { Case, Reading } from '../case.ts'
import { installedPrometheus, post, Prometheus, writeHeaders } from '../prometheus.ts'

const SERIES = 6000
const STEP_MS = 15_000
/** Requests to a reading. */
const REQUESTS = 10

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

/** Samples a second, the requests one after another; the bodies are made before. */
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
      for (const each of bodies) await post(`${at}/api/v1/write`, each, { headers: writeHeaders(version), agent })
      return (REQUESTS * SERIES) / ((performance.now() - began) / 1000)
    }
  }
}

async function startOurs(): Promise<string> {
  const child = fork(fileURLToPath(new URL('receiver.js', import.meta.url)), { execArgv: [] })
  process.once('exit', () => child.kill())
  const [url] = (await once(child, 'message')) as [string] // oxlint-disable-line typescript/no-unsafe-type-assertion -- our own child's message
  return url
}

async function startPrometheus(binary: string): Promise<string> {
  const prometheus = new Prometheus(binary)
  await prometheus.start()
  return prometheus.url
}

const installed = installedPrometheus()

/** None without a Prometheus. */
export const cases: readonly Case[] =
  installed === undefined
    ? []
    : (['1.0', '2.0'] as const).map((version) => ({
        name: `remote-write receive with log, samples/s, version ${version}, ${SERIES} samples a request`,
        peerName: installed.name,
        unit: 'samples/s',
        ours: receiving(version, startOurs),
        peer: receiving(version, () => startPrometheus(installed.binary)),
      }))
