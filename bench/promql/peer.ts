import { access, mkdtemp, rename } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { encodeWriteRequest, snap } from 'boxman/wire'
import { Prometheus } from '../prometheus.ts'
import { END, generate, SAMPLES, START, STEP_MS } from './data.ts'

/** Samples of a series to a request. */
const BATCH = 10
const FLAGS = ['--storage.tsdb.min-block-duration=24h', '--storage.tsdb.max-block-duration=24h']

/** Starts a real Prometheus with the data, in its folder of the day: filled by the first that asks. Ends with this process. */
export async function startPeer(binary: string): Promise<string> {
  const folder = path.join(tmpdir(), `boxman-bench-promql-${END}`)
  if (!(await exists(folder))) {
    const made = await mkdtemp(`${folder}-`)
    const filled = new Prometheus(binary, { folder: made, flags: FLAGS })
    await filled.start()
    await load(filled)
    await filled.kill('SIGTERM')
    await rename(made, folder)
  }
  const prometheus = new Prometheus(binary, { folder, flags: FLAGS })
  await prometheus.start()
  return prometheus.url
}

async function load(prometheus: Prometheus): Promise<void> {
  const all = generate()
  for (let from = 0; from < SAMPLES; from += BATCH) {
    const to = Math.min(from + BATCH, SAMPLES)
    const times = Float64Array.from({ length: to - from }, (_, i) => START + (from + i) * STEP_MS)
    const series = all.map(({ labels, values }) => ({
      labels,
      times,
      values: Float64Array.from(values.slice(from, to)),
    }))
    await prometheus.write(await snap(encodeWriteRequest(series, '1.0')))
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}
