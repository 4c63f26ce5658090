import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Journeys run what a customer runs: the built package. A stale build would test yesterday's code. */
export default function build(): void {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b'], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: 'inherit',
  })
}
