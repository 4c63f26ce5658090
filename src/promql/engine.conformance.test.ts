import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { Engine } from './index.ts'
import { MemoryStore } from './testing/memory-store.ts'
import { parseScript } from './testing/script.ts'
import { runScript, type Verdict } from './testing/run-script.ts'

const shared = process.env['BOXMAN_SHARED'] ?? fileURLToPath(new URL('../../../shared', import.meta.url))
const folder = path.join(shared, 'conformance', 'promql')
const missing = !existsSync(path.join(folder, 'index.json'))
if (missing) process.stderr.write(`skipped: the engine's conformance scripts, which are not at ${folder}\n`)

function run(script: string): Promise<readonly Verdict[]> {
  const store = new MemoryStore()
  return runScript(script, store, new Engine({ queryable: store, pause: () => Promise.resolve() }))
}

describe.skipIf(missing)('engine, as Prometheus', () => {
  const files = missing ? [] : readdirSync(folder).filter((file) => file.endsWith('.test'))

  it('has scripts', () => {
    expect(files.length).toBeGreaterThan(20)
  })

  it.each(files)('%s', async (file) => {
    const verdicts = await run(readFileSync(path.join(folder, file), 'utf8'))
    const faults = verdicts.flatMap(({ line, query, fault }) =>
      fault === undefined ? [] : [`line ${line}: ${query}: ${fault}`],
    )
    expect(verdicts.length).toBeGreaterThan(0)
    expect(faults).toEqual([])
  })

  it('reads all evaluations', () => {
    const cases = JSON.parse(readFileSync(path.join(folder, 'index.json'), 'utf8')) as readonly unknown[]
    const read = files.flatMap((file) => parseScript(readFileSync(path.join(folder, file), 'utf8')))
    expect(read.filter(({ kind }) => kind === 'eval')).toHaveLength(cases.length)
  })
})

describe('script', () => {
  it.each([
    ['eval instant at 1m metric\n  metric 2', undefined],
    ['eval instant at 1m metric\n  metric 3', 'metric: wanted 3, got 2'],
    ['eval instant at 1m metric', 'surplus metric 2'],
    ['eval instant at 1m metric\n  metric 2\n  other 1', 'no other among metric 2'],
    ['eval instant at 1m metric\n  expect fail', 'did not fail'],
    ['eval instant at 1m rate(metric)\n  expect fail', undefined],
    ['eval instant at 1m metric\n  expect warn\n  metric 2', 'warnings: wanted any, got none'],
    ['eval range from 0 to 1m step 1m metric\n  metric 1 2', undefined],
    ['eval range from 0 to 1m step 1m metric\n  metric 1 _', 'metric: step 1: wanted undefined, got 2'],
  ])('%j: %s', async (text, fault) => {
    const [verdict] = await run(`load 1m\n  metric 1 2\n\n${text}\n`)
    expect(verdict?.fault).toBe(fault)
  })
})
