import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ALL_FAULTS,
  byWay,
  INTERVAL,
  nameOf,
  play,
  REPEAT,
  type Run,
  schedules,
  type Way,
} from '../../../test/support/dispatch-schedule.ts'
import type { Attempt } from '../../../test/support/dispatch-simulation.ts'

const anything = schedules(['alerts', 'alerts', 'alerts', 'silence', 'acknowledge', 'restart'], ALL_FAULTS)
/** Without what hides alerts, and without messages that are refused for good. */
const open = schedules(
  ['alerts', 'alerts', 'restart'],
  ALL_FAULTS.filter((fault) => fault !== 'refused'),
)

function firing({ notification }: Attempt): Set<string> {
  return names(notification.alerts.filter(({ status }) => status === 'firing'))
}

function names(alerts: Attempt['notification']['alerts']): Set<string> {
  return new Set(alerts.map(({ labels }) => nameOf(labels)))
}

/** What the last message that a receiver took says of an alert. */
function lastTaken(way: readonly Attempt[], name: string): 'firing' | 'resolved' | undefined {
  const message = way.findLast(({ taken, notification }) => taken && names(notification.alerts).has(name))
  return message?.notification.alerts.find(({ labels }) => nameOf(labels) === name)?.status
}

describe('over random schedules of alerts, silences, acknowledgements, faults and kills', () => {
  it('every page is delivered, and who knows that something fires is told that it is over', () => {
    fc.assert(
      fc.property(anything, (schedule) => {
        const { simulation, fires } = play(schedule)
        for (const way of byWay(simulation.attempts)) {
          for (const name of new Set(way.flatMap((one) => [...names(one.notification.alerts)]))) {
            const fires_ = fires.some((fire) => fire.name === name && fire.to === Infinity)
            const last = lastTaken(way, name)
            // Inhibited to the end: known as firing or not, as when the inhibition began.
            if (fires_ && name === 'Y/1') continue
            if (last !== undefined) expect(last).toBe(fires_ ? 'firing' : 'resolved')
            if (fires_) expect(last).toBe('firing')
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  it('1 000 schedules of faults end with every page delivered', () => {
    fc.assert(
      fc.property(open, (schedule) => {
        const { simulation, fires } = play(schedule)
        for (const { name, from, to } of fires) {
          // What began and ended between two flushes is nobody's page; Y/1 may be inhibited.
          if (to - from <= INTERVAL + 1000 || name === 'Y/1') continue
          for (const integration of name.startsWith('X')
            ? ['second/webhook[0]', 'hook/webhook[0]'].slice(0, 1)
            : ['hook/webhook[0]']) {
            const told = simulation.attempts.some(
              (one) =>
                one.taken &&
                one.integration === integration &&
                one.at >= from &&
                names(one.notification.alerts).has(name),
            )
            expect(told).toBe(true)
          }
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('a group is told as over only where it was told as firing', () => {
    fc.assert(
      fc.property(anything, (schedule) => {
        for (const way of byWay(play(schedule).simulation.attempts)) {
          let mayFire = false
          for (const { notification } of way) {
            if (notification.status === 'firing') mayFire = true
            else expect(mayFire).toBe(true)
          }
        }
      }),
      { numRuns: 200 },
    )
  })

  it('one message keeps its id and its content over all attempts, and no other has the id', () => {
    fc.assert(
      fc.property(anything, (schedule) => {
        const { attempts } = play(schedule).simulation
        const contents = new Map<string, string>()
        for (const attempt of attempts) {
          const { id, groupKey, status, alerts } = attempt.notification
          const content = `${attempt.integration} ${groupKey} ${status} ${alerts.map((one) => `${one.fingerprint}${one.status}`).join(' ')}`
          expect(contents.get(id) ?? content).toBe(content)
          contents.set(id, content)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('what was confirmed is not told again within the interval', () => {
    const quick = schedules(['alerts', 'alerts', 'silence', 'restart'], ['none', 'down', 'throttled', 'refused'])
    fc.assert(
      fc.property(quick, (schedule) => {
        for (const way of byWay(play(schedule).simulation.attempts)) {
          let last: Attempt | undefined
          for (const one of way) {
            const { reason, id, status, alerts } = one.notification
            // Another message after one that was taken: something is new, or the time has come.
            if (last?.taken === true && last.notification.id !== id && reason !== 'escalation' && status === 'firing') {
              const before = firing(last)
              const grew = [...firing(one)].some((name) => !before.has(name))
              const known = new Set(last.notification.alerts.map((each) => `${each.fingerprint} ${each.endsAt}`))
              const ended = alerts.some(
                (each) => each.endsAt !== undefined && !known.has(`${each.fingerprint} ${each.endsAt}`),
              )
              if (!grew && !ended) {
                expect(reason).toBe('repeat')
                expect(one.at - last.at).toBeGreaterThanOrEqual(REPEAT)
              }
            }
            last = one
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  it('an acknowledgement ends steps and repeats, over restarts too', () => {
    fc.assert(
      fc.property(anything, (schedule) => {
        const run = play(schedule)
        for (const { at, notification, attempt } of run.simulation.attempts) {
          if (attempt > 1 || (notification.reason !== 'escalation' && notification.reason !== 'repeat')) continue
          expect(isAcknowledged(run, notification.groupLabels.get('alertname'), at)).toBe(false)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('the level of an incident never falls, nor grows while somebody is at it', () => {
    fc.assert(
      fc.property(anything, (schedule) => {
        const levels = new Map<string, number>()
        const watch: Way['watch'] = (state, now, fires) => {
          for (const { key, escalation, acknowledgement } of state.logs.values()) {
            const before = levels.get(key)
            if (escalation === undefined) {
              const name = key.includes('{alertname="X"}') ? 'X' : 'Y'
              const over = fires.every((fire) => !fire.name.startsWith(name) || fire.to <= now || fire.from >= now)
              expect(before === undefined || over).toBe(true)
              levels.delete(key)
              continue
            }
            expect(escalation.taken).toBeGreaterThanOrEqual(before ?? 0)
            if (acknowledgement !== undefined) expect(escalation.taken).toBe(before ?? 0)
            levels.set(key, escalation.taken)
          }
        }
        play(schedule, { watch })
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

function isAcknowledged({ acknowledged, fires }: Run, group: string, at: number): boolean {
  const last = acknowledged.findLast((one) => one.group === group && one.at <= at)
  if (last?.is !== true) return false
  // It ends when nothing fires any more, as seen by a flush.
  return fires.some(({ name, from, to }) => name.startsWith(group) && from <= last.at && to > at)
}

function trace({ simulation: { attempts, decisions } }: Run): unknown {
  return {
    decisions,
    attempts: attempts.map(({ at, integration, attempt, notification }) => {
      const { id, reason, alerts } = notification
      return { at, integration, attempt, id, reason, alerts: alerts.map((one) => `${one.fingerprint} ${one.status}`) }
    }),
  }
}
