import { describe, expect, it } from 'vitest'
import { dispatchConfig, matcher } from '../../../test/support/alerting-config.ts'
import { Simulation } from '../../../test/support/dispatch-simulation.ts'
import { silenceState } from './index.ts'

interface Change {
  readonly at: number
  readonly matchers?: readonly string[]
  readonly from?: number
  readonly to?: number
}

function draft(
  { matchers = ['a="1"'], from = 10_000, to = 50_000 }: Omit<Change, 'at'>,
  id?: string,
): Parameters<Simulation['send']>[0] {
  const silence = { id, matchers: matchers.map(matcher), startsAt: from, endsAt: to, createdBy: 'ann', comment: '' }
  return { kind: 'set-silence', silence, newId: id === undefined ? 'first' : 'second' }
}

describe('silences', () => {
  it.each<Change & { readonly what: string; readonly id: string }>([
    { what: 'an active one may end at another time', at: 20_000, to: 30_000, id: 'first' },
    { what: 'an active one may not begin at another time', at: 20_000, from: 12_000, id: 'second' },
    { what: 'other matchers make another silence', at: 20_000, matchers: ['a="2"'], id: 'second' },
    { what: 'a pending one may be moved', at: 5000, from: 6000, id: 'first' },
    { what: 'a pending one may not begin in the past', at: 5000, from: 4000, id: 'second' },
    { what: 'an expired one is not brought back', at: 60_000, to: 90_000, id: 'second' },
  ])('$what', ({ at, id, ...change }) => {
    const simulation = new Simulation({ config: dispatchConfig({ route: {} }) })
    simulation.send(draft({}))
    simulation.run(at)
    simulation.send(draft(change, 'first'))
    expect(simulation.silences).toEqual(['first', id])
    const { silences } = simulation.state
    const states = [...silences.values()].map((one) => `${one.id} ${silenceState(one, at)}`)
    const now = at < 10_000 && (change.from ?? 0) >= at ? 'pending' : 'active'
    expect(states).toEqual(id === 'first' ? [`first ${now}`] : ['first expired', 'second active'])
  })

  it.each([
    [{ matchers: [] }, 'a silence needs a matcher'],
    [{ matchers: ['a=~".*"'] }, 'a silence needs a matcher that an empty value fails'],
    [{ from: 5, to: 5 }, 'a silence must end after it starts'],
    [{ from: 1, to: 900 }, 'a silence must end in the future'],
  ])('%j is refused: %s', (change, reason) => {
    const simulation = new Simulation({ config: dispatchConfig({ route: {} }), startAt: 1000 })
    simulation.send(draft(change))
    expect(simulation.refusals).toEqual([reason])
  })

  it.each([
    ['expire-silence', 'there is no silence x'],
    ['delete-silence', 'there is no silence x'],
  ] as const)('%s of what is not there: %s', (kind, reason) => {
    const simulation = new Simulation({ config: dispatchConfig({ route: {} }) })
    simulation.send({ kind, id: 'x' })
    expect(simulation.refusals).toEqual([reason])
  })

  it('is forgotten five days after its end', () => {
    const simulation = new Simulation({ config: dispatchConfig({ route: {} }) })
    simulation.send(draft({}))
    simulation.run(119 * 3_600_000)
    expect(simulation.state.silences.size).toBe(1)
    simulation.run(121 * 3_600_000)
    expect(simulation.state.silences.size).toBe(0)
  })
})
