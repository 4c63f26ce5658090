import { randomInt } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { endsWithoutBeginning, idsShared, wrongInTheEnd } from './support/dispatch-faults.ts'
import { playProcess, type ProcessRun, processSchedules } from './support/fault-process.ts'
import { doubled, pagesLost } from './support/house-faults.ts'

const RUNS = Number(process.env['BOXMAN_FAULT_PROCESSES'] ?? 20)
const SEED = Number(process.env['BOXMAN_FAULT_SEED'] ?? randomInt(2 ** 31))
const AT_ONCE = 5

const schedules = processSchedules([
  'none',
  'none',
  'lost',
  'failed',
  'slow',
  'late',
  'silent',
  'slow-body',
  'half-body',
  'reset',
  'deaf',
  'unavailable',
  'throttled',
  'refused',
  'missing',
])

function wrong(run: ProcessRun): readonly string[] {
  const told = [pagesLost, doubled, wrongInTheEnd, endsWithoutBeginning, idsShared].flatMap((find) => find(run))
  return [...told, ...run.untold]
}

it(
  `boxman serve, killed with -9: every page is told, and none twice beyond what is allowed (${RUNS} schedules, BOXMAN_FAULT_SEED=${SEED})`,
  { timeout: 60_000 + RUNS * 10_000 },
  async () => {
    const waiting = [...fc.sample(schedules, { numRuns: RUNS, seed: SEED }).entries()]
    let kills = 0
    let attempts = 0
    const failed: unknown[] = []
    const work = async (): Promise<void> => {
      for (;;) {
        const [number, schedule] = waiting.shift() ?? []
        if (schedule === undefined) return
        const run = await playProcess(schedule)
        kills += run.kills
        attempts += run.simulation.attempts.length
        const faults = wrong(run)
        if (faults.length > 0) failed.push({ number, faults, schedule: JSON.stringify(schedule) })
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    expect(failed).toEqual([])
    // Most are killed once or twice; some have told all before that many messages have come.
    expect(kills).toBeGreaterThan(RUNS / 2)
    expect(attempts).toBeGreaterThan(RUNS)
    if (process.env['BOXMAN_FAULT_PROCESSES'] !== undefined) console.info({ kills, attempts })
  },
)
