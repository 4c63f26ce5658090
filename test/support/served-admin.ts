import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { encodeWriteRequest, type SeriesToWrite, snap } from '../../src/wire/index.ts'
import { type ConfigInput, createBoxman, createServer } from '../../src/runtime/index.ts'
import { LabelSet } from '../../src/series/index.ts'

export interface ServedAdmin {
  readonly url: string
  readonly port: number
  /** What was logged of endpoints that failed. */
  readonly faults: () => readonly string[]
  readonly close: () => Promise<void>
}

/** A service with every endpoint, and something behind each. */
export async function serveService(admin: ConfigInput['admin'] & object): Promise<ServedAdmin> {
  const lines: string[] = []
  const boxman = await createBoxman(
    {
      service: 'wallet',
      admin: { port: 0, ...admin },
      ingest: { remoteWrite: true, otlp: true },
      thresholds: { memoryBytes: 1e12, cpuPercent: 1e6 },
    },
    {
      env: {},
      cwd: mkdtempSync(path.join(tmpdir(), 'boxman-access-')),
      logDestination: { write: (line) => void lines.push(line) },
    },
  )
  boxman.health.check({ name: 'db', run: () => 'fine' })
  boxman.request({ route: '/tables/:id' }, () => undefined)
  const url = boxman.admin.url ?? ''
  return {
    url,
    port: Number(new URL(url).port),
    faults: () => lines.filter((line) => line.includes('A fault in the monitoring')),
    close: () => boxman.stop(),
  }
}

/** `boxman serve` with everything on, in this process. */
export async function serveServer(env: Readonly<Record<string, string>> = {}): Promise<ServedAdmin> {
  const server = await createServer(
    {
      host: '127.0.0.1',
      port: 0,
      folder: undefined,
      retentionMs: 3_600_000,
      maxBytes: 2 ** 26,
      configFile: undefined,
      rules: [],
      queryBackend: undefined,
      receivesRemoteWrite: true,
      lifecycle: true,
    },
    { BOXMAN_LOG_LEVEL: 'silent', ...env },
  )
  return { url: server.url, port: Number(new URL(server.url).port), faults: () => [], close: () => server.stop() }
}

/** A remote write of one sample. */
export function remoteWriteBody(at: number): Promise<Uint8Array> {
  const series: SeriesToWrite = {
    labels: LabelSet.of({ __name__: 'sent' }),
    times: Float64Array.of(at),
    values: Float64Array.of(1),
  }
  return snap(encodeWriteRequest([series], '1.0'))
}
