import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { build } from 'rolldown'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** Threads and processes of the tests of metrics. */
const WORKERS = ['threads/hammer', 'processes/cluster', 'processes/idle', 'processes/worker']

/** Journeys run what a customer runs: the built package. A stale build would test yesterday's code. */
export default async function buildAll(): Promise<void> {
  for (const program of [
    'typescript/bin/tsc -b',
    'rolldown/bin/cli.mjs -c rolldown.config.ts',
    'vite/bin/vite.js build console --config console/vite.config.ts',
  ]) {
    execFileSync(process.execPath, `node_modules/${program}`.split(' '), {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  }
  await build({
    cwd: root,
    input: Object.fromEntries(WORKERS.map((name) => [name, `src/metrics/${name}.test.support.ts`])),
    platform: 'node',
    logLevel: 'warn',
    output: { dir: 'node_modules/.cache/test-workers' },
  })
}
