import { execFileSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'rolldown'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** Threads and processes of the tests of metrics. */
const WORKERS = ['threads/hammer', 'processes/cluster', 'processes/idle', 'processes/worker']

/** Whether the console was built since something of it changed, or of the rooms that are in it. */
function hasFreshPage(): boolean {
  const index = statSync(`${root}dist/console/index.html`, { throwIfNoEntry: false })
  const parts = ['console/src', 'console/index.html', 'console/vite.config.ts', 'src/charts', 'src/promql']
  return (
    index !== undefined &&
    parts
      .flatMap((part) => [part, ...namesIn(`${root}${part}`).map((name) => `${part}/${name}`)])
      .every((file) => statSync(root + file).mtimeMs <= index.mtimeMs)
  )
}

function namesIn(part: string): readonly string[] {
  return statSync(part).isDirectory() ? readdirSync(part, { recursive: true, encoding: 'utf8' }) : []
}

/** Journeys run what a customer runs: the built package. A stale build would test yesterday's code. */
export default async function buildAll(): Promise<void> {
  const page = hasFreshPage() ? [] : ['vite/bin/vite.js build console --config console/vite.config.ts']
  for (const program of ['typescript/bin/tsc -b', 'rolldown/bin/cli.mjs -c rolldown.config.ts', ...page]) {
    execFileSync(process.execPath, `node_modules/${program}`.split(' '), {
      cwd: root,
      // The runner of the tests sets another, of which Vite makes a page that is larger.
      env: { ...process.env, NODE_ENV: 'production' },
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
