import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ALL_FAULTS, config, play, schedules } from '../../../test/support/dispatch-schedule.ts'
import { createState, type DispatchState, saveParts, saveState, StateLoader, step } from './index.ts'

const random = schedules(['alerts', 'alerts', 'silence', 'acknowledge', 'restart'], ALL_FAULTS)

describe('a state in parts', () => {
  it('is the one that it was when they were asked for, whatever happens while they are taken', () => {
    fc.assert(
      fc.property(random, fc.nat({ max: 60 }), (schedule, moment) => {
        let left = moment
        let taken:
          | { readonly whole: unknown; readonly parts: Iterator<unknown>; readonly loaded: unknown[] }
          | undefined
        const look = (state: DispatchState): void => {
          if (left-- === 0) {
            const whole: unknown = JSON.parse(JSON.stringify(saveState(state)))
            taken = { whole, parts: saveParts(state)[Symbol.iterator](), loaded: [] }
          }
          // One part a step, the others at the end.
          const part = taken?.parts.next()
          if (part?.done === false) taken?.loaded.push(JSON.parse(JSON.stringify(part.value)))
        }
        play(schedule, { watch: look })
        if (taken === undefined) return
        for (let part = taken.parts.next(); part.done !== true; part = taken.parts.next())
          taken.loaded.push(JSON.parse(JSON.stringify(part.value)))
        expect(JSON.parse(JSON.stringify(saveState(stateOf(taken.loaded))))).toEqual(taken.whole)
      }),
      { numRuns: 200 },
    )
  })

  it('of another version is refused', () => {
    const [first] = parts(step(stateOf([]), { kind: 'started' }, 0, config).state)
    expect(() => stateOf([{ ...first, of: { ...first?.of, version: 0 } }])).toThrow(/version 0; this is 1/)
  })
})

type Part = ReturnType<typeof saveParts> extends Iterable<infer P> ? P : never

function parts(state: DispatchState): Part[] {
  return JSON.parse(JSON.stringify([...saveParts(state)])) as Part[]
}

function stateOf(given: readonly unknown[]): DispatchState {
  let loader: StateLoader | undefined
  for (const part of given as readonly Part[]) {
    if (part.kind === 'state') loader = new StateLoader(part.of)
    else loader?.take(part)
  }
  return loader?.state ?? createState()
}
