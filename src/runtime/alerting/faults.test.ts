import { randomInt } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { disturbances, endsWithoutBeginning, idsShared, wrongInTheEnd } from '../../../test/support/dispatch-faults.ts'
import { type HouseRun, playHouse } from '../../../test/support/fault-house.ts'
import { houseSchedules } from '../../../test/support/fault-schedule.ts'
import type { FaultKind } from '../../../test/support/faulty-receiver.ts'
import { doubled, pagesLost } from '../../../test/support/house-faults.ts'

const RUNS = Number(process.env['BOXMAN_FAULT_SCHEDULES'] ?? 40)
const SEED = Number(process.env['BOXMAN_FAULT_SEED'] ?? randomInt(2 ** 31))

const FAULTS: readonly FaultKind[] = [
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
  'throttled-long',
  'refused',
  'missing',
]

const schedules = houseSchedules(['alerts', 'alerts', 'alerts', 'silence', 'acknowledge', 'kill'], FAULTS)

function wrong(run: HouseRun): object {
  return {
    pagesLost: pagesLost(run),
    doubled: doubled(run),
    wrongInTheEnd: wrongInTheEnd(run),
    endsWithoutBeginning: endsWithoutBeginning(run),
    idsShared: idsShared(run),
    disturbances: disturbances(run),
    complaints: run.complaints,
    queued: run.queued,
  }
}

const NOTHING = {
  pagesLost: [],
  doubled: [],
  wrongInTheEnd: [],
  endsWithoutBeginning: [],
  idsShared: [],
  disturbances: [],
  complaints: [],
  queued: 0,
}

describe('a house whose receivers fail and whose processes are killed', () => {
  it(
    `tells every page, and none twice beyond what is allowed (${RUNS} schedules, BOXMAN_FAULT_SEED=${SEED})`,
    { timeout: 60_000 + RUNS * 3000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(schedules, async (schedule) => {
          expect(wrong(await playHouse(schedule))).toEqual(NOTHING)
        }),
        // What fails is made smaller, but not for ever.
        { numRuns: RUNS, seed: SEED, interruptAfterTimeLimit: 20_000 + RUNS * 2000 },
      )
    },
  )
})
