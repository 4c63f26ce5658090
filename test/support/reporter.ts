import type { Reporter, TestModule } from 'vitest/node'

/** Closes the run with what was skipped and why, and with one line that counts everything. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    let passed = 0
    let failed = 0
    const skipped: string[] = []
    for (const module of modules) {
      if (module.state() === 'failed' && module.errors().length > 0) failed++
      for (const test of module.children.allTests()) {
        const result = test.result()
        if (result.state === 'passed') passed++
        else if (result.state === 'failed') failed++
        else skipped.push(`${test.fullName}: ${(result.state === 'skipped' && result.note) || 'no reason given'}`)
      }
    }
    if (skipped.length > 0) process.stdout.write(`\nSkipped:\n${skipped.map((line) => `  ${line}`).join('\n')}\n`)
    process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped.length} skipped\n`)
  }
}
