import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  disturbances,
  doubles,
  endsLate,
  endsWithoutBeginning,
  idsShared,
  LevelWatch,
  pagesMissed,
  wrongInTheEnd,
} from '../../../test/support/dispatch-faults.ts'
import { ALL_FAULTS, play, type Run, type Schedule, schedules } from '../../../test/support/dispatch-schedule.ts'

const ALL = ['alerts', 'alerts', 'alerts', 'silence', 'acknowledge', 'restart'] as const
const anything = schedules(ALL, ALL_FAULTS)
/** Without what hides alerts, and without messages that are refused for good. */
const open = schedules(
  ['alerts', 'alerts', 'restart'],
  ALL_FAULTS.filter((fault) => fault !== 'refused'),
)
const quiet = schedules(['alerts', 'alerts', 'silence'], ['none'])
/** Where it is known what was taken. */
const certain = schedules(['alerts', 'alerts', 'silence', 'restart'], ['none', 'down', 'throttled', 'refused'])

describe('over random schedules of alerts, silences, acknowledgements, faults and kills', () => {
  it.each<[what: string, schedules: fc.Arbitrary<Schedule>, numRuns: number, faults: (run: Run) => string[]]>([
    ['who knows that something fires is told that it is over', anything, 300, wrongInTheEnd],
    ['every page is delivered', open, 1000, pagesMissed],
    ['an end is told soon, whatever is silenced or inhibited', quiet, 300, endsLate],
    ['nobody is told of an end who was not told of a beginning', anything, 200, endsWithoutBeginning],
    ['one message has one id over all attempts and kills, and no other has it', anything, 200, idsShared],
    ['what was taken is not told again within the interval', certain, 300, doubles],
    ['an acknowledgement ends steps and repeats', anything, 300, disturbances],
  ])('%s', (_, random, numRuns, faults) => {
    fc.assert(
      fc.property(random, (schedule) => {
        expect(faults(play(schedule))).toEqual([])
      }),
      { numRuns },
    )
  })

  it('the level of escalation never falls while it fires, nor grows while somebody is at it', () => {
    fc.assert(
      fc.property(anything, (schedule) => {
        const watch = new LevelWatch()
        play(schedule, { watch: (state, now, fires) => watch.look(state, now, fires) })
        expect(watch.wrong).toEqual([])
      }),
      { numRuns: 200 },
    )
  })

  it('a state that is saved and loaded in the middle goes on as if nothing had happened', () => {
    fc.assert(
      fc.property(anything, fc.array(fc.nat({ max: 29 })), (schedule, reloads) => {
        expect(trace(play(schedule, { reloadBefore: new Set(reloads) }))).toEqual(trace(play(schedule)))
      }),
      { numRuns: 200 },
    )
  })

  it('comes to the same in slices', () => {
    fc.assert(
      fc.property(anything, fc.integer({ min: 1, max: 3 }), (schedule, most) => {
        expect(trace(play(schedule, { most }))).toEqual(trace(play(schedule)))
      }),
      { numRuns: 100 },
    )
  })
})

function trace({ simulation: { attempts, decisions } }: Run): unknown {
  return {
    decisions,
    attempts: attempts.map(({ at, integration, attempt, notification }) => {
      const { id, reason, alerts } = notification
      return { at, integration, attempt, id, reason, alerts: alerts.map((one) => `${one.fingerprint} ${one.status}`) }
    }),
  }
}
